"""How fast a stage goes on, by a clock that the test turns."""

import pytest

from photosort.cli.sink.pace import LONG, SHOWN_AFTER, Lines, Stage, Stages
from photosort.cli.sink.quantities import duration, readable_bytes
from photosort.support.progress import Bytes


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def after(clock: Clock, stages: Stages, *steps: tuple[float, int, int | None]) -> Stage:
    """The stage after these calls: seconds since the one before, done, total."""
    for seconds, done, total in steps:
        clock.now += seconds
        stage = stages.update("looking", done, total)
    return stage


def test_a_stage_has_a_rate_from_its_second_call_on(clock: Clock) -> None:
    stages = Stages(clock)
    assert after(clock, stages, (0, 200, 1000)).rate() is None
    stage = after(clock, stages, (2, 300, 1000))
    assert stage.rate() == 50, "what was known before is not counted"
    assert stage.left(clock.now) == 14
    clock.now += 4
    assert stage.left(clock.now) == 10, "time goes on between two calls"


def test_the_rate_is_that_of_the_last_half_minute(clock: Clock) -> None:
    stage = after(clock, Stages(clock), (0, 0, 1000), *[(1, n, 1000) for n in range(1, 41)])
    assert stage.rate() == pytest.approx(1)
    fast = after(clock, Stages(clock), (0, 0, 9000), *[(1, n, 9000) for n in range(1, 41)], *[(1, 1000, 9000)] * 60)
    assert fast.rate() is None, "nothing has come in the last half minute"


def test_many_calls_are_few_looks(clock: Clock) -> None:
    stage = after(clock, Stages(clock), *[(0.001, n, 100_000) for n in range(50_000)])
    assert stage.rate() == pytest.approx(1000, rel=0.01)
    assert len(stage._seen) < 200


def test_a_total_that_becomes_known_begins_the_rate_anew(clock: Clock) -> None:
    stages = Stages(clock)
    after(clock, stages, (0, 0, None), (10, 500, 1000))
    assert after(clock, stages, (1, 510, 1000)).rate() == 10


def test_a_stage_that_begins_again_is_timed_again(clock: Clock) -> None:
    stages = Stages(clock)
    stage = after(clock, stages, (0, 0, 5), (8, 5, 5))
    assert stage.elapsed(clock.now + 100) == 8
    after(clock, stages, (30, 0, 5), (2, 1, 5))
    assert (stage.elapsed(clock.now), stage.ended) == (2, 0)


def test_what_is_over_soon_is_not_shown_and_what_was_shown_stays(clock: Clock) -> None:
    stages = Stages(clock)
    short = after(clock, stages, (0, 0, 5), (SHOWN_AFTER / 2, 5, 5))
    clock.now += 100
    assert not short.is_shown(clock.now)
    long = stages.update("naming", 0, 5)
    assert not long.is_shown(clock.now)
    clock.now += SHOWN_AFTER
    assert long.is_shown(clock.now)
    stages.update("naming", 5, 5)
    assert long.is_shown(clock.now + 100)


def test_bytes_say_how_fast_files_come(clock: Clock) -> None:
    stages = Stages(clock)
    stages.update("filing", 0, 3, Bytes(0, 900))
    clock.now += 2
    stage = stages.update("filing", 1, 3, Bytes(600, 900))
    assert (stage.rate(), stage.left(clock.now)) == (300, 1)


def test_without_a_terminal_a_long_stage_is_one_line(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append, clock)
    lines.report("scanning", 0, None)
    clock.now += LONG / 2
    lines.report("scanning", 70, 70)
    lines.report("look\x1b[2Jing", 0, 2400)
    for n in range(1, 200):
        clock.now += 1
        lines.report("look\x1b[2Jing", n * 10, 2400)
    assert said == [r"look\x1b[2Jing: 600 of 2,400, after 1:00, about 3:00 left"]


def test_a_stage_of_one_step_says_its_time_alone(clock: Clock) -> None:
    said: list[str] = []
    lines = Lines(said.append, clock)
    lines.report("grouping", 0, 1)
    clock.now += 3 * LONG
    lines.report("grouping", 0, 1)
    assert said == ["grouping: after 3:00"]


def test_quantities_are_readable() -> None:
    assert [duration(seconds) for seconds in (0, 7.9, 77, 3661)] == ["0:00", "0:07", "1:17", "1:01:01"]
    assert [readable_bytes(size) for size in (5, 2_000, 4.6e6, 1.2e12)] == ["5 bytes", "2 kB", "5 MB", "1.2 TB"]
