"""`footfall doctor`: one row for each thing that a run needs, and the cure where it lacks one."""

import gc
import json
from pathlib import Path

import pytest

from cli import doctor
from cli.doctor import Finding
from config import load_settings
from tests.support.clips import ClipOptions, steady, write_clip
from tests.support.command import Footfall
from tests.support.ports import free_port


def rows(out: str) -> dict[str, tuple[str, str]]:
    return {row["about"]: (row["verdict"], row["found"]) for row in json.loads(out)}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_machine_that_is_well(footfall: Footfall, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "shop.mp4", steady(10, 5), ClipOptions())
    outcome = footfall("doctor", clip, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = rows(outcome.out)
    assert found["codecs"] == ("good", "video, HEIC and AVIF are read")
    assert found["processor"][1].partition("; computes in ")[2] in {"bf16", "int8", "fp32"}
    assert found["parser lite"][1].startswith("lite ")
    assert found["camera shop"] == ("good", f"{clip} is there, 2 s long")
    assert found["store sql"] == ("good", "a file among the results")
    assert {verdict for verdict, _ in found.values()} <= {"good", "note"}
    assert list(tmp_path.iterdir()) == [clip]


def test_the_table_has_a_row_for_each_thing(footfall: Footfall) -> None:
    outcome = footfall("doctor")
    assert outcome.code == 0
    for about in (
        "footfall",
        "machine",
        "processor",
        "codecs",
        "extra kafka",
        "parser lite",
        "results out",
        "store sql",
    ):
        assert any(line.startswith(f"│ {about} ") for line in outcome.out.splitlines()), about
    assert "\x1b" not in outcome.out


def test_what_a_run_would_be_refused_for_is_wrong_and_tells_the_cure(footfall: Footfall) -> None:
    outcome = footfall("doctor", "gone.mp4", "--json")
    assert outcome.code == 2
    verdict, found = rows(outcome.out)["camera gone"]
    assert verdict == "wrong"
    assert "gone.mp4" in found
    assert "\n" not in found


# kafka-python lets a socket go without closing it where nobody listens.
@pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_that_does_not_answer_is_a_note(footfall: Footfall, tmp_path: Path) -> None:
    port = free_port()
    file = tmp_path / "shop.yaml"
    file.write_text(
        f"sinks:\n  sql: {{url: 'postgresql://shop:tulip@127.0.0.1:{port}/counts'}}\n"
        f"  kafka: {{bootstrap_servers: '127.0.0.1:{port}', connect_timeout_s: 0.5}}\n"
    )
    outcome = footfall("doctor", "--config", file, "--json")
    found = rows(outcome.out)
    assert outcome.code == 0
    assert found["store sql"] == (
        "note",
        f"postgresql://127.0.0.1:{port}/counts does not answer; a run would wait for it",
    )
    assert found["store kafka"] == ("note", f"Kafka at 127.0.0.1:{port} cannot be reached")
    assert "tulip" not in outcome.out + outcome.err
    # Or the next test is told of the sockets.
    gc.collect()


def test_a_file_that_cannot_be_written_is_wrong(footfall: Footfall, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("sinks: {sql: {url: 'sqlite:////proc/none/shop.db'}}\n")
    outcome = footfall("doctor", "--config", tmp_path / "shop.yaml", "--json")
    assert outcome.code == 2
    verdict, found = rows(outcome.out)["store sql"]
    assert verdict == "wrong"
    assert found.endswith("cannot be written; give this user the right, or name another file")


def test_an_extra_that_is_missing_is_a_note_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == "psycopg" else name)
    found = {finding.about: finding for finding in doctor.findings(load_settings(None, {}, {}))}
    assert found["extra kafka"] == Finding("extra kafka", "good", "installed")
    assert found["extra postgres"] == Finding(
        "extra postgres",
        "note",
        "not installed, and needed by none but who asks for it: "
        'pip install "footfall[postgres]", or in a checkout make setup EXTRAS=postgres',
    )
