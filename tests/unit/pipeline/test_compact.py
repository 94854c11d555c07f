"""Parsed frames that are kept without their large arrays."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from domain.frame import LabelMap
from domain.parsing import ParsedFrame
from pipeline.compact import CompactFrame
from tests.support.clips import picture
from tests.support.streams import one_person


def is_same(one: ParsedFrame, other: ParsedFrame) -> bool:
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(ParsedFrame)]
    return all(
        a is b or (np.array_equal(a, b) and a.dtype == b.dtype and a.shape == b.shape) for a, b in pairs
    )


@given(
    arrays(np.uint8, st.tuples(st.integers(0, 9), st.integers(0, 9)), elements=st.integers(0, 3)),
)
def test_it_comes_back_as_it_was(labels: LabelMap) -> None:
    parsed = ParsedFrame(
        labels,
        (labels > 1).astype(np.uint8),
        np.array([0.5], np.float32),
        np.array([[1, 2, 3, 4]], np.float32),
        beliefs=np.full((1, 24), 0.25, np.float32),
        doubtful=np.zeros((0, 4), np.float32),
    )
    assert is_same(CompactFrame.of(parsed).frame(), parsed)


@pytest.mark.parametrize("parsed", [one_person(picture(1)), ParsedFrame.empty(64, 96)])
def test_it_is_small(parsed: ParsedFrame) -> None:
    compact = CompactFrame.of(parsed)
    assert compact.held_bytes < parsed.labels.nbytes / 10
    assert is_same(compact.frame(), parsed)
