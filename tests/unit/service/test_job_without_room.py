"""A recording whose folder cannot be written."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import NoRoom, OutputError
from pipeline.background import run_recording
from service.jobs import recording, working
from tests.support.jobs import ended, sent
from tests.support.jobs import working as service_in


def test_it_waits_for_room_and_keeps_what_was_done(
    tmp_path: Path, clip: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[bool] = []

    def run(settings: Any, *others: Any) -> Any:
        done = settings.output.dir / "done"
        tries.append(done.exists())
        if len(tries) > 2:
            return run_recording(settings, *others)
        done.parent.mkdir(exist_ok=True)
        done.touch()
        raise NoRoom("the folder cannot be written: make room on its disk")

    monkeypatch.setattr(recording, "run_recording", run)
    monkeypatch.setattr(working, "_LOOK_S", 0.05)
    with service_in(tmp_path) as service:
        job = ended(service, sent(service.post("/api/jobs", files={"recording": clip})))
    assert (job["state"], job["problem"]) == ("done", None)
    assert tries == [False, True, True]
    assert caplog.text.count("it goes on when there is room") == 1


def test_one_that_cannot_be_written_fails_and_is_not_begun_anew(
    tmp_path: Path, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def run(*_: Any) -> Any:
        tries.append(1)
        raise OutputError("the folder is a file")

    monkeypatch.setattr(recording, "run_recording", run)
    with service_in(tmp_path) as service:
        job = ended(service, sent(service.post("/api/jobs", files={"recording": clip})))
    assert (job["state"], job["problem"]["message"]) == ("failed", "the folder is a file")
    assert len(tries) == 1
