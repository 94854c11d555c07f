"""Jobs of a service that is killed and restarted under load: what was accepted is done, once."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from cli.demo import CLIP
from tests.integration.test_serve import serving
from tests.support.service import png_file
from tests.support.waiting import eventually

pytestmark = pytest.mark.integration

_PICTURES = 6


def send(client: httpx.Client, **request: Any) -> str:
    answer = client.post("/api/jobs", **request)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["data"]["id"]
    return job_id


def job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    data: dict[str, Any] = client.get(f"/api/jobs/{job_id}").json()["data"]
    return data


def done(client: httpx.Client, job_id: str) -> dict[str, Any]:
    eventually(lambda: job(client, job_id)["state"] in {"done", "failed"}, within_s=240)
    found = job(client, job_id)
    assert (found["state"], found["problem"]) == ("done", None)
    return found


def get_on(client: httpx.Client, job_id: str) -> None:
    """Wait until it has come further, or is at its end."""
    reached = job(client, job_id)["progress"]["pictures"]

    def further() -> bool:
        found = job(client, job_id)
        return bool(found["state"] == "done" or found["progress"]["pictures"] >= reached + 5)

    eventually(further, within_s=240)


def events(client: httpx.Client, found: dict[str, Any]) -> list[str]:
    url = next(file["url"] for file in found["files"] if file["kind"] == "events")
    return [json.loads(line)["event_id"] for line in client.get(url).text.splitlines()]


@contextmanager
def asked_all_the_time(client: httpx.Client) -> Iterator[None]:
    """Others send pictures meanwhile, whatever becomes of them."""
    stop = Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                httpx.post(f"{client.base_url}api/parse", files={"image": png_file()}, timeout=10)
            except httpx.HTTPError:
                stop.wait(0.1)

    with ThreadPoolExecutor(2) as threads:
        for _ in range(2):
            threads.submit(ask)
        try:
            yield
        finally:
            stop.set()


def test_what_was_accepted_is_done_once_however_the_service_ends(tmp_path: Path) -> None:
    recording = {"files": {"recording": CLIP.read_bytes()}, "data": {"fps": "2"}}
    pictures = {"files": [("image", png_file())] * _PICTURES}
    ids: list[str] = []
    for number, how in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL)):
        with served(tmp_path) as (client, process), asked_all_the_time(client):
            ids += [send(client, **pictures)]
            if not number:
                ids.insert(0, send(client, **recording))
            get_on(client, ids[0])
            process.send_signal(how)
            assert process.wait(60) == (0 if how is signal.SIGTERM else -signal.SIGKILL)
    with served(tmp_path) as (client, _):
        found = [done(client, job_id) for job_id in ids]
        whole = done(client, send(client, **recording))
        assert [one["progress"]["pictures"] for one in found] == [56, *[_PICTURES] * 3]
        assert events(client, found[0]) == events(client, whole)
        assert len(set(events(client, whole))) == len(events(client, whole))
        assert found[0]["progress"]["visits"] == whole["progress"]["visits"] > 0
        for one in found[1:]:
            assert [file["kind"] for file in one["files"]] == ["result", *["overlay"] * _PICTURES]
        assert client.get("/api/jobs").json()["data"]["jobs"][-1]["id"] == ids[1]
        text = client.get("/metrics").text
        assert re.search(r'footfall_jobs\{state="done"\} 5.0', text)


def served(folder: Path) -> AbstractContextManager[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    return serving("--out", str(folder), "--port", "0")
