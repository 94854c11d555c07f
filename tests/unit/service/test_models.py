"""Parsers that are loaded, switched and compared."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from pipeline.parsers.base import HumanParser
from service.errors import ServiceError
from tests.support.networks import card_of
from tests.support.service import Running, png_file, running
from tests.support.streams import ScriptedParser, one_person


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, max_requests=64) as started:
        started.harness.factory.parsers = {
            "lite-cc0": ScriptedParser(lambda image: one_person(image, left=12))
        }
        yield started


def listed(service: Running) -> dict[str, Any]:
    found: dict[str, Any] = service.get("/api/models").json()["data"]
    return found


def parsed(service: Running, **options: str) -> dict[str, Any]:
    data = {"overlay": "none", **options}
    answer = service.post("/api/parse", files={"image": png_file()}, data=data)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()["data"]
    return found


def test_load_ask_for_switch_and_unload(service: Running) -> None:
    names = {one["name"]: one for one in listed(service)["models"]}
    assert [name for name, one in names.items() if one["loaded"]] == ["lite"]
    assert service.post("/api/models/lite-cc0/switch").json()["code"] == 1201
    assert service.post("/api/models", json={"name": "lite-cc0"}).status_code == 200
    assert parsed(service, parser="lite-cc0")["persons"][0]["box"][0] == 12
    assert parsed(service)["persons"][0]["box"][0] == 10
    assert service.post("/api/models/lite-cc0/switch").status_code == 200
    assert (parsed(service)["model"], parsed(service)["persons"][0]["box"][0]) == ("lite-cc0", 12)
    assert parsed(service, parser="lite")["persons"][0]["box"][0] == 10
    assert service.client.delete("/api/models/lite-cc0").json()["code"] == 1401
    assert service.client.delete("/api/models/lite").status_code == 200
    assert service.post("/api/models", json={"name": "none"}).json()["code"] == 1201


def test_a_share_of_the_requests_goes_to_a_second_one_and_both_are_compared(service: Running) -> None:
    service.post("/api/models", json={"name": "lite-cc0"})
    assert service.post("/api/models/lite/share", json={"share": 0.5}).json()["code"] == 1401
    assert service.post("/api/models/lite-cc0/share", json={"share": 1.5}).json()["code"] == 1001
    assert service.post("/api/models/lite-cc0/share", json={"share": 0.25}).status_code == 200
    names = [parsed(service)["model"] for _ in range(20)]
    assert names.count("lite-cc0") == 5
    trial = listed(service)["trial"]
    assert (trial["requests"], trial["compared"], trial["same_count"]) == (5, 1, 1.0)
    # Two persons of 10 pixels, 2 apart: of 12 columns 8 are the same.
    assert trial["same_pixels"] == pytest.approx(8 / 12)
    service.post("/api/models/lite-cc0/share", json={"share": 0})
    assert listed(service)["trial"] is None


def test_a_garment_gets_another_colour_and_nothing_else_changes(service: Running) -> None:
    image = np.full((64, 96, 3), (60, 60, 160), np.uint8)
    image[10:25, 10:20] = (40, 40, 110)
    sent = {"files": {"image": png_file(image)}}
    answer = service.post("/api/recolor", data={"part": "upper-clothes", "color": "#2c7d43"}, **sent)
    done = answer.json()["data"]
    # The person has 300 pixels, all clothes; where the head may be is covered, and keeps the colour of the cover.
    assert 0 < done["pixel_count"] < 300
    assert 'footfall_pictures_total{outcome="parsed"} 1.0' in service.get("/metrics").text
    assert service.get(done["image_url"]).headers["content-type"] == "image/jpeg"
    assert service.post("/api/recolor", data={"part": "hat", "color": "red"}, **sent).json()["code"] == 1201
    assert service.post("/api/recolor", data={"part": "hat", "color": "mauve"}, **sent).json()["code"] == 1001
    other = {"part": "upper-clothes", "color": "red", "person_id": "2"}
    assert service.post("/api/recolor", data=other, **sent).json()["code"] == 1201


def test_no_request_is_dropped_while_parsers_are_switched(service: Running) -> None:
    service.post("/api/models", json={"name": "lite-cc0"})
    ended = Event()

    def ask() -> set[str]:
        seen = set()
        while not ended.is_set():
            seen.add(parsed(service)["model"])
        return seen

    with ThreadPoolExecutor(4) as clients:
        asking = [clients.submit(ask) for _ in range(4)]
        try:
            for number in range(12):
                name = ("lite-cc0", "lite")[number % 2]
                assert service.post(f"/api/models/{name}/switch").status_code == 200
                parsed(service)
        finally:
            ended.set()
        assert set().union(*(each.result() for each in asking)) == {"lite", "lite-cc0"}


def test_one_that_cameras_are_about_to_get_is_not_let_go(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.post("/api/models", json={"name": "lite-cc0"})
    models, switch_parser = service.service.models, service.service.runtime.switch_parser
    with ThreadPoolExecutor(1) as other:
        begun: list[Future[None]] = []

        def meanwhile(parser: HumanParser) -> None:
            begun.append(other.submit(models.unload, "lite-cc0"))
            wait(begun, timeout=0.2)
            switch_parser(parser)

        monkeypatch.setattr(service.service.runtime, "switch_parser", meanwhile)
        models.switch("lite-cc0")
        with pytest.raises(ServiceError, match="in use"):
            begun[0].result()
    assert parsed(service)["model"] == "lite-cc0"


def test_licence_and_speed_are_told(service: Running) -> None:
    service.post("/api/models", json={"name": "lite-cc0"})
    before = {one["name"]: one for one in listed(service)["models"]}
    assert before["lite-cc0"]["licence"] == "Apache 2.0; trained on CC0 data alone"
    assert before["m2fp"]["licence"].startswith("no commercial use")
    assert before["lite-cc0"]["mean_s"] is None
    parsed(service, parser="lite-cc0")
    assert {one["name"]: one for one in listed(service)["models"]}["lite-cc0"]["mean_s"] > 0


def test_parsers_of_the_settings_are_listed_with_what_their_cards_say(tmp_path: Path) -> None:
    card = card_of(tmp_path, about="One of our own")
    with running(tmp_path, parsers={"own": {"kind": "onnx", "card": str(card)}}) as started:
        (own,) = [one for one in listed(started)["models"] if one["name"] == "own"]
        assert (own["licence"], own["about"], own["loaded"]) == ("Apache 2.0", "One of our own", False)
        card.write_text("name: own")
        (own,) = [one for one in listed(started)["models"] if one["name"] == "own"]
        assert own["licence"] is None
        assert "licence: is needed" in own["about"]
