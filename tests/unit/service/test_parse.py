"""What `/api/parse` and `/batch/parse` answer."""

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import cv2
import httpx
import numpy as np
import pytest

from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from domain.rendering import OverlayStyle
from tests.support.clips import picture
from tests.support.service import Gate, Running, held_up, png_file, refused, running
from tests.support.streams import ScriptedParser, one_person
from tests.support.waiting import eventually


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, max_pixels=10_000, max_pictures=3, max_body_bytes=100_000) as started:
        yield started


def data_of(answer: httpx.Response) -> Any:
    content = answer.json()
    assert answer.status_code == 200, content
    assert content["code"] == 0
    assert content["message"] == "ok"
    return content["data"]


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


WAYS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "json": lambda file: {"json": {"image": in_base64(file)}},
    "data url": lambda file: {"json": {"image": f"data:image/png;base64,{in_base64(file)}"}},
    "form": lambda file: {"files": {"image": ("../../etc/passwd", file, "text/plain")}},
    "as it is": lambda file: {"content": file, "headers": {"content-type": "image/png"}},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_parsed_however_it_is_sent(service: Running, way: str) -> None:
    data = data_of(service.post("/api/parse", **WAYS[way](png_file())))
    assert (data["width"], data["height"], data["person_count"]) == (96, 64, 1)
    (person,) = data["persons"]
    assert person["box"] == [10, 10, 20, 40]
    assert [garment["part"] for garment in person["garments"]] == ["upper-clothes"]
    (segment,) = data["segments"]
    assert (segment["label"], segment["pixel_count"], segment["person_id"]) == ("upper-clothes", 300, 1)
    assert segment["color"] == person["garments"][0]["color"]
    assert data["parser"] == {"name": "scripted", "version": "1", "precision": "none"}


def test_the_drawn_picture_can_be_fetched(service: Running) -> None:
    data = data_of(service.post("/api/parse", **WAYS["json"](png_file())))
    drawn = service.get(data["colored_mask_url"])
    assert drawn.headers["content-type"] == "image/jpeg"
    image = cv2.imdecode(np.frombuffer(drawn.content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (64, 96, 3)
    refused(service.get("/api/results/nothing"), 404, 1201)


def drawn(service: Running, path: str = "/api/parse", **options: str) -> bytes:
    """The picture that is drawn with these options."""
    data = data_of(service.post(path, files={"image": png_file()}, data=options))
    seen = data["items"][0]["data"] if "items" in data else data
    return service.get(seen["colored_mask_url"]).content


@pytest.mark.parametrize("path", ["/api/parse", "/batch/parse"])
def test_overlays_are_drawn_in_the_style_that_is_asked_for(service: Running, path: str) -> None:
    styles = [drawn(service, path, overlay=style) for style in get_args(OverlayStyle)]
    assert len(set(styles)) == 4
    assert drawn(service, path) == drawn(service, path, overlay="tint")


def test_where_no_style_is_asked_for_it_is_that_of_the_settings(service: Running, tmp_path: Path) -> None:
    with running(tmp_path / "solid", overlay={"style": "solid", "legend": False}) as other:
        assert drawn(other) == drawn(other, overlay="solid")
        assert drawn(other, overlay="solid") != drawn(service, overlay="solid")


def test_without_persons_parts_are_those_of_the_whole_picture(service: Running) -> None:
    options = {"persons": "false", "overlay": "none"}
    data = data_of(service.post("/api/parse", data=options, files={"image": png_file()}))
    assert data["persons"] == []
    assert data["colored_mask_url"] is None
    assert [(part["label"], part["person_id"]) for part in data["segments"]] == [("upper-clothes", None)]
    assert data["person_count"] == 1


def test_masks_come_as_run_lengths_that_give_the_pixels_back(service: Running) -> None:
    data = data_of(service.post("/api/parse", json={"image": in_base64(png_file()), "masks": "rle"}))
    mask = data["segments"][0]["mask"]
    assert mask["size"] == [64, 96]
    bits = np.concatenate([np.full(run, number % 2, bool) for number, run in enumerate(mask["counts"])])
    expected = np.zeros((64, 96), bool)
    expected[10:40, 10:20] = True
    assert np.array_equal(bits.reshape((64, 96), order="F"), expected)


def test_several_come_in_order_and_a_bad_one_does_not_fail_the_others(service: Running) -> None:
    images = [in_base64(png_file()), in_base64(b"<svg/>"), "no base64 at all"]
    items = data_of(service.post("/batch/parse", json={"images": images, "overlay": "none"}))["items"]
    assert [item["code"] for item in items] == [0, 1003, 1001]
    assert items[0]["data"]["person_count"] == 1
    files = [("image", png_file()), ("image", b"GIF89a")]
    items = data_of(service.post("/batch/parse", files=files))["items"]
    assert [item["code"] for item in items] == [0, 1003]


def test_what_is_too_much_is_refused(service: Running) -> None:
    large = png_file(picture(1, (200, 100)))
    assert "200x100" in refused(service.post("/api/parse", **WAYS["json"](large)), 413, 1004)
    refused(service.post("/api/parse", content=b"x" * 200_000), 413, 1002)
    parts = (b"x" * 1000 for _ in range(200))
    refused(service.post("/api/parse", content=parts, headers={"content-type": "image/png"}), 413, 1002)
    refused(service.post("/batch/parse", json={"images": [in_base64(png_file())] * 4}), 413, 1005)
    assert service.get("/healthz").json()["status"] == "ok"


def bomb(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it is as large as that."""
    file = bytearray(png_file(picture(1, (8, 8))))
    file[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    file[29:33] = zlib.crc32(file[12:29]).to_bytes(4, "big")
    return bytes(file)


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        (bomb(50_000, 50_000), {1004}),
        (bomb(2**31 - 1, 2**31 - 1), {1003, 1004}),
        (b"", {1003}),
        (b"%PDF-1.4", {1003}),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', {1003}),
        (png_file()[:-40], {1003}),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, {1003}),
        (b"II*\0" + b"\xff" * 64, {1003}),
    ],
)
def test_hostile_files_are_refused(service: Running, file: bytes, codes: set[int]) -> None:
    answer = service.post("/api/parse", files={"image": file})
    assert answer.json()["code"] in codes
    assert answer.status_code in {413, 415}


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"json": {}}, "image"),
        ({"json": []}, "JSON object"),
        ({"json": {"image": 5}}, "base64"),
        ({"json": {"image": "AAAA", "images": []}}, "image"),
        ({"json": {"image": "AAAA", "overlay": "gold"}}, "overlay"),
        ({"json": {"image": "AAAA", "depth": 3}}, "depth"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, "JSON"),
        ({"content": b"[" * 90_000, "headers": {"content-type": "application/json"}}, "JSON"),
        ({"content": b"\xff\xfe", "headers": {"content-type": "application/json"}}, "JSON"),
        ({"content": b"hello", "headers": {"content-type": "text/plain"}}, "Content-Type"),
        ({"files": {"evil": b"x"}}, "evil"),
        ({"data": {"overlay": "none"}}, "image"),
        (
            {"content": b'{"image": "AAAA"}', "headers": {"content-type": FORM}},
            "needs Content-Type: application/json",
        ),
        ({"json": {"image": "AAAA", "overlays": "none"}}, "did you mean overlay?"),
        ({"json": {"image": "AAAA", "zzz": 1}}, "there are parser, overlay, persons, masks"),
        ({"json": {"image": "AAAA"}, "params": {"person": "false"}}, "did you mean persons?"),
        ({"content": b"--", "headers": {"content-type": "multipart/form-data"}}, "form"),
        ({"data": {f"field{number}": "x" for number in range(5_000)}}, "form"),
    ],
)
def test_requests_that_are_not_as_they_should_be(service: Running, request_: Any, said: str) -> None:
    assert said in refused(service.post("/api/parse", **request_), 400, 1001)


def test_two_pictures_where_one_is_wanted(service: Running) -> None:
    for sent in (
        {"files": [("image", png_file())] * 2},
        {"json": {"images": [in_base64(png_file())] * 2}},
    ):
        assert "/batch/parse" in refused(service.post("/api/parse", **sent), 413, 1005)


@pytest.mark.parametrize("way", ["form", "json", "as it is"])
def test_options_may_stand_in_the_address(service: Running, way: str) -> None:
    file, kind = png_file(), {"content-type": "image/png"}
    ways: dict[str, dict[str, Any]] = {
        "form": {"files": {"image": file}},
        "json": {"json": {"image": in_base64(file)}},
        "as it is": {"content": file, "headers": kind},
    }
    options = {"overlay": "none", "persons": "false"}
    seen = service.post("/api/parse", params=options, **ways[way]).json()["data"]
    assert (seen["colored_mask_url"], seen["persons"]) == (None, [])


def test_a_parser_that_is_not_loaded(service: Running) -> None:
    sent = {"image": in_base64(png_file()), "parser": "m2fp"}
    assert "lite" in refused(service.post("/api/parse", json=sent), 404, 1201)


def leave_early(service: Running) -> None:
    """Ask, and go away before the answer comes."""
    base = str(service.client.base_url)
    with httpx.Client(base_url=base, timeout=0.3) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post("/api/parse", files={"image": png_file()})


def test_a_full_queue_is_said_at_once_and_when_to_come_back(tmp_path: Path) -> None:
    gate = Gate()
    with running(tmp_path, held_up(gate), max_requests=1) as service:
        leave_early(service)
        answer = service.post("/api/parse", files={"image": png_file()})
        refused(answer, 429, 1301)
        assert int(answer.headers["retry-after"]) >= 1
        gate.opened.set()
        eventually(lambda: service.post("/api/parse", files={"image": png_file()}).status_code == 200)


def test_nobody_parses_for_one_who_has_gone(tmp_path: Path) -> None:
    gate, seen = Gate(), []

    def parse(image: BgrImage) -> ParsedFrame:
        seen.append(image.shape)
        gate()
        return one_person(image)

    with running(tmp_path, ScriptedParser(parse), max_requests=20) as service:
        for _ in range(12):
            leave_early(service)
        # The harness lets eight in at a time. That it answers shows that it has noticed who has gone.
        for _ in range(3):
            assert service.get("/healthz").status_code == 200
        assert len(seen) <= 8
        gate.opened.set()
        eventually(lambda: not any(service.service.admission.held.values()))
        assert len(seen) <= 8
        assert re.search(
            r'^footfall_pictures_total\{outcome="abandoned"\} [1-9]',
            service.get("/metrics").text,
            re.MULTILINE,
        )


def test_a_slow_request_is_given_up(tmp_path: Path) -> None:
    gate = Gate()

    def slowly() -> Iterator[bytes]:
        yield b"x"
        gate.opened.wait(2)
        yield b"x"

    with running(tmp_path, body_timeout_s=0.2) as service:
        refused(
            service.post("/api/parse", content=slowly(), headers={"content-type": "image/png"}), 408, 1006
        )
        gate.opened.set()


def test_a_fault_is_said_and_hides_everything_else(tmp_path: Path) -> None:
    def parse(_image: BgrImage) -> ParsedFrame:
        raise ZeroDivisionError("secret")

    with running(tmp_path, ScriptedParser(parse)) as service:
        answer = service.post("/api/parse", files={"image": png_file()})
        assert "secret" not in refused(answer, 500, 1500)
        # uvicorn closes the connection after a fault.
        metrics = httpx.get(f"{service.client.base_url}/metrics").text
        assert 'footfall_pictures_total{outcome="failed"} 1.0' in metrics
