from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.buffer import BufferStats, Closed, HandOver, WhenFull


def test_items_come_out_in_the_order_they_went_in() -> None:
    buffer: HandOver[int] = HandOver(3)
    for item in (1, 2, 3):
        buffer.put(item)

    assert [buffer.get() for _ in range(3)] == [1, 2, 3]


def test_a_closed_buffer_gives_what_it_has_and_then_says_so() -> None:
    buffer: HandOver[int] = HandOver(3)
    buffer.put(1)
    buffer.close()

    assert buffer.get() == 1
    with pytest.raises(Closed):
        buffer.get()
    with pytest.raises(Closed):
        buffer.put(2)


def test_waiting_for_an_item_has_an_end() -> None:
    buffer: HandOver[int] = HandOver(1)

    with pytest.raises(TimeoutError):
        buffer.get(timeout_s=0.01)


def test_a_full_buffer_makes_the_other_side_wait_and_drops_nothing() -> None:
    buffer: HandOver[int] = HandOver(2)
    with ThreadPoolExecutor(1) as pool:
        putting = [pool.submit(buffer.put, item) for item in range(50)]
        got = [buffer.get() for _ in range(50)]
        for each in putting:
            each.result(5)

    assert got == list(range(50))
    assert buffer.stats() == BufferStats(waiting=0, dropped=0)


def test_closing_wakes_who_waits_to_put() -> None:
    buffer: HandOver[int] = HandOver(1)
    buffer.put(0)
    with ThreadPoolExecutor(1) as pool:
        putting = pool.submit(buffer.put, 1)
        buffer.close()
        with pytest.raises(Closed):
            putting.result(5)


def test_closing_wakes_who_waits_to_get() -> None:
    buffer: HandOver[int] = HandOver(1)
    with ThreadPoolExecutor(1) as pool:
        getting = pool.submit(buffer.get)
        buffer.close()
        with pytest.raises(Closed):
            getting.result(5)


@given(items=st.lists(st.integers()), capacity=st.integers(1, 8))
def test_dropping_the_oldest_keeps_the_newest_and_counts(items: list[int], capacity: int) -> None:
    buffer: HandOver[int] = HandOver(capacity, WhenFull.DROP_OLDEST)
    for item in items:
        buffer.put(item)

    dropped = max(0, len(items) - capacity)
    assert buffer.stats() == BufferStats(waiting=len(items) - dropped, dropped=dropped)
    assert [buffer.get() for _ in items[dropped:]] == items[dropped:]


@given(items=st.lists(st.integers(-5, 5)), capacity=st.integers(1, 4))
def test_what_may_not_be_dropped_is_never_dropped(items: list[int], capacity: int) -> None:
    buffer: HandOver[int] = HandOver(capacity, WhenFull.DROP_OLDEST, may_drop=lambda item: item > 0)
    for item in items:
        buffer.put(item)
    left = [buffer.get() for _ in range(buffer.stats().waiting)]

    assert [item for item in left if item <= 0] == [item for item in items if item <= 0]
    assert len(left) + buffer.stats().dropped == len(items)


def test_what_may_wait_waits_instead_of_making_the_oldest_go() -> None:
    buffer: HandOver[int] = HandOver(2, WhenFull.DROP_OLDEST, may_wait=lambda item: item < 10)
    with ThreadPoolExecutor(1) as pool:
        putting = [pool.submit(buffer.put, item) for item in range(10)]
        got = [buffer.get() for _ in range(10)]
        for each in putting:
            each.result(5)
    for item in (10, 11, 12):
        buffer.put(item)

    assert got == list(range(10))
    assert buffer.stats() == BufferStats(waiting=2, dropped=1)


def test_a_buffer_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity must be at least 1, got 0"):
        HandOver(0)
