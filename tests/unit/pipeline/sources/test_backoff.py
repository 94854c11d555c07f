from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(0.5, 3.0, chance=lambda: 1.0)
    assert [backoff.wait_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_begins_anew_after_success() -> None:
    backoff = Backoff(0.5, 3.0, chance=lambda: 1.0)
    backoff.wait_s()
    backoff.wait_s()
    backoff.reset()
    assert backoff.wait_s() == 0.5


@given(st.floats(0.01, 10), st.floats(1, 100), st.floats(0, 1), st.integers(1, 40))
def test_jitter_takes_half_at_most(shortest: float, factor: float, chance: float, tries: int) -> None:
    longest = shortest * factor
    backoff = Backoff(shortest, longest, chance=lambda: chance)
    whole = Backoff(shortest, longest, chance=lambda: 1.0)
    for _ in range(tries):
        full = whole.wait_s()
        assert full / 2 <= backoff.wait_s() <= full <= longest
