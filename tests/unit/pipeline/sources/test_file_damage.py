"""Damaged files by the hundred: no crash of the process, no hang, nothing but frames and the two errors."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.corpus import write_recordings
from tests.support.shared_data import ROOT

_BATCHES, _BATCH = 6, 50


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_recordings(folder)
    return folder


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_damaged_files(clips: Path, batch: int) -> None:
    first = batch * _BATCH
    finished = subprocess.run(  # noqa: S603 - this project's own module
        [
            sys.executable,
            "-W",
            "error",
            "-m",
            "tests.support.mutations",
            str(clips),
            str(first),
            str(first + _BATCH),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    lines = finished.stdout.splitlines()
    assert finished.returncode == 0, (
        f"ended with {finished.returncode} at {lines[-1:]}\n{finished.stderr[-3000:]}"
    )
    assert len(lines) == _BATCH
    endings = Counter(line.split(": ")[1].split(" ")[0] for line in lines)
    assert set(endings) == {
        "whole",
        "MediaBroken",
        "SourceError",
    }  # the damage is neither too little nor too much
    said = [line for line in finished.stderr.splitlines() if "damaged" not in line]
    assert not said, "FFmpeg must not write to stderr"
