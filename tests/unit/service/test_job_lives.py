"""What becomes of a job: waited for, cancelled, forgotten, begun again, given up."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from domain.frame import BgrImage
from domain.parsing import ParsedFrame
from service.jobs.folders import JobFolders
from tests.support.jobs import ended, picture_job, sent, state_of, working
from tests.support.service import Gate, Running, held_up, refused, running
from tests.support.streams import ScriptedParser, one_person
from tests.support.waiting import eventually


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with working(tmp_path) as started:
        yield started


def has_finished(service: Running, job_id: str) -> bool:
    return state_of(service, job_id)["finished_at"] is not None


def test_too_many_wait_and_jobs_are_cancelled_and_forgotten(tmp_path: Path) -> None:
    gate = Gate()
    with working(tmp_path, held_up(gate), jobs={"max_waiting": 2}) as service:
        running_, waiting = sent(picture_job(service)), sent(picture_job(service))
        answer = picture_job(service)
        refused(answer, 429, 1301)
        assert int(answer.headers["retry-after"]) >= 1
        assert gate.reached.wait(30)
        assert service.client.delete(f"/api/jobs/{waiting}").json()["data"]["state"] == "cancelled"
        assert service.client.delete(f"/api/jobs/{running_}").json()["data"]["state"] == "cancelled"
        assert state_of(service, running_)["state"] == "cancelled"
        gate.opened.set()
        job = ended(service, running_)
        assert job["files"] == []
        for job_id in (running_, waiting):
            eventually(partial(has_finished, service, job_id))
            assert service.client.delete(f"/api/jobs/{job_id}").status_code == 200
            assert service.get(f"/api/jobs/{job_id}").json()["code"] == 1201
        eventually(lambda: not list((tmp_path / "service" / "jobs").iterdir()))


def test_results_expire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.working._LOOK_S", 0.1)
    with working(tmp_path, jobs={"keep_s": 1.0}) as service:
        job = ended(service, sent(picture_job(service)))
        url = job["files"][0]["url"]
        assert service.get(url).status_code == 200
        eventually(lambda: service.get(f"/api/jobs/{job['id']}").status_code == 404)
        refused(service.get(url), 404, 1201)
        eventually(lambda: not list((tmp_path / "service" / "jobs").iterdir()))


def test_what_was_under_way_goes_on_after_a_restart(tmp_path: Path, clip: bytes) -> None:
    seen: list[int] = []
    reached = Event()

    def slowly(image: BgrImage) -> ParsedFrame:
        seen.append(1)
        if len(seen) > 6:
            reached.set()
            time.sleep(0.3)
        return one_person(image)

    with working(tmp_path, ScriptedParser(slowly)) as service:
        first = sent(service.post("/api/jobs", files={"recording": clip}))
        second = sent(service.post("/api/jobs", files={"recording": clip}))
        assert reached.wait(60)
    with working(tmp_path) as service:
        jobs = [ended(service, job_id) for job_id in (first, second)]
        assert [(job["state"], job["progress"]["pictures"]) for job in jobs] == [("done", 20)] * 2
        result = service.get(jobs[0]["files"][0]["url"]).json()
        assert result["resumed"] == 1
        lines = service.get(jobs[0]["files"][1]["url"]).text.splitlines()
        ids = [json.loads(line)["event_id"] for line in lines]
        assert len(set(ids)) == len(ids)


def test_a_job_that_ends_the_process_again_and_again_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        job_id = sent(picture_job(service))
        with service.service.store.transaction() as connection:
            connection.execute("UPDATE jobs SET state = 'running', attempts = 3")
    with working(tmp_path) as service:
        job = ended(service, job_id)
        assert (job["state"], job["problem"]["code"]) == ("failed", 1500)
        assert "3 times" in job["problem"]["message"]


def test_a_fault_fails_the_job_and_not_the_next(tmp_path: Path) -> None:
    faults = [True]

    def parse(image: BgrImage) -> ParsedFrame:
        if faults:
            faults.pop()
            raise ZeroDivisionError("secret")
        return one_person(image)

    with working(tmp_path, ScriptedParser(parse)) as service:
        job = ended(service, sent(picture_job(service)))
        assert (job["state"], job["problem"]["code"]) == ("failed", 1500)
        assert "secret" not in job["problem"]["message"]
        assert ended(service, sent(picture_job(service)))["state"] == "done"


def test_what_was_sent_stays_until_the_job_is_said_to_be_done(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever is killed in between must be able to do the job again.
    seen: list[str] = []
    remove = JobFolders.remove_inputs

    def removed(folders: JobFolders, job_id: str) -> None:
        assert (folders.of(job_id) / "in" / "0000").exists()
        seen.append(state_of(service, job_id)["state"])
        remove(folders, job_id)

    monkeypatch.setattr(JobFolders, "remove_inputs", removed)
    job = sent(picture_job(service))
    ended(service, job)
    eventually(lambda: seen == ["done"])
    eventually(lambda: not (service.service.jobs.folder / job / "in").exists())
