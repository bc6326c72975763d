"""`/api/v1/communes.geojson`: units as features for a map (RFC 7946)."""

from collections.abc import Mapping

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.requests import person
from accounts.roles import VIEW
from communes.api import CommuneFilters
from communes.models import Commune
from communes.outlines.services import outlines_of
from core.api.base import refuse_parameters
from core.api.files import AsAddressed
from core.api.filter_backends import Backend, refuse_wrong
from core.api.viewsets import Conditional
from core.lists.filters import may_repeat

GEO_JSON = "application/geo+json"


class GeometrySerializer(serializers.Serializer[object]):
    type = serializers.ChoiceField(
        ["Point", "MultiPolygon"], help_text="MultiPolygon where the unit's outline is loaded."
    )
    coordinates = serializers.ListField(
        help_text="Longitude, then latitude (WGS 84): a position, or polygons of rings of them."
    )


class UnitSerializer(serializers.Serializer[object]):
    code = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    level = serializers.CharField()
    valid_from = serializers.DateField(help_text="With the code it identifies the unit.")
    valid_to = serializers.DateField(allow_null=True)
    successor = serializers.CharField(allow_null=True, help_text="Code of what it was merged into.")


class FeatureSerializer(serializers.Serializer[object]):
    type = serializers.ChoiceField(["Feature"])
    id = serializers.IntegerField()
    geometry = GeometrySerializer()
    properties = UnitSerializer()


class FeatureCollectionSerializer(serializers.Serializer[object]):
    type = serializers.ChoiceField(["FeatureCollection"])
    features = FeatureSerializer(many=True)


class CommunesGeoJSON(Conditional, GenericAPIView[Commune]):
    """Administrative units within your scope as GeoJSON: those whose place is known."""

    permission = VIEW
    content_negotiation_class = AsAddressed
    filterset_class = CommuneFilters
    filter_backends = (Backend,)
    pagination_class = None
    queryset = Commune.objects.select_related("successor")

    @extend_schema(
        responses={(200, GEO_JSON): FeatureCollectionSerializer}, operation_id="communes_geojson"
    )
    def get(self, request: Request) -> Response:
        known = CommuneFilters.base_filters
        refuse_parameters(request, known, {n for n, each in known.items() if may_repeat(each)})
        rows = Commune.objects.visible_to(person(request)).select_related("successor")
        asked = CommuneFilters(request.query_params, rows, request=request)
        refuse_wrong(asked)
        units = list(asked.qs)
        outlines = outlines_of(units)
        found = ((unit, geometry_of(unit, outlines)) for unit in units)
        features = [_feature(unit, place) for unit, place in found if place]
        body = {"type": "FeatureCollection", "features": features}
        return Response(body, content_type=GEO_JSON)


def geometry_of(unit: Commune, outlines: Mapping[int, object]) -> dict[str, object] | None:
    """Where a unit is: its outline, once one is loaded, else its point."""
    if unit.pk in outlines:
        return {"type": "MultiPolygon", "coordinates": outlines[unit.pk]}
    if unit.latitude is None or unit.longitude is None:
        return None
    return {"type": "Point", "coordinates": [unit.longitude, unit.latitude]}


def _feature(unit: Commune, geometry: dict[str, object]) -> dict[str, object]:
    names = ("code", "name", "full_name", "level", "valid_from", "valid_to")
    successor = unit.successor and unit.successor.code
    properties = {**{name: getattr(unit, name) for name in names}, "successor": successor}
    return {"type": "Feature", "id": unit.pk, "geometry": geometry, "properties": properties}
