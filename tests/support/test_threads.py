"""Threads that nobody waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from photosort.support.threads import at_once, drawn_ahead, in_background


def test_results_come_with_their_numbers_as_they_are_done() -> None:
    first_may_end = Event()

    def work(item: int) -> int:
        if item == 10:
            first_may_end.wait(timeout=30)
        return item * 2

    found = at_once(work, [10, 20], 2)
    assert next(found) == (1, 40)
    first_may_end.set()
    assert list(found) == [(0, 20)]
    assert list(at_once(work, [], 2)) == []


def test_no_more_are_worked_on_than_is_allowed() -> None:
    now, most = [0], [0]

    def work(_: int) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.01)
        now[0] -= 1

    assert len(list(at_once(work, range(12), 3))) == 12
    assert most[0] == 3


def test_a_failure_is_raised_and_nothing_new_is_begun() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        if item:
            time.sleep(0.1)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        list(at_once(work, range(50), 2))
    time.sleep(0.3)
    assert len(begun) <= 3
    with pytest.raises(ValueError, match="7"):
        in_background(lambda: work(7)).result(timeout=10)


def test_one_item_is_drawn_while_the_one_before_it_is_in_use() -> None:
    drawn = [Event(), Event(), Event(), Event()]

    def items() -> Iterator[int]:
        for number, event in enumerate(drawn):
            event.set()
            yield number

    coming = drawn_ahead(items())
    assert next(coming) == 0
    assert drawn[1].wait(timeout=30)
    assert not drawn[2].wait(timeout=0.1)
    assert list(coming) == [1, 2, 3]
    assert list(drawn_ahead([])) == []


def test_errors_of_drawing_come_after_earlier_items() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    coming = drawn_ahead(items())
    assert next(coming) == 1
    with pytest.raises(ValueError, match="the second"):
        next(coming)


def test_ctrl_c_while_the_first_are_begun_ends_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    started: list[object] = []
    may_go_on = Event()

    def work(item: int) -> None:
        begun.append(item)
        may_go_on.wait(timeout=30)

    def interrupted(run: Callable[[], None]) -> None:
        in_background(run)
        started.append(run)
        if len(started) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("photosort.support.threads.in_background", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(at_once(work, range(50), 40))
    time.sleep(0.2)
    may_go_on.set()
    time.sleep(0.3)
    assert len(begun) == 2
