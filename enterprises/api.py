"""The API's enterprises, Party organisations and support forces."""

from __future__ import annotations

from rest_framework import serializers

from tenants.api_rows import ListViewSet, RowSerializer

from .models import Cadre, Enterprise, PartyOrganisation, SupportGroup
from .views import CadreListView, EnterpriseListView, PartyOrganisationListView, SupportGroupListView


class EnterpriseSerializer(RowSerializer):
    class Meta:
        model = Enterprise
        fields = (
            "id",
            "name",
            "credit_code",
            "region",
            "park",
            "segment_name",
            "stream",
            "scale",
            "staff",
            "revenue",
            "research_share",
            "figures_on",
            "honours",
            "founded_on",
            "is_climbing",
            "is_operating",
            "contact_name",
            "contact_phone",
        )


class EnterpriseViewSet(ListViewSet):
    """企业。"""

    page = EnterpriseListView
    serializer_class = EnterpriseSerializer


class ReportSerializer(serializers.Serializer):
    """What a Party organisation reported last; counts only."""

    reported_on = serializers.DateField(help_text="填报日期")
    members = serializers.IntegerField(help_text="党员数（人）")
    developed = serializers.IntegerField(help_text="本年度发展党员数（人）")
    activists = serializers.IntegerField(help_text="入党积极分子数（人）")
    applicants = serializers.IntegerField(help_text="递交入党申请书数（人）")


class PartyOrganisationSerializer(RowSerializer):
    report = ReportSerializer(read_only=True, allow_null=True, help_text="最近一次填报的人数")

    class Meta:
        model = PartyOrganisation
        fields = (
            "id",
            "name",
            "kind",
            "form",
            "enterprise",
            "superior",
            "secretary",
            "secretary_post",
            "secretary_is_manager",
            "is_paired",
            "worker",
            "worker_is_certified",
            "worker_certified_until",
            "report",
        )


class PartyOrganisationViewSet(ListViewSet):
    """党组织。"""

    page = PartyOrganisationListView
    serializer_class = PartyOrganisationSerializer


class SupportGroupSerializer(RowSerializer):
    cadre_count = serializers.IntegerField(help_text="干部数（人）")
    enterprise_count = serializers.IntegerField(help_text="服务企业数（家）")

    class Meta:
        model = SupportGroup
        fields = ("id", "name", "level", "region", "cadre_count", "enterprise_count")


class SupportGroupViewSet(ListViewSet):
    """助企攀登小组。"""

    page = SupportGroupListView
    serializer_class = SupportGroupSerializer


class CadreSerializer(RowSerializer):
    class Meta:
        model = Cadre
        fields = (
            "id",
            "group",
            "name",
            "is_leader",
            "rank",
            "home_unit",
            "assigned_on",
            "relieved_on",
            "is_full_time",
        )


class CadreViewSet(ListViewSet):
    """助企干部。"""

    page = CadreListView
    serializer_class = CadreSerializer
