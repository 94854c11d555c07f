import subprocess
import sys
from pathlib import Path

import openvino as ov
import pytest

from domain.errors import ModelError, OutputError
from pipeline.parsers.m2fp import fetch as fetching
from pipeline.parsers.m2fp.parser import M2fpParser
from pipeline.parsers.m2fp.store import ModelStore
from pipeline.parsers.saving import save_openvino
from tests.support.disk import files_of_at_most

CHECKPOINT = "3f2a9c0d51b7" + "0" * 52


def build(folder: Path) -> None:
    for name in ("network.xml", "network.bin", "network.onnx"):
        (folder / name).write_text(name)


def test_a_model_is_found_again_with_its_version_and_size(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "m2fp")

    store.add(CHECKPOINT, "pytorch_model.pt", build)

    model = ModelStore(tmp_path / "m2fp").installed()
    model.verify()
    assert model.version == "3f2a9c0d51b7"
    assert model.size == sum(path.stat().st_size for path in model.folder.iterdir()) > 30
    assert store.find(CHECKPOINT) == model
    assert store.find("0" * 64) is None


def test_without_a_model_the_message_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"^the model m2fp is not installed; run: footfall models fetch m2fp$"
    ):
        M2fpParser(folder=tmp_path)


def test_a_conversion_that_dies_leaves_no_model(tmp_path: Path) -> None:
    def dies(folder: Path) -> None:
        (folder / "network.xml").write_text("half")
        raise KeyboardInterrupt

    store = ModelStore(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        store.add(CHECKPOINT, "x", dies)

    assert store.models() == []
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_what_a_killed_conversion_left_is_no_model_and_is_cleared_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / f"{CHECKPOINT[:12]}.building"
    left.mkdir(parents=True)
    build(left)

    store = ModelStore(tmp_path)
    assert store.models() == []
    store.add(CHECKPOINT, "x", build)
    assert [model.version for model in store.models()] == ["3f2a9c0d51b7"]
    assert not left.exists()


CONVERSION = """
import sys
from pathlib import Path
from pipeline.parsers.m2fp.store import ModelStore

def build(folder):
    for name in ("network.xml", "network.bin", "network.onnx"):
        (folder / name).write_text("whole")
    print("building", flush=True)
    sys.stdin.read()

ModelStore(Path(sys.argv[1])).add(sys.argv[2], "x", build)
"""


def test_a_conversion_that_is_killed_leaves_no_model_and_no_lock(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    command = [sys.executable, "-c", CONVERSION, str(tmp_path), CHECKPOINT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as conversion:  # noqa: S603
        assert conversion.stdout is not None
        assert conversion.stdout.readline() == "building\n"
        assert store.models() == []
        with pytest.raises(ModelError, match="another footfall is converting m2fp"):
            store.add(CHECKPOINT, "x", build)
        conversion.kill()

    assert (tmp_path / f"{CHECKPOINT[:12]}.building" / "network.onnx").exists()  # it was in the middle
    assert store.models() == []
    store.add(CHECKPOINT, "x", build)
    store.installed().verify()
    assert not list(tmp_path.glob("*.building"))


def test_a_full_disk_is_told_and_leaves_no_model(tmp_path: Path) -> None:
    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    store = ModelStore(tmp_path)
    with pytest.raises(OutputError, match=r"cannot write .*: No space left on device"):
        store.add(CHECKPOINT, "x", full)
    assert store.models() == []


def test_a_disk_that_is_full_when_openvino_writes_is_told_too(tmp_path: Path) -> None:
    network = ov.Core().read_model(Path(__file__).parents[4] / "golden" / "m2fp" / "network.xml")
    store = ModelStore(tmp_path)

    def convert(folder: Path) -> None:
        with files_of_at_most(100_000):
            save_openvino(network, folder / "network.xml")

    with pytest.raises(
        OutputError, match=r"cannot write .*: OpenVINO could not write network\.xml; is the disk full\?"
    ):
        store.add(CHECKPOINT, "x", convert)
    assert store.models() == []


def test_two_conversions_at_once_are_refused(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)

    def meanwhile(_folder: Path) -> None:
        store.add(CHECKPOINT, "y", build)

    with pytest.raises(ModelError, match="another footfall is converting m2fp"):
        store.add(CHECKPOINT, "x", meanwhile)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    model = ModelStore(tmp_path).add(CHECKPOINT, "x", build)
    (model.folder / "network.bin").write_text("rot")

    with pytest.raises(ModelError, match=r"network.bin is missing or damaged; run: footfall models fetch"):
        model.verify()


def test_removing_deletes_models_and_leftovers(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    store.add(CHECKPOINT, "x", build)
    (tmp_path / "abc.building").mkdir()

    assert [model.version for model in store.remove()] == ["3f2a9c0d51b7"]
    assert store.models() == []
    assert store.remove() == []
    assert not (tmp_path / "abc.building").exists()


def test_a_checkpoint_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"pytorch_model\.pt does not exist; name pytorch_model\.pt of damo/"
    ):
        fetching.local_checkpoint(tmp_path)


def test_too_little_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pytorch_model.pt").write_bytes(b"x")
    monkeypatch.setattr(fetching, "require", lambda *_packages: None)
    monkeypatch.setattr(fetching, "_SPACE_FOR_MODEL", 1 << 60)

    with pytest.raises(OutputError, match="MB free, and the converted model needs"):
        fetching.fetch(ModelStore(tmp_path / "cache"), tmp_path, lambda _line: None)
    assert not (tmp_path / "cache").exists()
