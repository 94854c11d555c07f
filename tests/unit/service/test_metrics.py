"""What Prometheus is told is what is so, and what is documented."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from config.adding import settings_from
from domain.events import VisitEnded, WindowClosed
from pipeline.assembly import assemble
from pipeline.durations import DurationCounts
from pipeline.executor import Priority
from service.cameras import _Missing
from service.documentation import PAGE
from service.measures.family import Family
from service.metrics import RuntimeMetrics, families
from tests.support.runtimes import LIVE_FRAMES, TEN_FRAMES
from tests.support.service import Gate, Running, held_up, png_file, running
from tests.support.streams import ListSource, ScriptedParser
from tests.support.waiting import assert_set, eventually

ROOT = Path(__file__).parents[3]
CLIP = ROOT / "cli" / "demo" / "demo.mp4"
WINDOW = WindowClosed.model_validate(WindowClosed.example)
VISIT = VisitEnded.model_validate(VisitEnded.example)


def parsed(text: bytes | str) -> dict[str, Metric]:
    """Metrics by the names that they are exported under."""
    read = text_string_to_metric_families(text if isinstance(text, str) else text.decode())
    return {f"{one.name}_total" if one.type == "counter" else one.name: one for one in read}


def exported(service: Running) -> dict[str, Metric]:
    return parsed(service.get("/metrics").text)


def values(service: Running, name: str) -> dict[tuple[str, ...], float]:
    """By labels in the order of their names."""
    return {tuple(sample.labels.values()): sample.value for sample in exported(service)[name].samples}


def labels_of(metric: Metric) -> set[str]:
    return {label for sample in metric.samples for label in sample.labels} - {"le"}


def documented() -> dict[str, tuple[str, set[str]]]:
    rows = re.findall(
        r"^\| `(\w+)` \| (gauge|counter|histogram) \| ([^|]*) \|", (ROOT / PAGE).read_text(), re.MULTILINE
    )
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def test_a_service_exports_what_is_documented_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        service.harness.add(ListSource(LIVE_FRAMES, live=True))
        service.service.feed.take([WINDOW, VISIT])
        service.harness.factory.parsers = {"lite-cc0": ScriptedParser()}
        service.service.models.load("lite-cc0")
        service.service.models.try_out("lite-cc0", 1.0)
        service.service.cameras._missing["gate"] = _Missing({}, "it is being opened")
        assert service.post("/api/parse", files={"image": png_file()}).status_code == 200
        eventually(lambda: "footfall_stream_last_frame_age_seconds{" in service.get("/metrics").text)
        there = {name: (one.type, labels_of(one)) for name, one in exported(service).items()}
    # Here events wait in memory.
    of_spool = {"footfall_spool_events", "footfall_spool_used_bytes", "footfall_spool_limit_bytes"}
    assert {name: told for name, told in documented().items() if name not in of_spool} == there


def test_a_run_exports_its_part_and_the_fill_of_its_spool(tmp_path: Path) -> None:
    given = {
        "cameras": [{"source": str(CLIP)}],
        "output": {"dir": str(tmp_path / "out"), "report": False},
        "pictures": {},
    }
    with ExitStack() as undo:
        assembled = assemble(settings_from(given), undo)
        metrics = RuntimeMetrics(assembled.runtime.state)
        there = parsed(metrics.text())
    assert there.keys() == {family.name for family in families(service=False)}
    assert there["footfall_spool_limit_bytes"].samples[0].value == 2048 << 20
    assert there["footfall_spool_used_bytes"].samples[0].value > 0
    # Its spool is closed by now, and somebody may still ask.
    assert b"footfall_spool_well" in metrics.text()


def test_before_the_run_has_begun_there_is_only_the_process(tmp_path: Path) -> None:
    del tmp_path
    there = parsed(RuntimeMetrics(lambda: None).text())
    assert "process_cpu_seconds_total" in there
    assert "footfall_spool_well" not in there


def test_pictures_that_are_refused_are_counted(tmp_path: Path) -> None:
    gate = Gate()
    with running(tmp_path, held_up(gate), max_requests=1) as service, ThreadPoolExecutor(1) as threads:
        first = threads.submit(service.post, "/api/parse", files={"image": png_file()})
        assert_set(gate.reached)
        assert service.post("/api/parse", files={"image": png_file()}).status_code == 429
        assert service.post("/upload", files={"image": png_file()}).status_code == 429
        gate.opened.set()
        assert first.result().status_code == 200
        counted = values(service, "footfall_pictures_total")
    assert counted["refused",] == 2
    # A rate is known from the first one on only where the series was there before it.
    assert counted["failed",] == 0


def test_frames_and_states_of_a_stream(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        service.harness.add(ListSource(TEN_FRAMES))
        eventually(service.harness.runtime.wait)
        assert values(service, "footfall_stream_frames_sampled_total") == {("door",): 10}
        assert values(service, "footfall_stream_frames_total")["parsed", "door"] == 10
        states = values(service, "footfall_stream_state")
        assert [state for (state, _), value in states.items() if value] == ["ended"]
        assert values(service, "footfall_stream_live") == {("door",): 0}
        waited = exported(service)["footfall_parser_wait_seconds"]
    counts = {
        sample.labels["priority"]: sample.value for sample in waited.samples if sample.name.endswith("_count")
    }
    assert counts == {Priority.CAMERA.value: 10, Priority.INTERACTIVE.value: 0, Priority.BATCH.value: 0}


def test_what_events_tell_of_trust(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        service.service.feed.take([WINDOW, VISIT, VISIT])
        coverage = values(service, "footfall_window_coverage_ratio")
        garments = values(service, "footfall_visit_garments_total")
    assert coverage == {("door", str(WINDOW.window_s)): WINDOW.coverage.share}
    told = sum(worn.color != "unknown" for worn in VISIT.outfit)
    assert garments == {("known", "door"): 2 * told, ("unknown", "door"): 2 * (len(VISIT.outfit) - told)}


def test_classes_of_a_histogram_hold_all_below_them() -> None:
    counted = DurationCounts((1, *(0,) * 10, 2, 3), 100.0)
    metric = Family("histogram", "x_seconds", "of a test").of_durations({(): counted})
    buckets = {
        sample.labels["le"]: sample.value for sample in metric.samples if sample.name.endswith("_bucket")
    }
    assert (buckets["0.005"], buckets["10.0"], buckets["30.0"], buckets["+Inf"]) == (1, 1, 3, 6)
    sums = {sample.name: sample.value for sample in metric.samples if not sample.labels}
    assert sums == {"x_seconds_count": 6, "x_seconds_sum": 100.0}
