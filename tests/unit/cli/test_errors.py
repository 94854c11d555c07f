"""Whatever a user gets wrong: one line that names the thing and the cure, exit code 2, nothing left behind."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pipeline.parsers.lite.parser
from tests.support.clips import ClipOptions, steady, write_clip, write_sound
from tests.support.command import Footfall

WEIGHTS = Path(pipeline.parsers.lite.__file__).parent


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def missing(folder: Path) -> Path:
    return folder / "gone.mp4"


def empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def text(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("these are not moving pictures\n" * 50)
    return path


def sound_only(folder: Path) -> Path:
    return write_sound(folder / "sound.m4a", 1.0)


def cut_off(folder: Path) -> Path:
    whole = write_clip(folder / "whole.mp4", steady(50, 10))
    path = folder / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return path


def no_images(folder: Path) -> Path:
    path = folder / "papers"
    path.mkdir()
    (path / "list.txt").write_text("nothing to see")
    return path


@pytest.mark.parametrize("make", [missing, empty, text, sound_only, cut_off, no_images])
def test_a_source_that_cannot_be_used(
    make: Callable[[Path], Path], tmp_path: Path, footfall: Footfall
) -> None:
    source, out = make(tmp_path), tmp_path / "new" / "out"

    outcome = footfall("run", source, "--out", out)

    assert outcome.code == 2
    assert outcome.err.startswith("footfall: ")
    assert source.name in outcome.err
    assert outcome.err.count("\n") == 1, outcome.err
    assert not out.parent.exists(), "something was left behind"


def test_one_wrong_source_among_good_ones_begins_nothing(tmp_path: Path, footfall: Footfall) -> None:
    good = write_clip(tmp_path / "good.mp4", steady(10, 10))

    outcome = footfall("run", good, missing(tmp_path), "--out", tmp_path / "out")

    assert outcome.code == 2
    assert "gone.mp4" in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_camera_that_refuses(closed_port: int, tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall("run", f"rtsp://guard:hunter2@127.0.0.1:{closed_port}/door", "--out", tmp_path / "out")

    assert outcome.code == 2
    assert f"127.0.0.1:{closed_port}" in outcome.err
    assert "hunter2" not in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_camera_that_hangs(
    silent_port: int, tmp_path: Path, footfall: Footfall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTFALL_SOURCES__RTSP__OPEN_TIMEOUT_S", "1")

    outcome = footfall("run", f"rtsp://127.0.0.1:{silent_port}/door", "--out", tmp_path / "out")

    assert outcome.code == 2
    assert f"127.0.0.1:{silent_port}" in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--sample-fps", "0"], "--sample-fps"),
        (["--sample-fps", "-3"], "--sample-fps"),
        (["--limit-seconds", "0"], "--limit-seconds"),
        (["--parser", "psychic"], "--parser"),
        (["--kafka", "nowhere"], "--kafka"),
        (["--sql", "mysql://root:hunter2@localhost/x"], "--sql"),
        (["--config", "gone.yaml"], "gone.yaml"),
    ],
)
def test_a_wrong_flag(arguments: list[str], named: str, tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall("run", "synthetic:", "--out", tmp_path / "out", *arguments)

    assert outcome.code == 2
    assert named in outcome.err
    assert "hunter2" not in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_store_that_cannot_be_opened_leaves_no_folder(tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall(
        "run",
        "synthetic:?seconds=2",
        "--out",
        tmp_path / "out",
        "--sql",
        "sqlite:////proc/version/footfall.db",
    )

    assert outcome.code == 2
    assert "/proc/version/footfall.db" in outcome.err
    assert not (tmp_path / "out").exists()


def test_nothing_to_look_at(tmp_path: Path, footfall: Footfall) -> None:
    outcome = footfall("run", "--out", tmp_path / "out")

    assert outcome.code == 2
    assert "name a SOURCE" in outcome.err


def test_a_folder_that_is_a_file(tmp_path: Path, footfall: Footfall) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")

    outcome = footfall("run", "synthetic:?seconds=2", "--out", taken)

    assert outcome.code == 2
    assert "taken" in outcome.err
    assert "--out" in outcome.err
    assert taken.read_text() == "mine"


def test_a_folder_that_cannot_be_written(footfall: Footfall) -> None:
    outcome = footfall("run", "synthetic:?seconds=2", "--out", "/proc/footfall")

    assert outcome.code == 2
    assert "/proc/footfall" in outcome.err
    assert "--out" in outcome.err


def test_a_broken_config(tmp_path: Path, footfall: Footfall) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text("cameras:\n  - source: door.mp4\n    samplign: {fps: 3}\n")

    for arguments in (["check-config", config], ["run", "--config", config, "--out", tmp_path / "out"]):
        outcome = footfall(*arguments)
        assert outcome.code == 2
        assert "shop.yaml:3" in outcome.err
        assert "cameras[0].samplign" in outcome.err
        assert "did you mean sampling?" in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_good_config_is_shown_without_its_passwords(tmp_path: Path, footfall: Footfall) -> None:
    config = tmp_path / "shop.yaml"
    config.write_text("cameras:\n  - source: rtsp://guard:hunter2@camera.example/door\n")

    outcome = footfall("check-config", config)

    assert outcome.code == 0
    assert "camera.example/door" in outcome.out
    assert "hunter2" not in outcome.out
    assert "keyframes_only: false" in outcome.out


def test_migrate_names_a_url_that_it_cannot_use(footfall: Footfall) -> None:
    outcome = footfall("migrate", "mysql://root:hunter2@localhost/shop")

    assert outcome.code == 2
    assert outcome.err.startswith("footfall: ")
    assert "hunter2" not in outcome.err


def test_a_recording_that_breaks_off_gives_what_came_before(tmp_path: Path, footfall: Footfall) -> None:
    whole = write_clip(tmp_path / "whole.mkv", steady(80, 10), ClipOptions(size=(320, 192)))
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    outcome = footfall("run", broken, "--out", tmp_path / "out")

    assert outcome.code == 3, outcome.err
    [stream] = json.loads((tmp_path / "out" / "summary.json").read_text())["streams"]
    assert "broken.mkv" in stream["problem"]
    assert 0 < stream["frames_parsed"] < 40
    assert stream["problem"] in outcome.out
    assert (tmp_path / "out" / "report.html").exists()


def test_weights_that_were_changed(
    tmp_path: Path, footfall: Footfall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("lite.onnx", "lite-int8.xml", "lite-int8.bin"):
        (tmp_path / name).write_bytes(b"not the network")
    (tmp_path / "weights.json").write_text((WEIGHTS / "weights.json").read_text())
    monkeypatch.setattr(pipeline.parsers.lite.parser, "FOLDERS", {"lite": tmp_path})

    outcome = footfall("run", "synthetic:?seconds=2", "--out", tmp_path / "out")

    assert outcome.code == 2
    assert re.search(r"the weights of lite are damaged: .*lite[.-]", outcome.err)
    assert outcome.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
