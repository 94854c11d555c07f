"""What runs write into their folders."""

from pathlib import Path

from pipeline.results import ResultPlan
from sinks.base import DATABASE, EVENTS, PictureSettings
from sinks.masks_settings import MasksSettings
from sinks.video_settings import OverlaySettings


def result_plan(
    *,
    streams: tuple[str, ...] = ("door",),
    adds: bool = False,
    database: bool = True,
    report: bool = True,
    overlay: bool = True,
    masks: bool = False,
    reads: tuple[Path, ...] = (),
    stores: tuple[Path, ...] = (),
) -> ResultPlan:
    """The plan of a run with those sinks."""
    pictures: list[PictureSettings] = [OverlaySettings()] if overlay else []
    return ResultPlan(
        streams,
        adds=adds,
        grows=(EVENTS, DATABASE) if database else (EVENTS,),
        pictures=(*pictures, MasksSettings()) if masks else tuple(pictures),
        report=report,
        reads=reads,
        stores=stores,
    )
