"""The parts of a stream that began again, as one."""

from domain.summary import ParserSummary, StreamSummary
from pipeline.totals import combined


def part(frames: int, persons_mean: float, **changes: object) -> StreamSummary:
    values: dict[str, object] = {
        "stream_id": "door",
        "source": "rtsp://10.0.0.7/main",
        "media_seconds": 10.0,
        "frames_read": 2 * frames,
        "frames_sampled": frames + 1,
        "frames_parsed": frames,
        "frames_dropped": 1,
        "frames_damaged": 2,
        "persons_max": 2,
        "persons_mean": persons_mean,
        "visits": 1,
        "clothing": {"coat": {"red": 1}},
        "parser": ParserSummary(name="lite", version="1", precision="fp32"),
        "wall_seconds": 20.0,
        "realtime_factor": 0.5,
    }
    return StreamSummary.model_validate({**values, **changes})


def test_one_part_is_the_whole() -> None:
    assert combined([part(10, 1.0)]) == part(10, 1.0)


def test_counts_add_up_and_means_are_weighted_by_frames() -> None:
    later = part(
        30, 2.0, persons_max=1, clothing={"coat": {"red": 2, "blue": 1}, "hat": {"black": 1}}, problem="away"
    )

    whole = combined([part(10, 1.0), later])

    assert (whole.frames_read, whole.frames_sampled, whole.frames_parsed) == (80, 42, 40)
    assert (whole.frames_dropped, whole.frames_damaged, whole.visits) == (2, 4, 2)
    assert (whole.persons_max, whole.persons_mean) == (2, 1.75)
    assert whole.clothing == {"coat": {"red": 3, "blue": 1}, "hat": {"black": 1}}
    assert (whole.media_seconds, whole.wall_seconds, whole.realtime_factor) == (20.0, 40.0, 0.5)
    assert whole.problem == "away"


def test_parts_without_a_frame_have_no_mean() -> None:
    assert combined([part(0, 0.0), part(0, 0.0)]).persons_mean == 0.0
