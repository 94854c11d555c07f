"""Jobs of a service as its clients see them."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx

from pipeline.parsers.base import HumanParser
from tests.support.service import Running, png_file, running
from tests.support.waiting import eventually


def working(folder: Path, parser: HumanParser | None = None, **own: Any) -> AbstractContextManager[Running]:
    """A service that does jobs; see `running`."""
    return running(folder, parser, works=True, **own)


def sent(answer: httpx.Response) -> str:
    """The id of a job that was taken."""
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["data"]["id"]
    return job_id


def state_of(service: Running, job_id: str) -> dict[str, Any]:
    """A job as it is now."""
    data: dict[str, Any] = service.get(f"/api/jobs/{job_id}").json()["data"]
    return data


def ended(service: Running, job_id: str) -> dict[str, Any]:
    """A job when it has ended."""
    eventually(lambda: state_of(service, job_id)["state"] in {"done", "failed", "cancelled"}, within_s=60)
    return state_of(service, job_id)


def picture_job(service: Running, **more: Any) -> httpx.Response:
    """Send a job of one picture."""
    return service.post("/api/jobs", files={"image": png_file()}, data={"overlay": "none"}, **more)
