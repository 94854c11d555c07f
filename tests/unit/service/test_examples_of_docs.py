"""The examples of docs/service.md, run as they stand there against a service that answers."""

import io
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from domain.events import WindowClosed
from domain.stores import file_store
from sinks.base import DATABASE
from sinks.sql.sink import SqlSink
from tests.support.clips import steady, write_clip
from tests.support.events import window_event
from tests.support.service import Running, png_file, running
from tests.support.streams import ListSource, plain_frame

DOCS = Path(__file__).parents[3] / "docs" / "service.md"
ADDRESS = "http://127.0.0.1:8080"
BLOCKS = [
    (language, code)
    for language, code in re.findall(
        r"^```(\w*)\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    if ADDRESS in code
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("docs")
    with closing(SqlSink(file_store(folder / DATABASE))) as sink:
        sink.store([_window()])
    with running(folder, works=True, allowed_hosts=["192.0.2.10"]) as started:
        camera = ListSource([plain_frame(0, stream_id="door")], stream_id="door", live=True)
        started.harness.factory.sources["door"] = deque([camera])
        yield started


def _window() -> WindowClosed:
    """Of the last day, which is what is asked for where nothing is said."""
    return window_event(window_s=60).model_copy(update={"event_time": datetime.now(UTC) - timedelta(hours=1)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with the files that the examples name."""
    image = io.BytesIO()
    Image.open(io.BytesIO(png_file())).convert("RGB").save(image, "JPEG")
    for name in ("shop.jpg", "one.jpg", "two.jpg"):
        (tmp_path / name).write_bytes(image.getvalue())
    write_clip(tmp_path / "shop.mp4", steady(20, 10))
    return tmp_path


def test_there_are_examples_of_both_kinds() -> None:
    assert {language for language, _ in BLOCKS} == {"", "python"}
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize(("language", "code"), BLOCKS, ids=[code.splitlines()[-1][:40] for _, code in BLOCKS])
def test_an_example_works(service: Running, folder: Path, language: str, code: str) -> None:
    here = code.replace(ADDRESS, str(service.client.base_url).rstrip("/"))
    if language == "python":
        command = [sys.executable, "-c", here]
    else:
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed")
        command = ["bash", "-ec", here.replace("curl ", "curl --silent --show-error --fail-with-body ")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own docs
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    if language != "python" and "format=csv" not in here:
        assert done.stdout.count('"code":0') == here.count("curl "), done.stdout
    if "format=csv" in here:
        assert len(done.stdout.splitlines()) == 2, done.stdout
