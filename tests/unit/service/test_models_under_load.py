"""Parsers are switched and compared while many ask: nobody is refused, and each gets what is set."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from domain.parsing import ParserInfo
from tests.support.service import Running, png_file, running
from tests.support.streams import ScriptedParser

PICTURE = png_file()
_CALLERS = 8


def with_two(service: Running) -> None:
    other = ScriptedParser()
    other.info = ParserInfo("other", "1", "none")
    service.harness.factory.parsers = {"lite-cc0": other}
    assert service.post("/api/models", json={"name": "lite-cc0"}).status_code == 200


def asked(service: Running, times: int) -> list[httpx.Response]:
    """That many requests, by eight callers at a time."""

    def ask(count: int) -> list[httpx.Response]:
        with httpx.Client(base_url=service.client.base_url, timeout=60) as client:
            return [
                client.post("/api/parse?overlay=none", content=PICTURE, headers={"content-type": "image/png"})
                for _ in range(count)
            ]

    with ThreadPoolExecutor(_CALLERS) as threads:
        return [one for many in threads.map(ask, [times // _CALLERS] * _CALLERS) for one in many]


@pytest.mark.parametrize("share", [0.1, 0.35])
def test_the_share_of_a_trial_is_kept_over_a_thousand_requests(tmp_path: Path, share: float) -> None:
    with running(tmp_path) as service:
        with_two(service)
        assert service.post("/api/models/lite-cc0/share", json={"share": share}).status_code == 200
        got = Counter(answer.json()["data"]["model"] for answer in asked(service, 1000))
        assert got["lite"] + got["lite-cc0"] == 1000
        assert abs(got["lite-cc0"] / 1000 - share) <= 0.02
        trial = service.get("/api/models").json()["data"]["trial"]
        assert (trial["requests"], trial["same_count"]) == (got["lite-cc0"], 1.0)


def test_a_switch_under_load_fails_no_request(tmp_path: Path) -> None:
    with running(tmp_path) as service, ThreadPoolExecutor(1) as threads:
        with_two(service)
        asking = threads.submit(asked, service, 400)
        switches = 0
        while not asking.done():
            name = ("lite-cc0", "lite")[switches % 2]
            assert service.post(f"/api/models/{name}/switch").status_code == 200
            switches += 1
        answers = asking.result()
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.json()["data"]["model"] for answer in answers} == {"lite", "lite-cc0"}
        assert switches >= 2
