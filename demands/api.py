"""The API's demands and resources."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.api_rows import ListViewSet, RowSerializer

from .lights import light_up
from .models import Demand, Resource
from .views import DemandListView, ResourceListView


class LightSerializer(serializers.Serializer):
    """The light of a demand today."""

    colour = serializers.CharField(help_text="灯色：green、amber、red、grey、done")
    words = serializers.CharField(help_text="灯色的文字说明")


class DemandSerializer(RowSerializer):
    light = serializers.SerializerMethodField(help_text="今天的灯色")

    class Meta:
        model = Demand
        fields = (
            "id",
            "number",
            "enterprise",
            "alliance",
            "element",
            "content",
            "source",
            "unit",
            "state",
            "result",
            "raised_on",
            "accepted_on",
            "due_on",
            "closed_on",
            "loan",
            "talent",
            "land",
            "rating",
            "light",
        )

    @extend_schema_field(LightSerializer)
    def get_light(self, demand: Demand) -> dict[str, str]:
        light_up([demand], today=timezone.localdate())
        return {"colour": demand.light.colour, "words": demand.light.words}


class DemandViewSet(ListViewSet):
    """诉求，按编号（XQ-2026-000123）取单件。"""

    page = DemandListView
    serializer_class = DemandSerializer
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"


class ResourceSerializer(RowSerializer):
    class Meta:
        model = Resource
        fields = (
            "id",
            "alliance",
            "enterprise",
            "kind",
            "content",
            "published_on",
            "valid_until",
            "scope",
            "contact_name",
            "contact_phone",
        )


class ResourceViewSet(ListViewSet):
    """资源。"""

    page = ResourceListView
    serializer_class = ResourceSerializer
