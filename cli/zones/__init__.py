"""What `footfall zones` does: a still with a ruler grid, and a page to draw lines and zones on."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.settings import Settings
from domain.errors import OutputError, UsageError
from domain.frame import BgrImage
from domain.names import shown_name
from pipeline.empty_picture import empty_scene
from pipeline.encoding import jpeg
from pipeline.ruler import with_ruler


def write_zones(settings: Settings, out: Path) -> tuple[Path, Path]:
    """Write the still and the page for the one source of the settings.

    Returns:
        The page and the still.

    Raises:
        UsageError: There is not exactly one source, or it cannot be read.
        OutputError: The files cannot be written.
    """
    if len(settings.cameras) != 1:
        raise UsageError(f"name one SOURCE to draw on, not {len(settings.cameras)}")
    (camera,) = settings.cameras
    picture = empty_scene(settings, camera)
    page, still = out / "zones.html", out / "zones.jpg"
    try:
        out.mkdir(parents=True, exist_ok=True)
        still.write_bytes(jpeg(with_ruler(picture)))
        page.write_text(page_of(camera.id, picture), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"cannot write into {shown_name(out)}: {error.strerror}; choose another folder with --out"
        ) from error
    return page, still


def page_of(name: str, picture: BgrImage) -> str:
    """The page: one file, nothing beside it, nothing fetched when it is opened."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    height, width = picture.shape[:2]
    return environment.get_template("page.html.jinja").render(
        name=name,
        picture=base64.b64encode(jpeg(picture)).decode("ascii"),
        width=width,
        height=height,
    )
