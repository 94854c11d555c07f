"""The finder that comes with Footfall."""

import json
import shutil
from pathlib import Path

import numpy as np
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


def test_by_itself_it_is_computed_in_int8(demo_picture: BgrImage) -> None:
    usual, exact = LiteFinder(), LiteFinder(context=EXACT)
    assert usual.info.checksum != exact.info.checksum
    first, second = usual.find(demo_picture), exact.find(demo_picture)
    assert len(first) == len(second)
    assert first.boxes == pytest.approx(second.boxes, abs=8)


def test_a_higher_score_may_be_asked_for(demo_picture: BgrImage) -> None:
    assert len(LiteFinder(LiteFinderSettings(least_score=1.0), EXACT).find(demo_picture)) == 0


def test_the_odds_of_scores_are_told_and_who_asks_for_lower_ones_gets_better_odds(
    demo_picture: BgrImage,
) -> None:
    usual = LiteFinder(context=EXACT).find(demo_picture)
    lower = LiteFinder(LiteFinderSettings(least_score=0.2), EXACT).find(demo_picture)
    assert usual.odds is not None
    assert lower.odds is not None
    assert np.argsort(usual.odds).tolist() == np.argsort(usual.scores).tolist()
    assert lower.scores[0] == usual.scores[0]
    assert lower.odds[0] > usual.odds[0]


def test_the_size_of_what_it_sees_is_part_of_what_numbers_come_from() -> None:
    usual, larger = (LiteFinder(LiteFinderSettings(input_pixels=area), EXACT) for area in (None, 409600))
    assert usual.info.version == larger.info.version
    assert usual.info.checksum != larger.info.checksum


def test_weights_that_say_nothing_of_odds_give_none(demo_picture: BgrImage, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    about = json.loads((FOLDER / "weights.json").read_text(encoding="utf-8"))
    (tmp_path / "weights.json").write_text(json.dumps(about | {"even": None}), encoding="utf-8")
    assert LiteFinder(context=EXACT, folder=tmp_path).find(demo_picture).odds is None


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "weights.json", tmp_path)
    (tmp_path / "finder.onnx").write_bytes(b"half of it")
    with pytest.raises(ModelError, match=r"\Athe weights of lite are damaged: .*install footfall again\Z"):
        LiteFinder(context=EXACT, folder=tmp_path)
