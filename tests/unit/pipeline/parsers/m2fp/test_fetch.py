"""The way of a checkpoint from ModelScope or a folder to the cache; ModelScope and the conversion are replaced."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import MissingExtra, ModelError, OutputError
from pipeline.checksums import file_sha256
from pipeline.parsers.m2fp import fetch as fetching
from pipeline.parsers.m2fp.store import ModelStore

Download = Callable[..., str]
CONTENT = b"weights"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    """The user's own cache, empty, with a conversion that writes what it is given."""

    def convert(checkpoint: Path, folder: Path) -> None:
        if checkpoint.read_bytes() != CONTENT:
            raise ModelError(
                f"{checkpoint} is no checkpoint that PyTorch can read, or was cut off: download it again"
            )
        for name in ("network.xml", "network.bin", "network.onnx"):
            (folder / name).write_bytes(CONTENT)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "_convert", convert)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    return ModelStore()


@pytest.fixture
def modelscope(monkeypatch: pytest.MonkeyPatch) -> Callable[[Download], None]:
    """Puts a function in the place of ModelScope's download."""

    def replace(download: Download) -> None:
        module = ModuleType("modelscope")
        module.snapshot_download = download  # type: ignore[attr-defined]  # that is what a module is for
        monkeypatch.setitem(sys.modules, "modelscope", module)

    return replace


def gives(folder: Path, content: bytes) -> tuple[Download, list[tuple[object, ...]]]:
    """A download of that content, and what it was asked for; ModelScope keeps an id of its own, too."""
    asked: list[tuple[object, ...]] = []

    def download(model: str, *, revision: str, allow_patterns: list[str], cache_dir: Path) -> str:
        asked.append((model, revision, allow_patterns, cache_dir, os.environ["MODELSCOPE_HOME"]))
        folder.mkdir(exist_ok=True)
        (folder / "pytorch_model.pt").write_bytes(content)
        return str(folder)

    return download, asked


def test_the_terms_are_shown_and_without_agreement_nothing_is_downloaded(
    store: ModelStore, modelscope: Callable[[Download], None], tmp_path: Path
) -> None:
    download, asked = gives(tmp_path / "hub", CONTENT)
    modelscope(download)

    result = CliRunner().invoke(app, ["models", "fetch", "m2fp"], input="n\n")

    assert result.output.startswith(fetching.TERMS)
    assert "no commercial use" in result.output
    assert isinstance(result.exception, ModelError)
    assert str(result.exception) == "m2fp was not fetched: its terms were not agreed to"
    assert asked == []
    assert store.models() == []


def test_the_checkpoint_of_the_pinned_revision_is_downloaded_and_stored_under_its_checksum(
    store: ModelStore, modelscope: Callable[[Download], None], tmp_path: Path
) -> None:
    download, asked = gives(tmp_path / "hub", CONTENT)
    modelscope(download)

    result = CliRunner().invoke(app, ["models", "fetch", "m2fp"], input="y\n")

    assert result.exit_code == 0, result.output
    assert result.output.index(fetching.TERMS) < result.output.index("downloading damo/")
    folder = store.folder / "download"
    assert asked == [
        (
            "damo/cv_resnet101_image-multiple-human-parsing",
            "v1.0.1",
            ["pytorch_model.pt"],
            folder,
            str(folder / "modelscope"),
        )
    ]
    assert "MODELSCOPE_HOME" not in os.environ
    model = store.installed()
    assert model.manifest.checkpoint_sha256 == file_sha256(tmp_path / "hub" / "pytorch_model.pt")
    assert model.folder.name == model.manifest.checkpoint_sha256[:12]
    assert model.manifest.source == "damo/cv_resnet101_image-multiple-human-parsing@v1.0.1"
    model.verify()


def test_a_second_fetch_checks_the_model_and_converts_nothing(
    store: ModelStore, modelscope: Callable[[Download], None], tmp_path: Path
) -> None:
    modelscope(gives(tmp_path / "hub", CONTENT)[0])
    first = fetching.fetch(store, None, lambda _line: None)
    lines: list[str] = []

    assert fetching.fetch(store, None, lines.append) == first
    assert lines[-1] == f"this checkpoint is converted already: {first.folder}"

    (first.folder / "network.bin").write_bytes(b"rot")
    with pytest.raises(ModelError, match=r"network\.bin is missing or damaged"):
        fetching.fetch(store, None, lambda _line: None)


def test_a_download_that_breaks_off_says_so_in_one_line_and_leaves_nothing(
    store: ModelStore, modelscope: Callable[[Download], None]
) -> None:
    def breaks(*_arguments: object, **_options: object) -> str:
        raise ConnectionError("connection\nreset")

    modelscope(breaks)
    with pytest.raises(
        ModelError, match=r"^ModelScope did not give damo/.*: connection reset; try again, or .* --from PATH$"
    ):
        fetching.fetch(store, None, lambda _line: None)
    assert not store.folder.exists()


def test_what_was_downloaded_is_kept_until_it_is_converted(
    store: ModelStore, modelscope: Callable[[Download], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def into_the_cache(*_arguments: object, cache_dir: Path, **_options: object) -> str:
        cache_dir.mkdir(parents=True, exist_ok=True)
        (cache_dir / "pytorch_model.pt").write_bytes(CONTENT)
        return str(cache_dir)

    modelscope(into_the_cache)
    convert = fetching._convert
    monkeypatch.setattr(fetching, "_convert", disk_full)
    with pytest.raises(OutputError, match="No space left on device"):
        fetching.fetch(store, None, lambda _line: None)
    assert (store.folder / "download" / "pytorch_model.pt").is_file()

    monkeypatch.setattr(fetching, "_convert", convert)
    model = fetching.fetch(store, None, lambda _line: None)
    assert {path.name for path in store.folder.iterdir()} == {".lock", model.folder.name}


def disk_full(_checkpoint: Path, _folder: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_half_a_checkpoint_leaves_no_model(
    store: ModelStore, modelscope: Callable[[Download], None], tmp_path: Path
) -> None:
    modelscope(gives(tmp_path / "hub", CONTENT[:3])[0])
    with pytest.raises(ModelError, match="was cut off: download it again"):
        fetching.fetch(store, None, lambda _line: None)
    assert store.models() == []
    assert [path.name for path in store.folder.iterdir()] == [".lock"]


def test_a_download_without_the_checkpoint_is_told(
    store: ModelStore, modelscope: Callable[[Download], None], tmp_path: Path
) -> None:
    modelscope(lambda *_arguments, **_options: str(tmp_path))
    with pytest.raises(ModelError, match=r"pytorch_model\.pt does not exist"):
        fetching.fetch(store, None, lambda _line: None)


def test_without_the_extra_the_cure_is_named(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(
        MissingExtra, match=r'needs torch, which is not installed: pip install "footfall\[m2fp\]"'
    ):
        fetching.fetch(store, tmp_path, lambda _line: None)


@pytest.mark.parametrize("stage", ["converting", "finishing"])
def test_a_disk_that_fills_up_leaves_no_model(
    stage: str, store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "pytorch_model.pt").write_bytes(CONTENT)
    what = (
        "pipeline.parsers.m2fp.fetch._convert"
        if stage == "converting"
        else "pipeline.parsers.m2fp.manifest.os.fsync"
    )
    monkeypatch.setattr(what, full)

    with pytest.raises(OutputError, match=r"cannot write .*: No space left on device"):
        fetching.fetch(store, tmp_path, lambda _line: None)
    assert store.models() == []
    assert [path.name for path in store.folder.iterdir()] == [".lock"]
