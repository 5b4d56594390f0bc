"""The API's policies."""

from __future__ import annotations

from django.utils import timezone
from rest_framework import serializers

from tenants.api_rows import ListViewSet, RowSerializer

from .models import Policy
from .validity import validity
from .views import PolicyListView


class PolicySerializer(RowSerializer):
    status = serializers.SerializerMethodField(
        help_text="状态：upcoming 尚未施行，valid 有效，expiring 30 天内到期，expired 已过期"
    )

    class Meta:
        model = Policy
        fields = (
            "id",
            "name",
            "document_number",
            "issuer",
            "element",
            "cluster",
            "scale",
            "min_revenue",
            "min_research_share",
            "honours",
            "conditions_text",
            "support",
            "effective_on",
            "valid_until",
            "status",
            "delivery",
            "contact_name",
            "contact_phone",
        )

    def get_status(self, policy: Policy) -> str:
        today = timezone.localdate()
        return validity(effective_on=policy.effective_on, valid_until=policy.valid_until, today=today).status


class PolicyViewSet(ListViewSet):
    """政策。"""

    page = PolicyListView
    serializer_class = PolicySerializer
