"""Cameras that come and go by the API."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from service.errors import ServiceError
from service.hosts import require_allowed
from tests.support.service import Running, running
from tests.support.streams import ListSource, plain_frame
from tests.support.waiting import eventually

DRAWN = {"source": "synthetic:", "id": "door"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, max_streams=2) as started:
        yield started


def source(frames: int = 3, stream_id: str = "door") -> ListSource:
    return ListSource(
        [plain_frame(number, stream_id=stream_id) for number in range(frames)], stream_id=stream_id, live=True
    )


def allow(service: Running, *sources: ListSource) -> None:
    for each in sources:
        service.harness.factory.sources.setdefault(each.stream_id, deque()).append(each)


def test_add_list_see_and_stop(service: Running) -> None:
    allow(service, source())
    assert service.post("/api/streams", json=DRAWN).json()["data"]["added_by"] == "api"
    eventually(lambda: service.get("/api/streams/door").json()["data"]["frames_parsed"] == 3)
    (listed,) = service.get("/api/streams").json()["data"]["streams"]
    assert (listed["id"], listed["status"], listed["persons"]) == ("door", "live", 1)
    assert listed["last_frame_age_s"] >= 0
    shown = service.get("/api/streams/door/snapshot.jpg")
    image = cv2.imdecode(np.frombuffer(shown.content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (48, 64, 3)
    assert 'footfall_stream_state{state="live",stream="door"} 1.0' in service.get("/metrics").text
    assert service.client.delete("/api/streams/door").json()["data"] == {"id": "door"}
    assert service.get("/api/streams").json()["data"]["streams"] == []
    assert service.get("/api/streams/door").json()["code"] == 1201
    assert service.get("/api/streams/door/snapshot.jpg").json()["code"] == 1201


def test_the_newest_picture_comes_in_the_style_that_is_asked_for(service: Running) -> None:
    allow(service, source(1))
    service.post("/api/streams", json=DRAWN)
    eventually(lambda: service.get("/api/streams/door").json()["data"]["frames_parsed"] == 1)
    path = "/api/streams/door/snapshot.jpg"
    wanted = ["", "?overlay=none", "?overlay=solid", "?overlay=outline", "?overlay=colors"]
    pictures = [service.get(path + query).content for query in wanted]
    assert len(set(pictures)) == len(wanted)
    assert service.get(f"{path}?overlay=tint").content == pictures[0]
    refused = service.get(f"{path}?overlay=gold").json()
    assert refused["code"] == 1001
    assert "overlay" in refused["message"]
    with service.client.stream("GET", "/api/streams/door/preview.mjpg?overlay=solid") as answer:
        first = next(answer.iter_bytes())
    assert first.partition(b"\r\n\r\n")[2].startswith(pictures[2])


def test_the_preview_goes_on_until_the_camera_is_stopped(service: Running) -> None:
    allow(service, source())
    service.post("/api/streams", json=DRAWN)
    with service.client.stream("GET", "/api/streams/door/preview.mjpg") as answer:
        assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
        parts = answer.iter_bytes()
        first = next(parts)
        assert first.startswith(b"--footfall\r\nContent-Type: image/jpeg")
        assert service.client.delete("/api/streams/door").status_code == 200
        assert b"".join(parts) is not None
    eventually(lambda: service.service.viewers.borrowed_tokens == 0)


def test_the_first_picture_of_a_camera_is_waited_for(service: Running) -> None:
    allow(service, source())
    service.post("/api/streams", json=DRAWN)
    assert service.get("/api/streams/door/snapshot.jpg").status_code == 200


def test_who_waits_for_a_first_picture_keeps_nobody_from_seeing_another_camera(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.routes.streams._FIRST_S", 600.0)
    allow(service, source(), source(frames=0, stream_id="yard"))
    for each in (DRAWN, {**DRAWN, "id": "yard"}):
        service.post("/api/streams", json=each)
    assert service.get("/api/streams/door/snapshot.jpg").status_code == 200
    service.service.watchers.total_tokens = 1
    with ThreadPoolExecutor(1) as pool:
        address = f"{service.client.base_url}/api/streams/yard/snapshot.jpg"
        waiting = pool.submit(httpx.get, address, timeout=60)
        eventually(lambda: service.service.watchers.borrowed_tokens == 1)
        assert service.get("/api/streams/door/snapshot.jpg").status_code == 200
        service.client.delete("/api/streams/yard")
        assert waiting.result().status_code == 404


def test_what_lasts_ends_by_itself_where_a_time_is_named(service: Running) -> None:
    allow(service, source())
    service.post("/api/streams", json=DRAWN)
    assert service.get("/api/streams/door/snapshot.jpg").status_code == 200
    preview = service.get("/api/streams/door/preview.mjpg", params={"for_s": 1.0})
    assert preview.content.startswith(b"--footfall\r\nContent-Type: image/jpeg")
    assert service.get("/api/events", params={"for_s": 0.5}).status_code == 200
    eventually(lambda: service.service.viewers.borrowed_tokens == 0)


def test_one_name_one_camera_and_not_too_many(service: Running) -> None:
    allow(service, source(), source(stream_id="gate"), source(stream_id="yard"))
    assert service.post("/api/streams", json=DRAWN).status_code == 200
    assert service.post("/api/streams", json=DRAWN).json()["code"] == 1203
    assert service.post("/api/streams", json={**DRAWN, "id": "gate"}).status_code == 200
    assert service.post("/api/streams", json={**DRAWN, "id": "yard"}).json()["code"] == 1401


def test_a_camera_is_changed_or_stays_as_it_was(service: Running) -> None:
    allow(service, source(), source(2))
    service.post("/api/streams", json=DRAWN)
    changed = service.post(
        "/api/streams/door", json={"source": "synthetic:?persons=2", "sampling": {"fps": 2}}
    )
    assert changed.status_code == 200
    eventually(lambda: service.get("/api/streams/door").json()["data"]["frames_parsed"] == 2)
    assert service.post("/api/streams/door", json={"source": "synthetic:?persons=x"}).json()["code"] == 1401
    assert service.get("/api/streams/door").json()["data"]["frames_parsed"] == 2
    assert (
        service.post("/api/streams/door", json={"source": "synthetic:", "tracker": {"kind": "none"}}).json()[
            "code"
        ]
        == 1401
    )
    assert service.post("/api/streams/none", json=DRAWN).json()["code"] == 1201


def test_a_camera_that_cannot_be_opened_is_refused_and_not_remembered(service: Running) -> None:
    assert service.post("/api/streams", json=DRAWN).json()["code"] == 1401
    assert service.get("/api/streams").json()["data"]["streams"] == []
    with service.service.store.transaction() as connection:
        assert connection.execute("SELECT COUNT(*) FROM streams").fetchone() == (0,)


def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        allow(service, source(), source(stream_id="gate"))
        service.post("/api/streams", json=DRAWN)
        service.post("/api/streams", json={**DRAWN, "id": "gate"})
        service.client.delete("/api/streams/gate")
    with running(tmp_path) as service:
        allow(service, source())
        service.service.cameras.restore()
        eventually(lambda: [one["status"] for one in streams(service)] == ["live"])
        assert streams(service)[0]["added_by"] == "api"


@contextmanager
def away_after_a_restart(folder: Path) -> Iterator[Running]:
    """A service that has a camera from before, which cannot be opened now."""
    with running(folder) as service:
        allow(service, source())
        service.post("/api/streams", json=DRAWN)
    with running(folder) as service:
        service.service.cameras.restore()
        eventually(lambda: bool(streams(service)) and "cannot be reached" in streams(service)[0]["problem"])
        yield service


def test_one_that_cannot_be_opened_after_a_restart_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cameras._AGAIN_S", 0.05)
    with away_after_a_restart(tmp_path) as service:
        allow(service, source())
        eventually(lambda: streams(service)[0]["status"] == "live")


def test_one_that_cannot_be_opened_yet_is_changed_or_stays_on_the_list(tmp_path: Path) -> None:
    with away_after_a_restart(tmp_path) as service:
        assert service.post("/api/streams/door", json=DRAWN).json()["code"] == 1401
        assert [(one["id"], one["status"]) for one in streams(service)] == [("door", "connecting")]
        allow(service, source())
        assert service.post("/api/streams/door", json=DRAWN).status_code == 200
        eventually(lambda: [one["status"] for one in streams(service)] == ["live"])


def test_one_whose_old_settings_fail_too_stays_on_the_list_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cameras._AGAIN_S", 0.05)
    with running(tmp_path) as service:
        allow(service, source())
        service.post("/api/streams", json=DRAWN)
        service.service.cameras.restore()
        changed = service.post("/api/streams/door", json={"source": "synthetic:?persons=2"}).json()
        assert (changed["code"], "cannot be reached" in changed["message"]) == (1401, True)
        (listed,) = service.get("/api/streams").json()["data"]["streams"]
        assert (listed["id"], listed["status"]) == ("door", "connecting")
        assert "cannot be reached" in listed["problem"]
        assert service.post("/api/streams", json=DRAWN).json()["code"] == 1203
        allow(service, source())
        eventually(lambda: [one["status"] for one in streams(service)] == ["live"])


def streams(service: Running) -> list[dict[str, str]]:
    found: list[dict[str, str]] = service.get("/api/streams").json()["data"]["streams"]
    return found


HOSTS = ("cam.example", "*.shop.example", "192.0.2.0/24", "2001:db8::/32")


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://cam.example/1",
        "rtsp://user:pa@ss@CAM.example:554/1",
        "rtsps://door.shop.example/",
        "rtsp://192.0.2.7/x",
        "rtsp://[2001:db8::5]/x",
        "synthetic:?persons=2",
    ],
)
def test_cameras_that_are_allowed(address: str) -> None:
    require_allowed({"source": address}, HOSTS)


@pytest.mark.parametrize(
    "source_",
    [
        "rtsp://192.0.3.7/x",
        "rtsp://shop.example/",
        "rtsp://cam.example.evil.example/",
        "rtsp://cam.example@evil.example/",
        "rtsp://evilshop.example/",
        "rtsp://127.0.0.1/",
        "rtsp://0x7f.1/",
        "rtsp://2130706433/",
        "rtsp://localhost/",
        "rtsp://[::1]/",
        "http://cam.example/",
        "file:///etc/passwd",
        "/etc/passwd",
        "../demo.mp4",
        "@/etc/passwd",
        " @/etc/passwd",
        "",
        {"kind": "file", "path": "/etc/passwd"},
        {"kind": "images", "path": "/etc"},
        {"kind": "replay", "path": "/etc/passwd"},
        {"kind": "rtsp", "url": "@/etc/passwd"},
        {"kind": "rtsp", "url": "rtsp://10.0.0.1/"},
        {"kind": "rtsp"},
        {"path": "/etc/passwd"},
        None,
        5,
    ],
)
def test_cameras_that_are_not(source_: object) -> None:
    with pytest.raises(ServiceError):
        require_allowed({"source": source_}, HOSTS)


def test_other_keys_of_a_camera_read_no_files_either() -> None:
    with pytest.raises(ServiceError, match="@FILE"):
        require_allowed({"source": "synthetic:", "tracker": {"kind": "@/etc/passwd"}}, HOSTS)
    with pytest.raises(ServiceError, match="output"):
        require_allowed({"source": "synthetic:", "output": {}}, HOSTS)
