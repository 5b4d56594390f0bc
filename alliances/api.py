"""The API's alliances and activities."""

from __future__ import annotations

from rest_framework import serializers

from tenants.api_rows import ListViewSet, Reference, RowSerializer

from .models import Activity, Alliance
from .permissions import SEES_DEMANDS
from .views import ActivityListView, AllianceListView


class AllianceSerializer(RowSerializer):
    chairman = serializers.CharField(help_text="理事长")
    secretary_general = serializers.CharField(help_text="秘书长")
    instructor = serializers.CharField(help_text="联盟指导员")
    member_count = serializers.IntegerField(help_text="成员企业数（家）")
    activity_count = serializers.IntegerField(help_text="本年活动数（场）")
    open_demand_count = serializers.SerializerMethodField(help_text="在办诉求数（件）；只给联盟工作人员，其他角色为空")

    class Meta:
        model = Alliance
        fields = (
            "id",
            "name",
            "cluster",
            "region",
            "lead_unit",
            "chairman",
            "secretary_general",
            "instructor",
            "initiator",
            "founded_on",
            "has_charter",
            "has_rotation",
            "member_count",
            "activity_count",
            "open_demand_count",
        )

    def get_open_demand_count(self, alliance: Alliance) -> int | None:
        sees = self.context["request"]._request.actor.roles & SEES_DEMANDS
        return alliance.open_demand_count if sees else None


class AllianceViewSet(ListViewSet):
    """联盟。"""

    page = AllianceListView
    serializer_class = AllianceSerializer


class ActivitySerializer(RowSerializer):
    enterprise_count = serializers.IntegerField(help_text="参加企业数（家）")
    host = Reference(read_only=True, allow_null=True, help_text="主办企业（名册中的企业）")

    class Meta:
        model = Activity
        fields = (
            "id",
            "state",
            "held_on",
            "alliance",
            "type",
            "five_joint",
            "topic",
            "host_name",
            "host",
            "head_count",
            "outcome",
            "loan",
            "hires",
            "land",
            "agreements",
            "enterprise_count",
        )


class ActivityViewSet(ListViewSet):
    """活动。"""

    page = ActivityListView
    serializer_class = ActivitySerializer
