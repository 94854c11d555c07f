"""Probes, metrics, and the API's description of itself."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.app import make_api
from service.errors import ErrorCode
from service.results import Made, ResultStore, ToMake
from tests.support.service import running


def test_probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path) as service:
        alive = service.get("/healthz").json()
        assert (alive["status"], alive["model_loaded"]) == ("ok", True)
        assert alive["data"] == {"status": "ok", "model_loaded": True}
        assert service.get("/readyz").json()["data"] == {"model": "lite", "streams": 0}
        monkeypatch.setattr(service.harness.outlet, "problem", lambda: "the disk is full")
        answer = service.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, 1303)
        service.service.closing.set()
        assert service.get("/readyz").json()["code"] == 1302
        assert service.get("/api/streams").json()["code"] == 1302
        assert service.get("/healthz").status_code == 200


def test_addresses_that_are_none_make_no_series_of_their_own(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        for number in range(5):
            assert service.get(f"/nothing/{number}").json()["code"] == 1201
        assert service.client.request("BREW", "/healthz").json()["code"] == 1202
        text = service.get("/metrics").text
        assert 'footfall_http_requests_total{method="GET",route="none",status="404"} 5.0' in text
        assert "nothing" not in text
        assert "BREW" not in text


def test_numbers_of_errors_are_told_once() -> None:
    numbers = [code.number for code in ErrorCode]
    assert len(set(numbers)) == len(numbers)
    assert all(400 <= code.status < 600 for code in ErrorCode)


def test_openapi_describes_every_route_and_its_answer() -> None:
    document = make_api().openapi()
    assert {"/api/parse", "/batch/parse", "/api/streams", "/healthz", "/metrics"} <= document["paths"].keys()
    for path, methods in document["paths"].items():
        for told in methods.values():
            assert any(
                answer.get("content") for status, answer in told["responses"].items() if status[0] == "2"
            ), path
            assert "4XX" in told["responses"]
            assert told["summary"]


def test_results_expire_and_the_oldest_make_room() -> None:
    now = [0.0]
    store = ResultStore(10.0, 100, lambda: now[0])
    first = store.add(Made(b"x" * 60, "image/png"))
    assert store.get(first) == Made(b"x" * 60, "image/png")
    second = store.add(Made(b"y" * 60, "image/png"))
    assert store.get(first) is None
    now[0] = 10.0
    assert store.get(second) is None
    assert len(first) >= 32
    assert first != second


def test_what_is_to_be_made_is_made_once_and_when_it_is_fetched() -> None:
    made: list[str] = []

    def make() -> Made:
        made.append("one")
        return Made(b"x" * 60, "image/png")

    store = ResultStore(10.0, 100)
    name = store.add(ToMake(make, 30))
    assert made == []
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(store.get, [name] * 8))
    assert answers == [Made(b"x" * 60, "image/png")] * 8
    assert made == ["one"]


def test_what_is_made_takes_as_much_room_as_it_does_then() -> None:
    store = ResultStore(10.0, 100)
    first = store.add(ToMake(lambda: Made(b"x" * 60, "image/png"), 10))
    second = store.add(Made(b"y" * 50, "image/png"))
    assert store.get(first) == Made(b"x" * 60, "image/png")
    # The two are more than there is room for together, and the older one goes.
    assert store.get(first) is None
    assert store.get(second) == Made(b"y" * 50, "image/png")
