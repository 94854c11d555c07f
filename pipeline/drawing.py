"""What draws the pictures of a camera, from its settings."""

from config.cameras import CameraSettings
from pipeline.compositor import Compositor, CompositorOptions


def drawing_of(camera: CameraSettings) -> Compositor:
    """A compositor for one thread, of the style that the camera's overlays have."""
    look = camera.overlay
    return Compositor(CompositorOptions(style=look.style, legend=look.legend))
