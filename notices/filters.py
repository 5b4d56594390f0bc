"""Filters of the message list."""

import django_filters
from django.db.models import QuerySet

from tenants.listing import ListFilter

from .models import Notice


class NoticeFilter(ListFilter):
    q = None
    read = django_filters.ChoiceFilter(
        label="状态", choices=[("false", "未读"), ("true", "已读")], empty_label="全部", method="by_read"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_read(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.filter(read_at__isnull=value == "false")
