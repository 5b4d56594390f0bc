"""Messages leave the portal once through each channel, in office hours, whatever happens to the worker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notices import transport
from notices.models import Delivery, Notice
from notices.services import deliver, notices_send
from notices.services.deliveries import (
    CLAIM,
    DeliveryError,
    Letter,
    deliveries_prepare,
    delivery_claim,
    delivery_settle,
)
from notices.services.messages import Message
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests import factories
from tests.factories.messages import KEY

#: A Friday; the next working day is Monday the 30th.
FRIDAY = "2026-11-27"
REGISTERED = datetime.fromisoformat("2026-11-20T10:00+08:00")


def at(moment: str, day: str = FRIDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{moment}+08:00")


class Post:
    """A way out that keeps what it is given, or fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.letters: list[Letter] = []
        self.failures = failures

    def __call__(self, letter: Letter) -> None:
        if self.failures:
            self.failures -= 1
            raise DeliveryError("邮件服务器没有收下。")
        self.letters.append(letter)

    @property
    def told(self) -> list[list[str]]:
        """The titles of each letter."""
        lines = [letter.body.splitlines()[:-1] for letter in self.letters]
        return [[line.partition(". ")[2] for line in letter] for letter in lines]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def reader(tenant: Tenant) -> User:
    """Somebody who has his messages sent to his e-mail."""
    with tenant_scope(tenant):
        user = factories.actor(Role.CITY_STAFF, email="limin@office.example").user
        factories.mailbox(user, created_at=REGISTERED)
    return user


@pytest.fixture
def tell(tenant: Tenant) -> Callable[..., None]:
    """Give somebody a message as of a moment."""

    def told(user: User, title: str, moment: datetime, *, key: str = "", urgent: bool = False) -> None:
        with tenant_scope(tenant):
            notices_send([Message((user.pk,), key or title, title, urgent=urgent)])
            Notice.objects.filter(recipient=user, title=title).update(created_at=moment)

    return told


def _same(moment: datetime) -> datetime:
    return moment


def run(tenant: Tenant, post: Post, *moments: datetime) -> int:
    return sum(deliver(tenant.pk, send=post, clock=partial(_same, moment)) for moment in moments)


def test_one_digest_a_day(tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]) -> None:
    tell(reader, "第一件", at("18:00", "2026-11-26"))
    tell(reader, "第二件", at("08:40"))
    tell(reader, "第三件", at("10:00"))
    assert run(tenant, post, at("08:00"), at("08:45")) == 0
    assert run(tenant, post, at("09:00"), at("09:01"), at("14:00"), at("20:00")) == 1
    assert post.told == [["第一件", "第二件"]]
    run(tenant, post, at("09:30", "2026-11-28"), at("09:30", "2026-11-29"))
    assert len(post.letters) == 1
    run(tenant, post, at("09:30", "2026-11-30"))
    assert post.told[1:] == [["第三件"]]
    assert post.letters[1].to == "limin@office.example"


def test_a_digest_is_made_up_for_after_downtime(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "停机前", at("08:00"))
    tell(reader, "停机后", at("16:00"))
    run(tenant, post, at("16:30"))
    assert post.told == [["停机前"]]


def test_an_urgent_message_goes_at_once_but_not_at_night(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "急事", at("10:00"), urgent=True)
    run(tenant, post, at("10:01"), at("10:02"))
    assert post.letters[0].subject == "【急】急事"
    tell(reader, "夜里的急事", at("20:00"), urgent=True)
    run(tenant, post, at("20:01"), at("10:00", "2026-11-28"))
    assert len(post.letters) == 1
    run(tenant, post, at("08:30", "2026-11-30"), at("09:30", "2026-11-30"))
    assert post.told == [["急事"], ["夜里的急事"]]


def test_what_was_read_in_the_portal_is_not_told_again(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "读过的", at("08:00"))
    with tenant_scope(tenant):
        Notice.objects.update(read_at=at("08:10"))
    assert run(tenant, post, at("09:00")) == 0
    assert post.letters == []


def test_what_was_told_before_is_none_of_a_new_channel_s_business(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "旧消息", REGISTERED - timedelta(days=1))
    assert run(tenant, post, at("09:00")) == 0


def test_nobody_without_a_channel_is_told(tenant: Tenant, post: Post, tell: Callable[..., None]) -> None:
    with tenant_scope(tenant):
        user = factories.actor(Role.CITY_STAFF, email="limin@office.example").user
    tell(user, "消息", at("08:00"))
    assert run(tenant, post, at("09:00")) == 0


def test_a_group_hears_each_thing_once_and_only_of_its_own_people(
    tenant: Tenant, post: Post, tell: Callable[..., None]
) -> None:
    with tenant_scope(tenant):
        unit = factories.unit()
        first, second = (factories.actor(Role.DEPARTMENT, unit=unit).user for _ in range(2))
        User.objects.filter(pk__in=[first.pk, second.pk]).update(unit=unit)
        stranger = factories.actor(Role.CITY_STAFF).user
        factories.robot(unit, created_at=REGISTERED)
    for user in (first, second):
        tell(user, "请签收诉求", at("08:00"), key="demand:1")
    tell(stranger, "别的单位的事", at("08:00"))
    run(tenant, post, at("09:00"))
    assert post.told == [["请签收诉求"]]
    assert post.letters[0].to == KEY


def test_what_a_dead_worker_claimed_is_taken_over(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "消息", at("08:00"))

    def killed(letter: Letter) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(tenant.pk, send=killed, clock=lambda: at("09:00"))
    assert run(tenant, post, at("09:01")) == 0
    assert run(tenant, post, at("09:00") + CLAIM + timedelta(seconds=1), at("09:30")) == 1
    assert post.told == [["消息"]]


def test_a_worker_that_comes_back_too_late_changes_nothing(
    tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "消息", at("08:00"))
    run(tenant, post, at("09:00"))
    with tenant_scope(tenant):
        sent = Delivery.objects.get()
        delivery_settle(pk=sent.pk, error="晚了", now=at("09:10"))
        sent.refresh_from_db()
        assert (sent.state, sent.error) == (Delivery.State.SENT, "")
        assert delivery_claim(pk=sent.pk, now=at("09:10")) is None


def test_a_failure_is_tried_again_later_and_then_given_up(
    tenant: Tenant, reader: User, tell: Callable[..., None]
) -> None:
    tell(reader, "消息", at("08:30"))
    post = Post(failures=2)
    assert run(tenant, post, at("09:00"), at("09:04")) == 0
    assert run(tenant, post, at("09:05"), at("09:34")) == 0
    assert run(tenant, post, at("09:35")) == 1
    assert post.told == [["消息"]]
    tell(reader, "第二件", at("16:00"))
    hopeless = Post(failures=99)
    days = [at(f"{hour:02}:{minute:02}", day) for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03")
            for hour in range(9, 17) for minute in (0, 30)]  # fmt: skip
    assert run(tenant, hopeless, *days) == 0
    with tenant_scope(tenant):
        failed = Delivery.objects.get(digest_on="2026-11-30")
        assert (failed.state, failed.failures, failed.error) == (Delivery.State.FAILED, 5, "邮件服务器没有收下。")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(post: Post) -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        user = factories.actor(Role.CITY_STAFF, email="limin@office.example").user
        factories.mailbox(user, created_at=REGISTERED)
        notices_send([Message((user.pk,), "a", "消息", urgent=True)])
        Notice.objects.update(created_at=at("09:30"))
    together = Barrier(2)

    def work() -> None:
        together.wait(timeout=10)
        deliver(tenant.pk, send=post, clock=lambda: at("10:00"))
        connection.close()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert post.told == [["消息"]]


def test_another_tenant_s_messages_stay_there(
    tenant: Tenant, second_tenant: Tenant, reader: User, post: Post, tell: Callable[..., None]
) -> None:
    tell(reader, "本市的消息", at("08:00"))
    assert run(second_tenant, post, at("09:00")) == 0
    assert run(tenant, post, at("09:00")) == 1


def test_the_sweep_takes_as_many_queries_for_many_people_as_for_one(tenant: Tenant, tell: Callable[..., None]) -> None:
    def queries(people: int, day: str) -> int:
        for _ in range(people):
            with tenant_scope(tenant):
                user = factories.actor(Role.CITY_STAFF, email="limin@office.example").user
                factories.mailbox(user, created_at=REGISTERED)
            tell(user, f"消息{user.pk}", at("08:00", day))
        with tenant_scope(tenant), CaptureQueriesContext(connection) as found:
            assert deliveries_prepare(now=at("09:00", day)) == people
        return len(found)

    assert queries(1, FRIDAY) == queries(12, "2026-11-30")


class Robot(HTTPServer):
    """A chat program's address on this machine: keeps what robots post."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), Answer)


class Answer(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, json.loads(content)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def chat(settings) -> Iterator[Robot]:
    server = Robot()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.ROBOT_ADDRESSES = {"wecom": f"json://127.0.0.1:{server.server_port}/{{key}}"}
    yield server
    server.shutdown()
    server.server_close()


def test_a_robot_posts_title_and_text(chat: Robot) -> None:
    transport.send(Letter("wecom", "abc-123", "【急】诉求超期", "1. 诉求超期\n详情请登录", "delivery-1-1"))
    [(path, said)] = chat.posts
    assert path == "/abc-123"
    assert said["title"] == "【急】诉求超期"
    assert "1. 诉求超期" in said["message"]


def test_a_robot_that_is_refused_says_so_and_nothing_of_its_key(chat: Robot, caplog: pytest.LogCaptureFixture) -> None:
    chat.status = 403
    with pytest.raises(DeliveryError, match="群机器人没有收下"):
        transport.send(Letter("wecom", "secret-key-1", "标题", "内容", "delivery-1-1"))
    assert "secret-key-1" not in caplog.text


def test_a_mail_says_the_same_reference_at_each_attempt() -> None:
    for _ in range(2):
        transport.send(Letter("email", "limin@office.example", "标题", "内容", "delivery-3-7"))
    assert [message.to for message in mail.outbox] == [["limin@office.example"]] * 2
    assert {message.extra_headers["Message-ID"] for message in mail.outbox} == {"<delivery-3-7@localhost>"}


def test_a_mail_server_that_is_down_is_a_reason_in_words(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(DeliveryError, match="邮件服务器没有收下"):
        transport.send(Letter("email", "limin@office.example", "标题", "内容", "delivery-1-1"))
