"""The API's rows: those of a list page, read-only, in the same words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import ForeignKey, Model, QuerySet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from .api import ScopedTokenAuthentication
from .listing import ListView
from .masking import masked_phone


class ScopedTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names the token."""

    target_class = ScopedTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "填写“Token <令牌>”；令牌由管理员用 manage.py api_token 生成。",
        }


class HoldsRole(BasePermission):
    """The API's counterpart of `TenantPage`: somebody with a role in a tenant, and one that the page admits."""

    message = "您的角色不能读取这些数据。如工作需要，请联系本单位的系统管理员。"

    def has_permission(self, request: Request, view: Any) -> bool:
        actor, page = request._request.actor, getattr(view, "page", None)
        admitted = page.roles if page else None
        return actor is not None and bool(actor.roles) and (admitted is None or bool(actor.roles & admitted))


class ListViewSet(ReadOnlyModelViewSet):
    """The rows of one list page, read-only: the same selector, filters, search, orders and added columns.

    Hidden and missing rows look the same (404). The model of the serializer must be that of the page.
    """

    page: ClassVar[type[ListView]]
    permission_classes = (HoldsRole,)
    lookup_value_regex = "[0-9]+"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.filterset_class = cls.page.filterset_class

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):  # no request and no scope while the OpenAPI text is made
            return self.serializer_class.Meta.model._base_manager.none()
        rows = self.page.selector(actor=self.request._request.actor)
        return self.page().prepare(rows).select_related(*self.serializer_class.references())

    def get_object(self) -> Model:
        # Without the filters, which would fetch all their choices for nothing.
        row = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if row is None:
            raise NotFound("没有这条记录，或您不能查看。")
        return row


class Reference(serializers.Serializer):
    """A record that another one refers to."""

    id = serializers.IntegerField(source="pk", help_text="编号")
    name = serializers.CharField(source="__str__", help_text="名称")


class MaskedPhone(serializers.CharField):
    """A phone number as everybody may see it: `139****1234`."""

    def to_representation(self, value: str) -> str:
        return masked_phone(value)


class RowSerializer(serializers.ModelSerializer):
    """A row as it is read: references as id and name, phones masked, every field described by its verbose name."""

    serializer_related_field = Reference

    def build_relational_field(self, field_name: str, relation_info: Any) -> tuple[type, dict[str, Any]]:
        # `allow_null` stands in the description only; a missing reference is written as null by itself.
        nullable = isinstance(relation_info.model_field, ForeignKey) and relation_info.model_field.null
        return Reference, {"read_only": True, "allow_null": nullable}

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[type, dict[str, Any]]:
        if field_name.endswith("phone"):
            return MaskedPhone, {"read_only": True}
        return super().build_standard_field(field_name, model_field)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        known = {field.name: field for field in self.Meta.model._meta.get_fields() if hasattr(field, "verbose_name")}
        for name, field in fields.items():
            field.read_only = True
            if not field.help_text and name in known:
                field.help_text = str(known[name].verbose_name)
        return fields

    @classmethod
    def references(cls) -> list[str]:
        """The references among the fields, to be joined."""
        fields = {field.name: field for field in cls.Meta.model._meta.local_fields}
        return [name for name in cls.Meta.fields if isinstance(fields.get(name), ForeignKey)]
