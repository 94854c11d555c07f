"""Jobs: taken now, done later, once."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.keys import hash_of
from tests.support.jobs import ended, picture_job, sent, working
from tests.support.service import Running, png_file, refused
from tests.support.waiting import eventually


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with working(tmp_path) as started:
        yield started


def test_pictures_are_parsed_later_and_one_bad_one_does_not_fail_the_others(service: Running) -> None:
    files = [("image", png_file()), ("image", b"GIF89a"), ("image", png_file())]
    job = ended(service, sent(service.post("/api/jobs", files=files, data={"label_maps": "true"})))
    assert (job["state"], job["kind"], job["problem"]) == ("done", "pictures", None)
    assert job["progress"] == {
        "share": 1.0,
        "pictures": 3,
        "media_s": None,
        "duration_s": None,
        "visits": 0,
    }
    by_kind = [(file["kind"], file["picture"]) for file in job["files"]]
    assert by_kind == [
        ("result", None),
        *[(kind, number) for number in (0, 2) for kind in ("overlay", "parts", "persons")],
    ]
    items = service.get(job["files"][0]["url"]).json()
    assert [item["code"] for item in items] == [0, 1003, 0]
    assert items[0]["data"]["colored_mask_url"] == job["files"][1]["url"]
    assert service.get(job["files"][1]["url"]).headers["content-type"] == "image/jpeg"
    assert service.get(job["files"][2]["url"]).content.startswith(b"\x89PNG")


def test_a_recording_is_run_and_leaves_what_a_run_leaves(service: Running, clip: bytes) -> None:
    options = {"fps": "5", "label_maps": "true", "overlay": "outline"}
    job = ended(service, sent(service.post("/api/jobs", files={"recording": clip}, data=options)))
    assert (job["state"], job["kind"], job["problem"]) == ("done", "recording", None)
    assert job["progress"]["pictures"] == 20
    files = {file["kind"]: file for file in job["files"]}
    assert list(files) == ["result", "events", "overlay", "report", "label-maps"]
    events = [json.loads(line) for line in service.get(files["events"]["url"]).text.splitlines()]
    assert {event["stream_id"] for event in events} == {"recording"}
    assert service.get(files["result"]["url"]).json()["streams"][0]["source"] == "recording"
    report = service.get(files["report"]["url"])
    assert "sandbox" in report.headers["content-security-policy"]
    for kind in ("result", "report"):
        assert "jobs" not in service.get(files[kind]["url"]).text
    part = service.get(files["overlay"]["url"], headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert service.get(files["label-maps"]["url"]).content.startswith(b"PK")


def test_it_comes_as_json_or_as_it_is_too(service: Running, clip: bytes) -> None:
    sent_json = {"images": [base64.b64encode(png_file()).decode()], "overlay": "none"}
    assert ended(service, sent(service.post("/api/jobs", json=sent_json)))["state"] == "done"
    video = service.post("/api/jobs?fps=2", content=clip, headers={"content-type": "video/mp4"})
    assert ended(service, sent(video))["progress"]["pictures"] == 8
    one = service.post("/api/jobs?overlay=none", content=png_file(), headers={"content-type": "image/png"})
    assert ended(service, sent(one))["kind"] == "pictures"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 400, 1001),
        ({"json": {"images": []}}, 400, 1001),
        ({"json": {"images": ["!"]}}, 400, 1001),
        ({"json": {"images": ["AAAA"], "source": "http://x/"}}, 400, 1001),
        ({"json": {"images": ["AAAA"], "depth": 1}}, 400, 1001),
        ({"json": {"images": ["AAAA"]}}, 415, 1003),
        ({"json": {"images": ["AAAA"], "parser": "m2fp"}}, 404, 1201),
        ({"json": {"source": "file:///etc/passwd"}}, 403, 1402),
        ({"json": {"source": "/etc/passwd"}}, 403, 1402),
        ({"json": {"source": "http://127.0.0.1/x.mp4"}}, 403, 1402),
        ({"json": {"source": "http://2130706433/x.mp4"}}, 403, 1402),
        ({"json": {"source": "http://[::1]/x.mp4"}}, 403, 1402),
        ({"json": {"source": "http://user:word@storage.example/x.mp4"}}, 400, 1001),
        ({"json": {"source": "http://storage.example@127.0.0.1/x.mp4"}}, 400, 1001),
        ({"json": {"source": "http://storage.example:80@127.0.0.1/"}}, 400, 1001),
        ({"json": {"source": "http://storage.example\\@127.0.0.1/"}}, 400, 1001),
        ({"json": {"source": "http://storage.example:99999/"}}, 400, 1001),
        ({"json": {"source": "@/etc/passwd"}}, 400, 1001),
        ({"json": {"source": 5}}, 400, 1001),
        ({"files": {"recording": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"}}, 415, 1003),
        ({"files": {"recording": png_file()}}, 415, 1003),
        ({"files": {"image": b'<svg xmlns="http://www.w3.org/2000/svg"/>'}}, 415, 1003),
        ({"files": {"evil": b"x"}}, 400, 1001),
        ({"data": {"fps": "5"}}, 400, 1001),
        ({"files": [("image", png_file())] * 4}, 413, 1005),
        ({"files": {"image": png_file()}, "data": {"fps": "0"}}, 400, 1001),
        ({"files": {"image": png_file()}, "data": {"recorded_at": "0001-01-01T00:00:00Z"}}, 400, 1001),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 400, 1001),
        ({"data": {f"field{number}": "x" for number in range(5_000)}}, 400, 1001),
    ],
)
def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    tmp_path: Path, request_: Any, status: int, code: int
) -> None:
    own: dict[str, Any] = {"allowed_hosts": ["storage.example"], "jobs": {"max_pictures": 3}}
    with working(tmp_path, **own) as service:
        refused(service.post("/api/jobs", **request_), status, code)
        assert service.get("/api/jobs").json()["data"] == {"jobs": [], "next": None}
        eventually(lambda: not list((tmp_path / "service" / "jobs").iterdir()))


def test_limits_of_recordings(tmp_path: Path, clip: bytes) -> None:
    def take(**limits: Any) -> httpx.Response:
        jobs = {name: value for name, value in limits.items() if name != "max_pixels"}
        own = {"jobs": jobs} | ({"max_pixels": limits["max_pixels"]} if "max_pixels" in limits else {})
        with working(tmp_path / str(len(list(tmp_path.iterdir()))), max_body_bytes=2048, **own) as service:
            return service.post("/api/jobs", files={"recording": clip})

    assert "96x64" in refused(take(max_pixels=6000), 413, 1004)
    assert "4 s" in refused(take(max_recording_s=3), 413, 1007)
    assert "20 pictures" in refused(take(max_recording_frames=19), 413, 1007)
    refused(take(max_recording_bytes=2048), 413, 1002)
    refused(take(max_bytes=2048), 507, 1306)


def test_pages_go_from_the_newest_to_the_oldest(service: Running) -> None:
    ids = [sent(picture_job(service)) for _ in range(5)]
    for job_id in ids:
        ended(service, job_id)
    seen: list[str] = []
    after = ""
    while True:
        page = service.get(f"/api/jobs?limit=2&state=done{after}").json()["data"]
        seen += [job["id"] for job in page["jobs"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ids[::-1]
    assert service.get("/api/jobs?state=failed").json()["data"]["jobs"] == []


def test_the_same_request_once_more_is_the_same_job(service: Running) -> None:
    key = {"headers": {"idempotency-key": "order-17"}}
    first = sent(picture_job(service, **key))
    assert sent(picture_job(service, **key)) == first
    assert sent(picture_job(service)) != first


def parse_keys(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "role": role, "hash": hash_of(name)} for name, role in zip(names, ROLES, strict=False)
    ]


ROLES = ("parse", "parse", "read", "admin")


def test_each_key_sees_its_own_jobs_and_an_admin_all(tmp_path: Path) -> None:
    keys = parse_keys("ann", "ben", "eve", "root")
    with working(tmp_path, keys=keys) as service:

        def as_(name: str) -> dict[str, str]:
            return {"authorization": f"Bearer {name}"}

        job_id = sent(picture_job(service, headers=as_("ann")))
        seen = {
            name: service.get(f"/api/jobs/{job_id}", headers=as_(name)).status_code
            for name in ("ann", "ben", "eve", "root")
        }
        assert seen == {"ann": 200, "ben": 404, "eve": 404, "root": 200}
        pages = {
            name: len(service.get("/api/jobs", headers=as_(name)).json()["data"]["jobs"])
            for name in ("ann", "ben", "root")
        }
        assert pages == {"ann": 1, "ben": 0, "root": 1}
        refused(picture_job(service, headers=as_("eve")), 403, 1102)
        refused(service.client.delete(f"/api/jobs/{job_id}", headers=as_("eve")), 403, 1102)
        refused(service.client.delete(f"/api/jobs/{job_id}", headers=as_("ben")), 404, 1201)
        source = {"source": "http://storage.example/x.mp4"}
        refused(service.post("/api/jobs", json=source, headers=as_("ann")), 403, 1102)
        refused(service.post("/api/jobs", json=source, headers=as_("root")), 403, 1402)
        refused(service.get("/api/jobs"), 401, 1101)
