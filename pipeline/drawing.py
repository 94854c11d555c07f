"""What draws pictures, from the settings."""

from analytics.floor import plan_of
from config.cameras import CameraSettings
from config.overlays import OverlayLook
from domain.rendering import OverlayStyle
from pipeline.compositor import Compositor, CompositorOptions
from pipeline.floor_painter import FloorPainter


def options_of(look: OverlayLook, style: OverlayStyle | None = None) -> CompositorOptions:
    """How overlays look by the settings, in another style where one is asked for."""
    return CompositorOptions(style=style or look.style, legend=look.legend, tags=look.tags)


def floor_of(camera: CameraSettings, *, counts: bool) -> FloorPainter | None:
    """What draws the camera's lines and zones; None where there are none, or they are not wanted."""
    plan = plan_of(camera)
    wanted = camera.overlay.floor and (plan.lines or plan.zones)
    return FloorPainter(plan, counts=counts) if wanted else None


def drawing_of(
    camera: CameraSettings, style: OverlayStyle | None = None, floor: FloorPainter | None = None
) -> Compositor:
    """A compositor for one thread, of the style that the camera's overlays have, or that is asked for.

    Args:
        camera: Whose pictures.
        style: In the place of the camera's own.
        floor: Draws lines and zones with their counts; without it they are drawn without.
    """
    return Compositor(options_of(camera.overlay, style), floor or floor_of(camera, counts=False))
