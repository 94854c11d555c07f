"""`footfall serve` as a process of its own, with the parser and the clip that come with Footfall."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.ports import free_port
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-m", "footfall", "serve"]


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    """The process, once it has said its address."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        [*SERVE, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        told = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert told, line + process.stdout.read()
        with httpx.Client(base_url=told[0], timeout=60) as client:
            yield client, process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_it_counts_a_camera_parses_pictures_and_ends_in_order(tmp_path: Path) -> None:
    arguments = ["--config", "examples/demo-serve.yaml", "--out", str(tmp_path), "--port", "0"]
    with serving(*arguments) as (client, process):
        assert client.get("/readyz").json()["data"] == {"model": "lite", "streams": 1}
        eventually(lambda: client.get("/api/streams/shop").json()["data"]["visits"] > 0, within_s=120)
        picture = client.get("/api/streams/shop/snapshot.jpg?overlay=none").content
        seen = client.post("/api/parse", files={"image": picture}).json()["data"]
        assert (seen["width"], seen["height"]) == (768, 432)
        assert client.get(seen["colored_mask_url"]).headers["content-type"] == "image/jpeg"
        assert client.get("/").status_code == 200
        assert "SwaggerUIBundle" in client.get("/static/vendor/swagger-ui-bundle.js").text
        text = client.get("/metrics").text
        assert re.search(r'footfall_stream_frames_total\{outcome="parsed",stream="shop"\} [1-9]', text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["streams"][0]["visits"] > 0
    assert (tmp_path / "report.html").exists()


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port := free_port()))
        taken.listen()
        ended = subprocess.run(  # noqa: S603 - our own words
            [*SERVE, "--port", str(port), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"footfall: port {port} of 127.0.0.1 cannot be had")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
