"""The number of questions under way follows how fast answers come."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

from photosort.models.remote.pace import Pace, Stopped


def test_questions_go_down_where_a_server_elsewhere_turns_out_to_be_slow() -> None:
    pace = Pace(8, 8, patience=0.2)
    with pace.turn():
        time.sleep(0.06)
    assert pace.at_once == 4
    for _ in range(3):
        with pace.turn():
            time.sleep(0.06)
    assert pace.at_once == 1
    with pace.turn():
        pass
    assert pace.at_once == 2
    with pace.turn(), pace.turn():
        pass
    assert pace.at_once == 3


def test_questions_that_were_slow_together_lower_their_number_once() -> None:
    pace = Pace(8, 8, patience=0.2)
    with pace.turn(), pace.turn(), pace.turn():
        time.sleep(0.06)
    assert pace.at_once == 4


def test_a_server_that_was_not_busy_shows_no_pace() -> None:
    pace = Pace(4, 8, patience=60)
    for _ in range(5):
        with pace.turn():
            pass
    assert pace.at_once == 4


def test_a_stop_ends_every_wait_for_a_turn() -> None:
    pace, stopped, ended = Pace(1, 1, patience=60), threading.Event(), SimpleQueue[Stopped]()

    def wait() -> None:
        try:
            with pace.turn(stopped.is_set):
                raise AssertionError("the turn belongs to another")
        except Stopped as stop:
            ended.put(stop)

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    with pace.turn():
        for thread in waiting:
            thread.start()
        stopped.set()
    for thread in waiting:
        thread.join(timeout=30)
    assert ended.qsize() == 5
