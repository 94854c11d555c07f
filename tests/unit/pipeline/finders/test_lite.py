"""The finder that comes with Footfall."""

import shutil
from pathlib import Path

import pytest

import pipeline.finders.lite.finder as lite
from domain.errors import ModelError
from domain.frame import BgrImage
from pipeline.finders.base import FinderContext, PersonFinder
from pipeline.finders.lite.finder import LiteFinder
from pipeline.finders.lite.settings import LiteFinderSettings
from pipeline.parsers.base import InferenceOptions
from tests.contracts.finder import FinderContract

FOLDER = Path(lite.__file__).parent
EXACT = FinderContext(inference=InferenceOptions(precision="fp32"))


class TestLite(FinderContract):
    @pytest.fixture(autouse=True)
    def _picture(self, demo_picture: BgrImage) -> None:
        self.picture = demo_picture

    def make(self) -> PersonFinder:
        return LiteFinder(context=EXACT)

    def somebody(self) -> BgrImage:
        return self.picture


def test_both_engines_find_the_same(demo_picture: BgrImage) -> None:
    other = FinderContext(inference=InferenceOptions(precision="fp32", executor="onnxruntime"))
    first, second = (LiteFinder(context=context).find(demo_picture) for context in (EXACT, other))
    assert first.boxes == pytest.approx(second.boxes, abs=0.1)
    assert first.scores == pytest.approx(second.scores, abs=1e-3)


def test_a_parser_in_int8_does_not_keep_it_from_finding(demo_picture: BgrImage) -> None:
    context = FinderContext(inference=InferenceOptions(precision="int8"))
    assert len(LiteFinder(context=context).find(demo_picture)) > 0


def test_a_higher_score_may_be_asked_for(demo_picture: BgrImage) -> None:
    assert len(LiteFinder(LiteFinderSettings(least_score=1.0), EXACT).find(demo_picture)) == 0


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "weights.json", tmp_path)
    (tmp_path / "finder.onnx").write_bytes(b"half of it")
    with pytest.raises(ModelError, match=r"\Athe weights of lite are damaged: .*install footfall again\Z"):
        LiteFinder(folder=tmp_path)
