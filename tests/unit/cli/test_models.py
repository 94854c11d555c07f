"""`footfall models`, for the parsers whose weights come with Footfall."""

import pytest

from tests.support.command import Footfall


@pytest.mark.parametrize("name", ["lite", "lite-cc0"])
def test_weights_that_come_with_footfall_are_listed_and_verified(name: str, footfall: Footfall) -> None:
    assert any(line.startswith(f"{name}  ") for line in footfall("models", "list").out.splitlines())
    verified = footfall("models", "verify", name)
    assert verified.code == 0
    assert verified.out.startswith(f"{name} ")
    assert verified.out.endswith(": every file is as it was written\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["fetch", "lite"], "lite comes with its weights: there is nothing to fetch"),
        (["remove", "lite-cc0"], "lite-cc0 comes with its weights: there is nothing to remove"),
        (
            ["quantize", "lite", "--on", "x.mp4"],
            "lite comes with an int8 network: footfall run SOURCE --precision int8",
        ),
        (["quantize", "lite-cc0", "--on", "x.mp4"], "lite-cc0 cannot be quantized"),
        (["verify", "lite", "--on", "folder"], "lite is not measured on CIHP: leave --on out"),
        (["fetch", "yolo"], "there is no parser called yolo; there are lite, lite-cc0, m2fp, onnx"),
    ],
)
def test_what_a_parser_cannot_do_is_one_line(arguments: list[str], line: str, footfall: Footfall) -> None:
    outcome = footfall("models", *arguments)
    assert outcome.code == 2
    assert outcome.err == f"footfall: {line}\n"
