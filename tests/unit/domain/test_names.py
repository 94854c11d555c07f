import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import original_name, shown_name

NAMES = st.one_of(
    st.binary(max_size=40), st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
).map(lambda name: os.fsdecode(name.replace(b"\0", b"")))


@given(NAMES)
def test_every_name_comes_back(name: str) -> None:
    assert original_name(shown_name(name)) == name


@given(NAMES)
def test_what_is_shown_is_one_line_of_valid_text(name: str) -> None:
    shown = shown_name(name)
    assert shown.encode().decode() == shown
    assert shown == "" or shown.splitlines() == [shown]
    assert "\x1b" not in shown


@given(NAMES, NAMES)
def test_two_names_never_look_alike(one: str, other: str) -> None:
    assert (shown_name(one) == shown_name(other)) == (one == other)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"shop door.mp4", "shop door.mp4"),
        ("Süd 漢 👕.mp4".encode(), "Süd 漢 👕.mp4"),
        (b"caf\xe9.mp4", r"caf\xe9.mp4"),
        (b"two\nlines", r"two\x0alines"),
        (rb"back\slash", r"back\\slash"),
        (rb"\xe9", r"\\xe9"),
        ("mirrored\u202egpj".encode(), r"mirrored\xe2\x80\xaegpj"),
    ],
)
def test_how_names_are_shown(name: bytes, shown: str) -> None:
    assert shown_name(os.fsdecode(name)) == shown
