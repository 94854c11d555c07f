"""The Postman collection: every request of it, sent one after the other to a running service."""

import base64
import json
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import footfall
from service.documentation import SCHEMAS
from service.postman import FILE
from sinks.base import DATABASE
from tests.support.counted import store_a_day
from tests.support.service import Running, running
from tests.support.streams import ListSource, ScriptedParser, one_person, plain_frame

ROOT = Path(__file__).parents[3]
_CAPTURE = re.compile(
    r'pm\.collectionVariables\.set\("(\w+)", pm\.response\.json\(\)\.([\w.]+)(\.split\("/"\)\.pop\(\))?\);'
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    store_a_day(tmp_path / DATABASE)
    with running(tmp_path) as started:
        frames = [plain_frame(number) for number in range(3)]
        started.harness.factory.sources["postman"] = deque(ListSource(frames, live=True) for _ in range(2))
        started.harness.factory.parsers = {"lite-cc0": ScriptedParser(one_person)}
        yield started


def collection() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / SCHEMAS / FILE).read_text())
    return found


def requests() -> list[dict[str, Any]]:
    return [item for folder in collection()["item"] for item in folder["item"]]


def test_each_request_works_after_those_before_it(service: Running) -> None:
    variables = {each["key"]: each["value"] for each in collection()["variable"]}
    variables["address"] = str(service.client.base_url).rstrip("/")
    for item in requests():
        status = sent(service, item, variables)
        assert status < 300, (item["name"], status)
    assert variables["result"]
    assert variables["job"]


def sent(service: Running, item: dict[str, Any], variables: dict[str, str]) -> int:
    """As Postman sends it: variables filled in, and those of the answer noted."""
    request = item["request"]
    address, body = (
        filled(request["url"]["raw"], variables),
        filled(request.get("body", {}).get("raw", ""), variables),
    )
    headers = {each["key"]: each["value"] for each in request.get("header", ())}
    options = {each["key"]: each["value"] for each in request["url"]["query"] if not each["disabled"]}
    answer = service.client.request(
        request["method"], address, params=options, content=body or None, headers=headers
    )
    for event in item.get("event", ()):
        for line in event["script"]["exec"]:
            name, place, last = _CAPTURE.fullmatch(line).groups()  # type: ignore[union-attr]  # no other line is written
            value = answer.json()
            for step in place.split("."):
                value = value[step]
            variables[name] = value.rpartition("/")[2] if last else value
    return answer.status_code


def filled(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: variables[found[1]], text)


def test_it_has_every_request_of_the_api() -> None:
    document = json.loads((ROOT / SCHEMAS / "openapi.json").read_text())
    wanted = [told["summary"] for methods in document["paths"].values() for told in methods.values()]
    assert sorted(item["name"] for item in requests()) == sorted(wanted)


def test_somebody_is_seen_in_its_picture_in_what_is_recoloured() -> None:
    (picture,) = [each["value"] for each in collection()["variable"] if each["key"] == "image"]
    image = cv2.imdecode(np.frombuffer(base64.b64decode(picture), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    parsed = footfall.load_parser("lite").parse(image.astype(np.uint8))
    (recolored,) = [item for item in requests() if item["name"] == "Give a garment another colour"]
    part = json.loads(recolored["request"]["body"]["raw"].replace("{{image}}", ""))["part"]
    assert part in {worn.part for person in parsed.persons for worn in person.clothes}
