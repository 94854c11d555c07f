"""What draws pictures, from the settings."""

from config.cameras import CameraSettings
from config.overlays import OverlayLook
from domain.rendering import OverlayStyle
from pipeline.compositor import Compositor, CompositorOptions


def options_of(look: OverlayLook, style: OverlayStyle | None = None) -> CompositorOptions:
    """How overlays look by the settings, in another style where one is asked for."""
    return CompositorOptions(style=style or look.style, legend=look.legend)


def drawing_of(camera: CameraSettings, style: OverlayStyle | None = None) -> Compositor:
    """A compositor for one thread, of the style that the camera's overlays have, or that is asked for."""
    return Compositor(options_of(camera.overlay, style))
