"""Room for pictures in memory."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from time import sleep

import pytest

from service.room import PictureRoom
from tests.support.waiting import eventually


def test_pictures_wait_for_room_and_come_in_order() -> None:
    room, leave = PictureRoom(10), Event()
    came: list[int] = []

    def visit(pixels: int) -> None:
        with room.taken(pixels):
            came.append(pixels)
            assert leave.wait(30)

    with ThreadPoolExecutor(4) as pool:
        pool.submit(visit, 6)
        eventually(lambda: came == [6])
        pool.submit(visit, 4)
        eventually(lambda: came == [6, 4])
        for number, pixels in enumerate((9, 1), start=1):
            pool.submit(visit, pixels)
            eventually(lambda number=number: len(room._waiting) == number)  # type: ignore[misc]  # of this round
        # The last one is small, and does not go before the large one.
        assert came == [6, 4]
        leave.set()
    assert came[:2] == [6, 4]
    assert sorted(came[2:]) == [1, 9]


def test_one_that_is_too_large_comes_alone() -> None:
    room, lock, most, within = PictureRoom(10), Lock(), [0], [0]

    def visit(pixels: int) -> None:
        with room.taken(pixels):
            with lock:
                within[0] += pixels
                most[0] = max(most[0], within[0])
            sleep(0.001)
            with lock:
                within[0] -= pixels

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, [3, 50, 2, 8] * 20))
    assert most[0] == 50


def test_room_is_given_back_by_whoever_fails() -> None:
    room = PictureRoom(10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), room.taken(10):
            raise ZeroDivisionError
