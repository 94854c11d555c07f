"""Works off a job of one recording: a run of its own, in the folder of the job, that goes on where it was."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from config.adding import camera_from, settings_from
from config.settings import Settings
from domain.errors import SourceError
from domain.summary import RunSummary
from pipeline.background import Command, run_recording
from pipeline.parsers.base import HumanParser
from pipeline.resuming import OtherRun
from pipeline.sources.uploaded_recordings import TooLong, look_at_recording
from pipeline.sources.uploads import NoPicture
from pipeline.stream import StreamProgress
from service.errors import ErrorCode
from service.jobs.fetching import Fetching, fetch
from service.jobs.shown import FileKind, JobProblem, JobProgress
from service.jobs.table import StoredFile
from service.jobs.work import Cancelled, Outcome, Suspended, Task, stored
from service.models import Models

_NAME = "recording"
_FILES: tuple[tuple[FileKind, str, str], ...] = (
    ("events", "events.jsonl", "application/x-ndjson"),
    ("overlay", "overlay.mp4", "video/mp4"),
    ("report", "report.html", "text/html"),
)


class RecordingWork:
    """A recording at a time.

    Args:
        settings: Of the service: what holds for every camera holds for recordings, too.
        models: Know the settings of each parser.
    """

    def __init__(self, settings: Settings, models: Models) -> None:
        self._settings, self._models = settings, models
        self._limits = settings.service

    def do(self, task: Task, parser: HumanParser) -> Outcome:
        """Run it to its end. Blocks.

        Args:
            task: The job.
            parser: Waits for its turns.

        Raises:
            Suspended, Cancelled: It was told not to go on.
            NoRoom: Its disk is full. It goes on where it was when it is done again.
            UsageError: It cannot be run for another reason.
        """
        path = self._fetched(task)
        self.check(path, task.options.fps)
        summary = self._finished(task) or self._run(task, path, parser)
        return _outcome(task, summary)

    def check(self, path: Path, fps: float | None) -> None:
        """Look at a recording before it is decoded.

        Args:
            path: The file.
            fps: Pictures a second to look at; None for those of the settings.

        Raises:
            NoPicture, TooManyPixels, TooLong: It is none, or too much.
        """
        seen = look_at_recording(path, self._limits.max_pixels)
        jobs, rate = self._limits.jobs, fps or self._settings.sampling.fps
        length_s = seen.duration_s or 0.0
        if length_s > jobs.max_recording_s:
            raise TooLong(
                f"the recording takes {length_s:.0f} s, and {jobs.max_recording_s:g} s are allowed: send it in parts"
            )
        if length_s * rate > jobs.max_recording_frames:
            raise TooLong(
                f"{length_s * rate:.0f} pictures of the recording would be looked at, and {jobs.max_recording_frames} are "
                "allowed: send a lower fps, or the recording in parts"
            )

    def _fetched(self, task: Task) -> Path:
        path = task.folder / "in" / "0000"
        if task.source is not None and not path.exists():
            jobs = self._limits.jobs
            fetch(Fetching(task.source, path, jobs.max_recording_bytes, jobs.download_timeout_s), task.check)
        return path

    def _finished(self, task: Task) -> RunSummary | None:
        """Of a run whose results were all written before the process ended: the summary is the last of them."""
        try:
            return RunSummary.model_validate_json((task.out / "summary.json").read_bytes())
        except (OSError, ValueError):
            return None

    def _run(self, task: Task, path: Path, parser: HumanParser) -> RunSummary:
        settings, suspended = self._own(task, path), False

        def ask(progress: StreamProgress) -> Command:
            nonlocal suspended
            task.tell(_progress(progress))
            if task.cancel.is_set():
                return "give-up"
            suspended = task.suspend.is_set()
            return "suspend" if suspended else "go-on"

        try:
            summary = run_recording(settings, parser, ask)
        except SourceError as error:
            raise NoPicture(str(error)) from None
        except OtherRun:
            # Another version or another parser: nobody has seen anything of it yet, so it begins anew.
            shutil.rmtree(task.out, ignore_errors=True)
            summary = run_recording(settings, parser, ask)
        if summary is None:
            raise Suspended if suspended else Cancelled
        return summary

    def _own(self, task: Task, path: Path) -> Settings:
        """The settings of its run: those of the service, but for where pictures come from and results go."""
        jobs, options = self._limits.jobs, task.options
        rate = options.fps or self._settings.sampling.fps
        limit_s = min(jobs.max_recording_s, jobs.max_recording_frames / rate)
        source = {"kind": "file", "path": str(path), "max_pixels": self._limits.max_pixels}
        if options.recorded_at is not None:
            source["recorded_at"] = options.recorded_at.isoformat()
        look = {} if options.overlay in {None, "none"} else {"style": options.overlay}
        camera = camera_from(
            self._settings,
            {"id": _NAME, "source": source, "sampling": {"fps": rate, "limit_s": limit_s}, "overlay": look},
        )
        pictures = {"overlay": options.overlay != "none", "masks": options.label_maps}
        plain = settings_from(
            {"sinks": {"jsonl": True}, "pictures": pictures, "output": {"dir": str(task.out)}}
        )
        taken = {name: getattr(plain, name) for name in ("sinks", "pictures", "output", "delivery")}
        taken["parser"] = self._models.settings_of(task.model)
        return self._settings.model_copy(update={"cameras": (camera,), **taken})


def _progress(progress: StreamProgress) -> JobProgress:
    length_s = progress.duration_s
    share = min(1.0, progress.media_s / length_s) if length_s else None
    return JobProgress(
        share=share,
        pictures=progress.frames_parsed,
        media_s=round(progress.media_s, 3),
        duration_s=length_s,
        visits=progress.visits,
    )


def _outcome(task: Task, summary: RunSummary) -> Outcome:
    stream = summary.streams[0]
    progress = JobProgress(
        share=1.0,
        pictures=stream.frames_parsed,
        media_s=stream.media_seconds,
        duration_s=stream.media_seconds,
        visits=stream.visits,
    )
    problems = [stream.problem, *(sink.problem for sink in summary.sinks)]
    said = next((_without(task, problem) for problem in problems if problem), None)
    problem = JobProblem(code=ErrorCode.NO_PICTURE.number, message=said) if said else None
    return Outcome(tuple(_results(task, summary)), progress, problem)


def _results(task: Task, summary: RunSummary) -> Iterator[StoredFile]:
    result = task.folder / "result.json"
    result.write_text(_without(task, summary.model_dump_json(indent=2)), encoding="utf-8")
    yield stored(task, "result", result, "application/json")
    report = task.out / "report.html"
    if report.exists():
        report.write_text(_without(task, report.read_text(encoding="utf-8")), encoding="utf-8")
    for kind, name, media_type in _FILES:
        if (task.out / name).exists():
            yield stored(task, kind, task.out / name, media_type)
    if (task.out / "masks").is_dir():
        packed = task.folder / "label-maps.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for file in sorted((task.out / "masks" / _NAME).iterdir()):
                archive.write(file, file.name)
        yield stored(task, "label-maps", packed, "application/zip")


def _without(task: Task, text: str) -> str:
    """Without where it lies on this machine."""
    return text.replace(str(task.folder / "in" / "0000"), _NAME).replace(str(task.folder), "")
