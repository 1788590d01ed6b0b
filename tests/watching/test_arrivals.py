"""A photo counts once it and what travels with it are whole and quiet; batches wait for what still arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from photosort.watching.arrivals import Arrivals, Group, Patience

PATIENCE = Patience(quiet=5, longest=60, again=30, rarest=100, every=20)


def group(name: str, size: int = 1, *, mtime: int = 0, ctime: int = 0, growing: bool = False, **beside: int) -> Group:
    stamps = {Path(name): (size, mtime, ctime), **{Path(other): (much, 0, 0) for other, much in beside.items()}}
    return Group(stamps, growing)


class Folder:
    """Looks at a folder, at any second, and says which photos are due."""

    def __init__(self) -> None:
        self.arrivals = Arrivals(PATIENCE)

    def at(self, now: float, **groups: Group) -> list[str]:
        self.arrivals.see({Path(name): group for name, group in groups.items()}, now)
        return [str(main) for main in self.arrivals.batch(now)]

    def dealt(self, now: float, *, seen: Group | None = None, **groups: Group) -> None:
        batch = {Path(name): group for name, group in groups.items()}
        self.arrivals.deal_with(batch, {main: seen or group for main, group in batch.items()})


@pytest.fixture
def folder() -> Folder:
    return Folder()


def test_a_photo_is_whole_when_it_was_the_same_for_long_enough(folder: Folder) -> None:
    assert folder.at(0, a=group("a", 1)) == []
    assert folder.at(4, a=group("a", 2)) == [], "it grows"
    assert folder.at(8, a=group("a", 2)) == []
    assert folder.at(9, a=group("a", 2)) == ["a"]


def test_what_was_there_before_counts_like_what_arrives(folder: Folder) -> None:
    assert folder.at(1000, a=group("a"), b=group("b")) == []
    assert folder.at(1005, a=group("a"), b=group("b")) == ["a", "b"]


def test_a_companion_that_comes_later_is_waited_for(folder: Folder) -> None:
    folder.at(0, a=group("a"))
    assert folder.at(4, a=group("a", xmp=10)) == []
    assert folder.at(6, a=group("a", xmp=10)) == []
    assert folder.at(9, a=group("a", xmp=10)) == ["a"]


def test_what_grows_is_never_due_and_holds_up_no_other(folder: Folder) -> None:
    for now in (0, 500):
        due = folder.at(now, a=group("a", growing=True), b=group("b"))
    assert due == ["b"] and folder.arrivals.waiting == 2


def test_a_batch_waits_for_what_still_arrives_but_not_for_ever(folder: Folder) -> None:
    folder.at(0, a=group("a"))
    for now in range(3, 60, 3):
        assert folder.at(now, a=group("a"), b=group("b", now)) == []
    assert folder.at(60, a=group("a"), b=group("b", 60)) == ["a"]


def test_what_was_dealt_with_comes_again_only_when_it_changes(folder: Folder) -> None:
    folder.at(0, a=group("a"))
    folder.at(5, a=group("a"))
    folder.dealt(5, a=group("a"))
    assert folder.at(50, a=group("a")) == [] and folder.arrivals.waiting == 0
    folder.at(60, a=group("a", 2))
    assert folder.at(65, a=group("a", 2)) == ["a"]


def test_a_photo_that_changes_while_it_is_added_comes_again(folder: Folder) -> None:
    folder.at(0, a=group("a"))
    folder.at(5, a=group("a"))
    folder.dealt(5, a=group("a"), seen=group("a", 2))
    folder.at(6, a=group("a", 2))
    assert folder.at(11, a=group("a", 2)) == ["a"]


def test_a_hard_link_made_of_a_photo_is_no_change(folder: Folder) -> None:
    folder.at(0, a=group("a"))
    folder.at(5, a=group("a"))
    folder.dealt(5, a=group("a"), seen=group("a", ctime=9))
    assert folder.at(50, a=group("a", ctime=9)) == [] and folder.arrivals.waiting == 0


def test_what_fails_is_tried_again_more_and_more_rarely(folder: Folder) -> None:
    moments, now = [], 0.0
    while now < 400:
        if folder.at(now, a=group("a")):
            moments.append(now)
            folder.arrivals.put_off([Path("a")], now)
        now += 5
    assert moments == [5, 35, 95, 195, 295, 395], "30, 60, and then 100 seconds apart"


def test_a_photo_that_leaves_is_forgotten(folder: Folder) -> None:
    folder.at(0, a=group("a"), b=group("b"))
    assert folder.at(5, b=group("b")) == ["b"] and folder.arrivals.waiting == 1
    folder.at(6, a=group("a"), b=group("b"))
    assert folder.at(8, a=group("a"), b=group("b")) == [], "it is new"


@pytest.mark.parametrize(("now", "pause"), [(0, 5), (3, 2), (5, 0), (9, 0)])
def test_the_pause_ends_when_something_may_be_due(folder: Folder, now: float, pause: float) -> None:
    assert folder.arrivals.pause(now) == PATIENCE.every
    folder.at(0, a=group("a"))
    assert folder.arrivals.pause(now) == pause
