"""Who may do what, and how often."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.routing import APIRoute

from config.adding import settings_from
from domain.errors import SettingsError, UsageError
from service.app import ROUTERS
from service.gateway import Gateway, Needs, is_this_machine
from service.keys import hash_of, new_key
from service.serving import serve
from tests.support.service import png_file, running

KEYS = {role: new_key() for role in ("read", "parse", "admin")}
OPEN = {"/healthz", "/readyz", "/", "/docs", "/jobs/{job_id}"}


def settings_of_keys(**more: Any) -> list[dict[str, Any]]:
    return [{"name": role, "role": role, "hash": KEYS[role][1], **more} for role in KEYS]


def sent(role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {KEYS[role][0]}"}


def test_every_route_says_who_may_use_it() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 8
    for route in routes:
        needs = [one for one in route.dependant.dependencies if isinstance(one.call, Needs)]
        assert bool(needs) is (route.path not in OPEN), route.path


@pytest.mark.parametrize(
    ("role", "expected"),
    [("read", (200, 403, 403)), ("parse", (200, 200, 403)), ("admin", (200, 200, 404))],
)
def test_roles(tmp_path: Path, role: str, expected: tuple[int, ...]) -> None:
    with running(tmp_path, keys=settings_of_keys()) as service:
        answers = (
            service.get("/api/streams", headers=sent(role)),
            service.post("/api/parse", files={"image": png_file()}, headers=sent(role)),
            service.client.delete("/api/streams/door", headers={"x-api-key": KEYS[role][0]}),
        )
        assert tuple(answer.status_code for answer in answers) == expected


@pytest.mark.parametrize(
    "header", [{}, {"authorization": "Bearer wrong"}, {"x-api-key": ""}, {"authorization": "Basic eA=="}]
)
def test_without_a_key_that_is_known_nothing_is_told(tmp_path: Path, header: dict[str, str]) -> None:
    with running(tmp_path, keys=settings_of_keys()) as service:
        for path in ("/api/streams", "/metrics", "/api/results/x"):
            answer = service.get(path, headers=header)
            assert (answer.status_code, answer.json()["code"]) == (401, 1101)
        assert service.get("/healthz").status_code == 200


def test_a_key_may_be_held_to_some_parsers(tmp_path: Path) -> None:
    with running(tmp_path, keys=settings_of_keys(models=["m2fp"])) as service:
        answer = service.post("/api/parse", files={"image": png_file()}, headers=sent("parse"))
        assert (answer.status_code, answer.json()["code"]) == (403, 1102)


def test_the_audit_log_tells_who_did_what_and_holds_no_key(tmp_path: Path) -> None:
    with running(tmp_path, keys=settings_of_keys()) as service:
        service.post("/api/parse", files={"image": png_file()}, headers=sent("parse"))
        service.post("/api/parse", files={"image": png_file()})
        service.get("/api/streams", headers=sent("read"))
    text = (tmp_path / "service" / "audit.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["who"], line["did"], line["status"]) for line in lines] == [
        ("parse", "POST /api/parse", 200),
        ("nobody", "POST /api/parse", 401),
    ]
    assert not any(key in text for key, _ in KEYS.values())
    assert (tmp_path / "service" / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_more_requests_than_a_minute_has(tmp_path: Path) -> None:
    with running(tmp_path, keys=settings_of_keys(requests_per_minute=2)) as service:
        answers = [service.get("/api/streams", headers=sent("read")) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == 1104
        assert 1 <= int(answers[2].headers["retry-after"]) <= 30
        assert service.get("/api/streams", headers=sent("parse")).status_code == 200


class Connection:
    """What the gateway looks at."""

    def __init__(self, key: str) -> None:
        self.headers = {"authorization": f"Bearer {key}", "host": "shop.example"}
        self.scope = {"type": "http", "method": "GET"}


def test_tokens_come_back_and_a_day_ends_at_midnight() -> None:
    clock, now = [0.0], [datetime(2026, 5, 4, 23, 59, tzinfo=UTC)]
    own = settings_from(
        {"service": {"keys": settings_of_keys(requests_per_minute=60, requests_per_day=62)}}
    ).service
    gateway = Gateway(own, lambda: clock[0], lambda: now[0])
    connection: Any = Connection(KEYS["read"][0])
    for _ in range(60):
        gateway.caller(connection)
    with pytest.raises(Exception, match="60 times a minute"):
        gateway.caller(connection)
    clock[0] += 1.0
    gateway.caller(connection)
    clock[0] += 60.0
    gateway.caller(connection)
    with pytest.raises(Exception, match="62 requests of this day") as used:
        gateway.caller(connection)
    assert used.value.retry_after_s == 60.0  # type: ignore[attr-defined]
    now[0] += timedelta(minutes=2)
    assert gateway.caller(connection).name == "read"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "localhost:1"}, 200),
        ({"origin": "http://friend.example"}, 200),
    ],
)
def test_pages_of_elsewhere_cannot_act_through_a_browser(
    tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    with running(tmp_path, origins=["http://friend.example"]) as service:
        assert service.post("/api/parse", files={"image": png_file()}, headers=headers).status_code == status


def test_other_origins_may_read_only_where_they_are_named(tmp_path: Path) -> None:
    with running(tmp_path / "none") as service:
        answer = service.get("/api/streams", headers={"origin": "http://friend.example"})
        assert "access-control-allow-origin" not in answer.headers
    with running(tmp_path / "one", origins=["http://friend.example"]) as service:
        answer = service.get("/api/streams", headers={"origin": "http://friend.example"})
        assert answer.headers["access-control-allow-origin"] == "http://friend.example"


def test_every_answer_has_the_headers_that_keep_browsers_safe(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        for path in ("/", "/docs", "/healthz", "/nothing", "/static/docs.js", "/static/../app.py"):
            headers = service.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
        assert service.get("/static/../app.py").status_code == 404


def test_nobody_from_another_machine_without_keys(tmp_path: Path) -> None:
    settings = settings_from({"service": {"host": "192.0.2.1", "port": 0}, "output": {"dir": str(tmp_path)}})
    with pytest.raises(UsageError, match=r"service\.keys"):
        serve(settings, Event(), print)


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("127.9.9.9", True), ("192.0.2.1", False), ("a", False)],
)
def test_which_addresses_are_of_this_machine(host: str, own: bool) -> None:
    assert is_this_machine(host) is own


def test_hashes_are_checked_when_settings_are_read() -> None:
    assert hash_of("a") != hash_of("b")
    with pytest.raises(SettingsError, match=r"service\.keys\[0\]\.hash"):
        settings_from({"service": {"keys": [{"name": "a", "hash": "secret"}]}})
