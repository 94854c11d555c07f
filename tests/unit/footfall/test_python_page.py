"""`docs/python.md`: every example runs, one after the other, and prints what the page says."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import av
import pytest

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
CLIP = Path(__file__).parents[3] / "cli" / "demo" / "demo.mp4"
EXAMPLES = re.compile(r"```python\n(?P<code>.*?)```(?:\n+```text\n(?P<output>.*?)```)?", re.DOTALL)
AT = 50
"""Position of the picture among those of the clip."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with av.open(CLIP) as clip:
        picture = next(frame for index, frame in enumerate(clip.decode(video=0)) if index == AT)
    monkeypatch.chdir(tmp_path)
    picture.to_image().save("shop.png")  # type: ignore[no-untyped-call]
    return tmp_path


def printed(code: str, names: dict[str, Any]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(code, names)  # noqa: S102 - our own page
    return output.getvalue()


@pytest.mark.usefixtures("shop")
def test_every_example_prints_what_the_page_says() -> None:
    examples = list(EXAMPLES.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(examples) > 5
    names: dict[str, Any] = {}
    for example in examples:
        assert printed(example["code"], names) == (example["output"] or ""), example["code"]
