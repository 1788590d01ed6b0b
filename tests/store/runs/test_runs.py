"""A run comes back as it was stored."""

import os
from functools import partial
from pathlib import Path

import pytest

from photosort.errors import NoSuchRun
from photosort.store.history import MIGRATIONS, open_history
from photosort.store.journals.journal import read_filing
from photosort.store.runs.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs
from photosort.store.sqlite.database import open_database

ODD = Path(os.fsdecode(b"/photos/caf\xe9\n.jpg"))
CLUSTERS = [
    ClusterRecord(0, "Dogs", "Dogs", "Dogs at play", (("dog", 2), ("ball", 1)), "keywords", 0.9, "llm: it was empty")
]
MEMBERS = [
    MemberRecord(Path("/photos/a.jpg"), "aa", 0, 0, "a dog", 0.95, 0, 0.95),
    MemberRecord(ODD, "bb", 0, 1, "a dog with a ball", 0.85, 0, 0.85),
]
LEFT = [(Path("/photos/c.jpg"), "truncated")]


@pytest.fixture
def runs(tmp_path: Path):
    with open_history(tmp_path) as connection:
        yield Runs(connection)


def add(runs: Runs, **changes: object) -> int:
    values = {"source": Path("/photos"), "destination": Path("/photos-sorted"), "mode": "copy", "settings": {"k": 1}}
    return runs.add(**{**values, "clusters": CLUSTERS, "members": MEMBERS, "left": LEFT, **changes})


@pytest.mark.parametrize("number", [0, -1, 2**63, -(2**63) - 1])
def test_there_is_no_run_of_a_number_that_no_run_can_have(tmp_path: Path, number: int) -> None:
    with open_history(tmp_path) as connection:
        for look in (Runs(connection).get, partial(read_filing, connection)):
            with pytest.raises(NoSuchRun):
                look(number)


def test_everything_comes_back(runs: Runs) -> None:
    number = add(runs)
    run = runs.get(number)
    assert (run.source, run.mode, run.settings, run.previewed) == (Path("/photos"), "copy", {"k": 1}, True)
    assert runs.clusters(number) == CLUSTERS
    assert runs.members(number) == MEMBERS
    assert runs.members(number, 0, first=1) == MEMBERS[:1]
    assert runs.sizes(number) == {0: 2}
    assert runs.left(number) == LEFT


def test_a_photo_is_found_by_its_path_and_by_its_content(runs: Runs) -> None:
    number = add(runs)
    assert runs.member_at(number, ODD) == MEMBERS[1]
    assert runs.member_with(number, "aa") == MEMBERS[0]
    assert runs.member_at(number, Path("/elsewhere.jpg")) is None
    assert runs.member_with(number, "zz") is None


def test_a_companion_is_found_by_path_and_by_content(runs: Runs) -> None:
    sidecar = Path(os.fsdecode(b"/photos/caf\xe9.xmp"))
    number = add(runs, companions=[CompanionRecord(sidecar, "cc", ODD)])
    other = add(runs)
    assert runs.member_at(number, sidecar) == MEMBERS[1]
    assert runs.member_with(number, "cc") == MEMBERS[1]
    assert runs.member_at(other, sidecar) is None
    assert runs.member_with(other, "cc") is None
    assert runs.sizes(number) == {0: 2}
    assert (runs.files(number), runs.files(other)) == (3, 2)


def test_of_equal_files_the_one_of_that_name_is_found(runs: Runs) -> None:
    equal = [CompanionRecord(Path("/photos/a.aae"), "cc", MEMBERS[0].path)]
    equal += [CompanionRecord(Path("/photos/b.aae"), "cc", MEMBERS[1].path)]
    number = add(runs, companions=equal)
    assert runs.member_with(number, "cc", "b.aae") == MEMBERS[1]
    assert runs.member_with(number, "cc", "renamed.aae") == MEMBERS[0]


def test_what_was_left_is_found_by_its_path(runs: Runs) -> None:
    number = add(runs, left=[(ODD, "caf\udce9.xmp: no longer there")])
    assert runs.reason_left(number, ODD) == "caf\\udce9.xmp: no longer there"
    assert runs.reason_left(number, Path("/photos/a.jpg")) is None


def test_the_last_run_is_the_newest_and_starts_as_a_preview(runs: Runs) -> None:
    first, second = add(runs), add(runs)
    runs.start(second)
    assert runs.last().id == second
    assert [run.id for run in runs.all()] == [second, first]
    assert [run.previewed for run in runs.all()] == [False, True]


def test_half_a_run_is_not_stored(runs: Runs) -> None:
    with pytest.raises(ZeroDivisionError):
        add(runs, members=(MEMBERS[0] if n else 1 / 0 for n in (1, 0)))
    with pytest.raises(NoSuchRun, match="Nothing has been organized yet"):
        runs.last()


def test_a_run_that_is_not_there_says_so(runs: Runs) -> None:
    with pytest.raises(NoSuchRun, match="Run 7 does not exist"):
        runs.get(7)


def test_runs_of_an_older_photosort_are_still_known(tmp_path: Path) -> None:
    old = open_database(tmp_path / "history.sqlite", MIGRATIONS[:1], durable=True)
    old.execute("INSERT INTO runs (id) VALUES (1)")
    old.execute("INSERT INTO clusters VALUES (1, 0, 'Dogs', 'Dogs', 'Dogs at play', '[]', 'keywords', 0.9)")
    old.close()
    with open_history(tmp_path) as connection:
        assert Runs(connection).clusters(1) == [ClusterRecord(0, "Dogs", "Dogs", "Dogs at play", (), "keywords", 0.9)]
