"""From the settings of a camera's floor to what is drawn of it."""

from analytics.floor import FloorPlan, floor_at
from domain.geometry import Point
from sinks.report.shapes import FloorShapes, LineShape, ZoneShape


def shapes_of(plan: FloorPlan, width: int, height: int) -> FloorShapes:
    """Lines and zones in a picture of that size, as fractions of it."""
    floor = floor_at(plan, width, height)

    def share(point: Point) -> Point:
        return point[0] / width, point[1] / height

    return FloorShapes(
        tuple(LineShape(line.name, share(line.begin), share(line.end), line.inside) for line in floor.lines),
        tuple(ZoneShape(zone.name, tuple(map(share, zone.polygon))) for zone in floor.zones),
    )
