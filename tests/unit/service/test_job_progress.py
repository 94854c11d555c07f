"""The progress of a job over a WebSocket."""

import json
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from service.jobs.shown import JobProgress
from service.keys import hash_of
from service.routes.job_progress import PROTOCOL
from tests.support.jobs import sent
from tests.support.service import Gate, Running, held_up, png_file, running
from tests.support.waiting import eventually

ONE, OTHER = "ffk_one", "ffk_other"
KEYS = [{"name": name, "role": "parse", "hash": hash_of(name)} for name in (ONE, OTHER)]


def address(service: Running, job_id: str) -> str:
    return f"{str(service.client.base_url).replace('http', 'ws', 1)}/ws/jobs/{job_id}"


def job_of(service: Running, pictures: int = 3, **more: Any) -> str:
    files = [("image", png_file())] * pictures
    return sent(service.post("/api/jobs", files=files, data={"overlay": "none"}, **more))


def test_it_tells_every_step_and_closes_at_the_end(tmp_path: Path) -> None:
    gate = Gate()
    with running(tmp_path, held_up(gate), works=True) as service:
        job_id = job_of(service)
        with connect(address(service, job_id)) as socket:
            first = json.loads(socket.recv(30))
            assert (first["code"], first["data"]["id"]) == (0, job_id)
            gate.opened.set()
            told = [json.loads(message)["data"] for message in socket]
        assert told[-1]["state"] == "done"
        assert told[-1] == service.get(f"/api/jobs/{job_id}").json()["data"]
        shares = [data["progress"]["share"] or 0 for data in told]
        assert shares == sorted(shares)


def offered(key: str) -> list[Subprotocol]:
    return [Subprotocol(PROTOCOL), Subprotocol(f"key.{key}")]


def status_of(url: str, **more: Any) -> tuple[int, int]:
    with pytest.raises(InvalidStatus) as refused, connect(url, **more):
        pass
    response = refused.value.response
    return response.status_code, json.loads(response.body or b"")["code"]


def test_who_may_listen(tmp_path: Path) -> None:
    with running(tmp_path, keys=KEYS, works=True) as service:
        job_id = job_of(service, headers={"x-api-key": ONE})
        url = address(service, job_id)
        assert status_of(url) == (401, 1101)
        assert status_of(url, additional_headers={"x-api-key": OTHER}) == (404, 1201)
        assert status_of(url, subprotocols=offered(OTHER)) == (404, 1201)
        foreign = {"x-api-key": ONE, "origin": "https://evil.example"}
        assert status_of(url, additional_headers=foreign) == (403, 1103)
        with connect(url, additional_headers={"authorization": f"Bearer {ONE}"}) as socket:
            assert json.loads(socket.recv(30))["data"]["id"] == job_id
        # As a browser does it.
        with connect(url, subprotocols=offered(ONE)) as socket:
            assert socket.subprotocol == PROTOCOL
            assert json.loads(socket.recv(30))["data"]["id"] == job_id


def test_one_who_goes_is_noticed_and_a_job_that_goes_closes_it(tmp_path: Path) -> None:
    gate = Gate()
    with running(tmp_path, held_up(gate), works=True) as service:
        job_of(service)
        job_id = job_of(service)
        with connect(address(service, job_id)) as socket:
            socket.recv(30)
            assert service.service.listeners.borrowed_tokens == 1
        eventually(lambda: service.service.listeners.borrowed_tokens == 0)
        with connect(address(service, job_id)) as socket:
            socket.recv(30)
            service.client.delete(f"/api/jobs/{job_id}")
            assert json.loads(socket.recv(30))["data"]["state"] == "cancelled"
            with pytest.raises(ConnectionClosed):
                socket.recv(30)
        gate.opened.set()


def test_a_recording_that_goes_on_is_no_less_far_than_it_was() -> None:
    before = JobProgress(share=0.5, pictures=60, media_s=14.0, duration_s=28.0, visits=2)
    again = JobProgress(share=0.02, pictures=60, media_s=0.5, duration_s=28.0, visits=2)
    assert again.behind(before) == before
    further = JobProgress(share=0.6, pictures=61, media_s=16.8, duration_s=28.0, visits=3)
    assert further.behind(before) == further
    # With another version it begins anew.
    anew = JobProgress(share=0.02, pictures=1, media_s=0.5, duration_s=28.0)
    assert anew.behind(before) == anew
