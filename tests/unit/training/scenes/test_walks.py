from itertools import pairwise

import numpy as np
import pytest

from training.scenes.walks import Stop, Walk

CORNER = ((0.0, 0.0), (3.0, 0.0), (3.0, -4.0))


def test_a_straight_way_at_a_steady_speed() -> None:
    walk = Walk(((0.0, 0.0), (6.0, 0.0)), start_s=2.0, speed=1.5)

    assert walk.end_s == pytest.approx(6.0, abs=0.02)
    middle = walk.at(4.0)
    assert middle is not None
    assert (middle.x, middle.z, middle.walked) == pytest.approx((3.0, 0.0, 3.0), abs=0.02)
    assert middle.heading == pytest.approx(np.pi / 2)
    assert middle.effort == 1.0
    assert walk.at(1.9) is None
    assert walk.at(6.1) is None


def test_it_passes_every_place_and_turns_softly() -> None:
    walk = Walk(CORNER, start_s=0.0, speed=1.0)
    moments = [moment for time_s in np.arange(0, walk.end_s, 0.05) if (moment := walk.at(float(time_s)))]

    for x, z in CORNER:
        assert min(np.hypot(moment.x - x, moment.z - z) for moment in moments) < 0.05
    turns = np.abs(np.diff(np.unwrap([moment.heading for moment in moments])))
    assert turns.max() < 0.2
    steps = [np.hypot(b.x - a.x, b.z - a.z) for a, b in pairwise(moments)]
    assert max(steps) == pytest.approx(0.05, rel=0.1)


def test_a_stop_takes_its_time_and_a_little_more_to_slow_down() -> None:
    places = ((0.0, 0.0), (6.0, 0.0))
    through = Walk(places, start_s=0.0, speed=1.2)
    stopping = Walk(places, start_s=0.0, speed=1.2, stops=(Stop(3.0, 2.0),))

    assert 2.0 < stopping.end_s - through.end_s < 3.5
    times = np.arange(0, stopping.end_s, 0.02)
    moments = [moment for time_s in times if (moment := stopping.at(float(time_s)))]
    standing = [moment for moment in moments if moment.effort < 0.05]
    assert len(standing) * 0.02 == pytest.approx(2.0, abs=0.2)
    assert all(moment.walked == pytest.approx(3.0, abs=0.02) for moment in standing)
    assert np.diff([moment.walked for moment in moments]).min() >= 0
    assert np.abs(np.diff([moment.effort for moment in moments])).max() < 0.1
