"""Needs the extra m2fp; elsewhere it is skipped, and `make parity` and these tests are what cover the conversion."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from domain.errors import ModelError
from tests.support.extras import extra

pytestmark = pytest.mark.training
torch = extra("torch")

from pipeline.parsers.m2fp.network.checkpoint import load_checkpoint, read_checkpoint  # noqa: E402
from pipeline.parsers.m2fp.network.deformable import Sampling  # noqa: E402
from tests.parity.compare import GOLDEN, TINY  # noqa: E402

CHECKPOINT = GOLDEN / "pytorch_model.pt"


def changed(path: Path, **changes: object) -> Path:
    weights = dict(torch.load(CHECKPOINT, weights_only=True)["model"])
    for name, value in changes.items():
        key = name.replace("__", ".")
        if value is None:
            del weights[key]
        else:
            weights[key] = value
    torch.save({"model": weights}, path)
    return path


@pytest.mark.parametrize("sampling", ["bag", "grid"])
def test_the_network_answers_as_modelscopes_class_does(sampling: Sampling) -> None:
    case = np.load(GOLDEN / "network.npz")
    tensor = torch.from_numpy(case["image"][:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32))
    with torch.no_grad():
        classes, masks = load_checkpoint(CHECKPOINT, shape=TINY, sampling=sampling)(tensor)
    for answer, name in ((classes, "class_logits"), (masks, "mask_logits")):
        assert np.linalg.norm(answer.numpy() - case[name]) / np.linalg.norm(case[name]) < 1e-4


def test_tensors_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    path = changed(
        tmp_path / "x.pt",
        backbone__stem__conv1__weight=None,
        extra__bias=torch.zeros(1),
        backbone__stem__conv2__weight=torch.zeros(2, 2),
    )
    with pytest.raises(ModelError) as caught:
        load_checkpoint(path, shape=TINY)
    assert "1 missing (backbone.stem.conv1.weight); 1 surplus (extra.bias)" in str(caught.value)
    assert "1 misshapen (backbone.stem.conv2.weight (2, 2) instead of (4, 4, 3, 3))" in str(caught.value)


def test_the_single_person_model_is_told_apart(tmp_path: Path) -> None:
    path = changed(tmp_path / "x.pt", sem_seg_head__predictor__class_embed__bias=torch.zeros(21))
    with pytest.raises(ModelError, match="is the single-person M2FP model; the one for several persons"):
        load_checkpoint(path, shape=TINY)


def test_a_truncated_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(CHECKPOINT.read_bytes()[:400_000])
    with pytest.raises(ModelError, match="download it again"):
        read_checkpoint(path)


class RunsCode:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("pwned",)


def test_a_pickle_that_wants_to_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"model": RunsCode()}, tmp_path / "x.pt", pickle_module=pickle)
    with pytest.raises(ModelError, match="wants to run code"):
        read_checkpoint(tmp_path / "x.pt")


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {}}, tmp_path / "x.pt")
    with pytest.raises(ModelError, match="no weights under the key model"):
        read_checkpoint(tmp_path / "x.pt")
