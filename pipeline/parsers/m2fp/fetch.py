"""Where the checkpoint comes from: ModelScope, or a local file or folder. Under the user's own agreement with its licence."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.component import how_to_install
from domain.errors import MissingExtra, ModelError, OutputError
from pipeline.checksums import file_sha256
from pipeline.parsers.m2fp.store import ModelStore, StoredModel

MODEL_ID = "damo/cv_resnet101_image-multiple-human-parsing"
REVISION = "v1.0.1"
WEIGHTS_FILE = "pytorch_model.pt"

TERMS = f"""\
M2FP, multi-person human parsing ({MODEL_ID}, revision {REVISION})
Published by its authors for academic use; derived from code under CC BY-NC 4.0: no commercial use.
A shop needs its own agreement with the authors, or the parser lite, which comes with Footfall under Apache 2.0.
About 720 MB are downloaded, and 510 MB are kept after conversion."""

_DOWNLOAD = "download"
_HOME_VARIABLE = "MODELSCOPE_HOME"
_SPACE_FOR_MODEL = 600 * 1024 * 1024

Report = Callable[[str], None]
"""Takes one line about what happens next."""


def fetch(store: ModelStore, source: Path | None, report: Report) -> StoredModel:
    """Get the checkpoint, check it and convert it; does nothing where that was done before.

    Args:
        store: Where the model goes.
        source: A local checkpoint, or the folder that holds it; None downloads it from ModelScope.
        report: Told what happens.

    Raises:
        MissingExtra: torch, or for the download modelscope, is not installed.
        ModelError: The checkpoint cannot be had, is damaged or foreign.
        OutputError: The disk is full or not writable.
    """
    require("torch", "onnx")
    if source is not None:
        checkpoint = local_checkpoint(source)
        return _add(store, checkpoint, checkpoint.name, report)
    download = store.folder / _DOWNLOAD
    model = _add(store, _download(download, report), f"{MODEL_ID}@{REVISION}", report)
    shutil.rmtree(download, ignore_errors=True)
    return model


def _add(store: ModelStore, checkpoint: Path, origin: str, report: Report) -> StoredModel:
    """Check and convert, unless that was done before."""
    report(f"checking {checkpoint}")
    digest = file_sha256(checkpoint)
    known = store.find(digest)
    if known is not None:
        known.verify()
        report(f"this checkpoint is converted already: {known.folder}")
        return known
    _require_space(store.folder)
    report("converting for OpenVINO and ONNX Runtime; this takes about two minutes")
    return store.add(digest, origin, lambda folder: _convert(checkpoint, folder))


def local_checkpoint(source: Path) -> Path:
    """The checkpoint itself, or the one in that folder.

    Raises:
        ModelError: There is none.
    """
    path = source / WEIGHTS_FILE if source.is_dir() else source
    if not path.is_file():
        raise ModelError(f"{path} does not exist; name {WEIGHTS_FILE} of {MODEL_ID} or the folder it lies in")
    return path


def require(*packages: str) -> None:
    """Insist on packages of the extra.

    Raises:
        MissingExtra: One is not installed; the message says how to install it.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(
                f"fetching m2fp needs {package}, which is not installed: {how_to_install('m2fp')}"
            )


def _download(into: Path, report: Report) -> Path:
    """What breaks off stays in that folder, and the next download goes on from there."""
    require("modelscope")
    report(f"downloading {MODEL_ID} {REVISION} from ModelScope")
    try:
        with _modelscope_home(into / "modelscope"):
            from modelscope import snapshot_download  # noqa: PLC0415 - an extra

            folder = snapshot_download(
                MODEL_ID, revision=REVISION, allow_patterns=[WEIGHTS_FILE], cache_dir=into
            )
    except Exception as error:  # its own errors, those of requests, and plain ones
        reason = " ".join(str(error).split())[:200]
        raise ModelError(
            f"ModelScope did not give {MODEL_ID}: {reason}; try again, or download {WEIGHTS_FILE} elsewhere "
            "and name it: footfall models fetch m2fp --from PATH"
        ) from error
    return local_checkpoint(Path(folder))


@contextmanager
def _modelscope_home(folder: Path) -> Iterator[None]:
    """Where the package keeps the id by which ModelScope knows it again: else in `~/.modelscope`, for ever."""
    given = os.environ.get(_HOME_VARIABLE)
    os.environ.setdefault(_HOME_VARIABLE, str(folder))
    try:
        yield
    finally:
        if given is None:
            del os.environ[_HOME_VARIABLE]


def _require_space(folder: Path) -> None:
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    if free < _SPACE_FOR_MODEL:
        raise OutputError(
            f"{folder} has {free // 1024**2} MB free, and the converted model needs {_SPACE_FOR_MODEL // 1024**2} MB; "
            "make room, or set XDG_CACHE_HOME to another disk"
        )


def _convert(checkpoint: Path, folder: Path) -> None:
    from pipeline.parsers.m2fp.export import export  # noqa: PLC0415 - torch takes seconds to import

    export(checkpoint, folder)
