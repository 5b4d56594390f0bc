"""Account and error pages with stand-in forms, at allauth's own addresses."""

from base64 import b64encode
from datetime import UTC, datetime
from types import SimpleNamespace

from allauth.mfa.adapter import get_adapter
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

BODY = "济宁市（样例）委两新工委"


class LoginForm(forms.Form):
    login = forms.CharField(label="账号", widget=forms.TextInput(attrs={"placeholder": "如 limin@jining"}))
    password = forms.CharField(label="密码", widget=forms.PasswordInput)


class PasswordForm(forms.Form):
    oldpassword = forms.CharField(label="现在的密码", widget=forms.PasswordInput)
    password1 = forms.CharField(label="新密码", widget=forms.PasswordInput, help_text="至少 10 位，含三类字符。")


class CodeForm(forms.Form):
    code = forms.CharField(label="验证码", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


def login(request: HttpRequest) -> HttpResponse:
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.add_error(None, "账号或密码不对。再错 3 次将锁定 15 分钟。")
    return render(request, "account/login.html", {"form": form, "tenant_brand": BODY, "nav": None})


def password_change(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_change.html", {"form": PasswordForm()})


def logout(request: HttpRequest) -> HttpResponse:
    return render(request, "account/logout.html")


def mfa_index(request: HttpRequest) -> HttpResponse:
    return render(request, "mfa/index.html", {"MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"], "authenticators": {}})


def mfa_authenticate(request: HttpRequest) -> HttpResponse:
    return render(request, "mfa/authenticate.html", {"form": CodeForm(), "MFA_SUPPORTED_TYPES": ["totp"]})


def totp_activate(request: HttpRequest) -> HttpResponse:
    form = CodeForm()
    form.secret = "JBSWY3DPEHPK3PXP"
    svg = get_adapter().build_totp_svg(f"otpauth://totp/preview?secret={form.secret}")
    uri = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return render(request, "mfa/totp/activate_form.html", {"form": form, "totp_svg_data_uri": uri})


def recovery_codes(request: HttpRequest) -> HttpResponse:
    codes = [f"{number:08d}" for number in range(31_415_926, 31_415_936)]
    context = {"unused_codes": codes, "total_count": 10, "can_view_codes": True, "can_download_codes": True}
    return render(request, "mfa/recovery_codes/index.html", context)


def sessions(request: HttpRequest) -> HttpResponse:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/83.0.4103.0 Safari/537.36"
    rows = [SimpleNamespace(created_at=datetime(2026, 11, 22, 1, 5, tzinfo=UTC), ip="10.1.2.3", user_agent=agent)]
    return render(request, "usersessions/usersession_list.html", {"sessions": rows, "session_count": 1})


def failure(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html", {"csrf_failure": "csrf" in request.GET})
