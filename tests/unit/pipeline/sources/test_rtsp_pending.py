from datetime import timedelta

from pipeline.sources.rtsp_pending import Patience


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_much_is_allowed_at_the_start_and_less_once_somebody_has_caught_up() -> None:
    patience = Patience()
    assert [patience.covers(seconds(late)) for late in (7.9, 6.0, 7.9)] == [True, True, True]
    assert [patience.covers(seconds(late)) for late in (0.0, 2.9, 3.1, 2.9)] == [True, True, False, True]


def test_whoever_never_catches_up_drops() -> None:
    assert not Patience().covers(seconds(8.0))
