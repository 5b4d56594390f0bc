"""The API's figures: the same numbers as on the dashboard."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.api_rows import HoldsRole

from .figures import Figure, plain
from .periods import Period
from .permissions import region_tree
from .selectors import overview_for


class FiguresQuery(serializers.Serializer):
    """`?from=2025-10-01&to=2026-09-30&region=4`"""

    region = serializers.IntegerField(required=False, help_text="区域编号；不填为本人可看的全部")

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {
            "from": serializers.DateField(help_text="开始日期"),
            "to": serializers.DateField(help_text="结束日期（含当天）"),
        }
        return days | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"from": "开始日期不能晚于结束日期，请对调或改正。"})
        return attrs


class FigureSerializer(serializers.Serializer):
    """One figure with what it is made of."""

    key = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.SerializerMethodField(help_text="数值；没有可计的事项时为空")
    numerator = serializers.SerializerMethodField()
    denominator = serializers.SerializerMethodField()
    previous = serializers.SerializerMethodField(help_text="上一个同长时期的数值；上期无数据时为空")
    definition = serializers.CharField(source="definition.text", help_text="统计口径")

    def get_value(self, figure: Figure) -> float | None:
        return plain(figure.value)

    def get_numerator(self, figure: Figure) -> float | None:
        return plain(figure.numerator)

    def get_denominator(self, figure: Figure) -> float | None:
        return plain(figure.denominator)

    def get_previous(self, figure: Figure) -> float | None:
        return plain(figure.previous)


class FiguresView(APIView):
    """一段时期的成果指标。"""

    permission_classes = (HoldsRole,)

    @extend_schema(parameters=[FiguresQuery], responses=FigureSerializer(many=True))
    def get(self, request: Request) -> Response:
        query = FiguresQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted, actor = query.validated_data, request._request.actor
        tree = region_tree(actor)
        region = tree.get(wanted["region"]) if "region" in wanted else None
        if "region" in wanted and region is None:
            raise NotFound
        period = Period(wanted["from"], wanted["to"])
        overview = overview_for(actor=actor, period=period, region=region, today=timezone.localdate(), tree=tree)
        return Response(FigureSerializer(overview.figures.items, many=True).data)
