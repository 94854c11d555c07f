"""Damaged files by the hundred: no crash of the process, no hang, nothing but frames and the two errors."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.shared_data import ROOT

_KINDS = {
    "back.mp4": ClipOptions(b_frames=2, sound_s=1.0),
    "front.mp4": ClipOptions(container=(("movflags", "faststart"),)),
    "fragments.mp4": ClipOptions(container=(("movflags", "frag_keyframe+empty_moov"),)),
    "clip.mkv": ClipOptions(b_frames=2),
    "clip.avi": ClipOptions(codec="mpeg4"),
    "clip.webm": ClipOptions(codec="libvpx"),
    "clip.ts": ClipOptions(),
    "clip.gif": ClipOptions(codec="gif", pixel_format="rgb8"),
    "motion.mov": ClipOptions(codec="mjpeg", pixel_format="yuvj420p"),
    "clip.flv": ClipOptions(codec="flv"),
}
_BATCHES, _BATCH = 6, 50


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for name, options in _KINDS.items():
        write_clip(folder / name, steady(15, 10), options)
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
