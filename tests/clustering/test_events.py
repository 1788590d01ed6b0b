"""Where events end, by gaps and places."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from photosort.clustering.events import AROUND, FACTOR, FAR, HOUR, NIGHT, STOP, WITHOUT, ends

MINUTE, DAY = 60.0, 24 * HOUR
GAPS = st.lists(st.floats(0, 30 * DAY), min_size=1, max_size=60)


def ending(*gaps: float, moved: float = 0.0) -> list[int]:
    return np.flatnonzero(ends(np.array(gaps), np.full(len(gaps), moved))).tolist()


def test_a_trip_of_several_days_stays_together() -> None:
    day = [5 * MINUTE] * 20
    assert ending(*day, 14 * HOUR, *day, 18 * HOUR, *day) == []


def test_a_day_without_photos_ends_an_event_where_many_are_taken() -> None:
    day = [5 * MINUTE] * 20
    assert ending(*day, 30 * HOUR, *day) == [20]


def test_who_takes_one_photo_a_day_has_no_event_a_day() -> None:
    assert ending(*[26 * HOUR] * 30) == []


def test_two_days_without_a_photo_end_every_event() -> None:
    assert ending(*[3 * DAY] * 4) == [0, 1, 2, 3]


def test_a_journey_ends_an_event_and_a_drive_does_not() -> None:
    assert ending(8 * HOUR, moved=FAR + 1) == [0]
    assert ending(8 * HOUR, moved=FAR - 1) == []
    assert ending(2 * HOUR, moved=900.0) == []


def test_no_photos_have_no_gaps() -> None:
    assert ends(np.array([]), np.array([])).shape == (0,)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(3, 40)), min_size=1, max_size=5), st.randoms())
def test_trips_are_found_whole_whatever_is_done_on_their_days(trips: list[tuple[int, int]], chance: Random) -> None:
    times, events, day = list[float](), list[int](), 0
    for number, (days, photos) in enumerate(trips):
        for _ in range(days):
            hours = [9.0, 20.0, *(chance.uniform(8, 23) for _ in range(photos))]
            times += sorted((24 * day + hour) * HOUR for hour in hours)
            events += [number] * len(hours)
            day += 1
        day += chance.randint(3, 60)
    gaps = np.diff(times)
    assert ends(gaps, np.zeros(len(gaps))).tolist() == np.diff(events).astype(bool).tolist()


@given(GAPS)
def test_bounds_hold_for_all_gaps(gaps: list[float]) -> None:
    found = ends(np.array(gaps), np.zeros(len(gaps)))
    for gap, ended in zip(gaps, found.tolist(), strict=True):
        assert not (ended and gap <= NIGHT)
        assert ended or gap <= WITHOUT
    moving = ends(np.array(gaps), np.full(len(gaps), FAR + 1))
    assert moving.tolist() == [gap > STOP for gap in gaps]


@given(GAPS)
def test_time_backwards_ends_events_in_the_same_gaps(gaps: list[float]) -> None:
    still = np.zeros(len(gaps))
    assume(not _is_close(gaps))
    assert ends(np.array(gaps), still).tolist() == ends(np.array(gaps[::-1]), still).tolist()[::-1]


def _is_close(gaps: list[float]) -> bool:
    """Whether rounding may decide: a gap is as long as the factor times the usual one."""
    logarithms = np.log(np.maximum(gaps, 1.0))
    usual = [logarithms[max(0, place - AROUND) : place + AROUND + 1].mean() for place in range(len(gaps))]
    return bool((np.abs(logarithms - usual - np.log(FACTOR)) < 1e-6).any())
