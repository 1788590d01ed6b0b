"""Previews are small, the last few are kept, and none is dropped that something else was made from."""

import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.errors import NoSuchRun, StoreDamaged, StoreError
from photosort.store.history import open_history
from photosort.store.journals.journal import read_filing
from photosort.store.places import members_of_folders, told_of, written_captions
from photosort.store.runs import packed
from photosort.store.runs.packed import LENGTH, MARK, _read, _tables, _written
from photosort.store.runs.previews import KEPT, drop_old_previews, keep
from photosort.store.runs.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs
from photosort.workflows.history import past_runs
from photosort.workflows.tagging.words import described

CLUSTERS = [
    ClusterRecord(number, f"Dogs {number}", "Dogs", "Dogs", (("dog", 2),), "keywords", 0.9) for number in (0, 1)
]
FACTS = {"people": {"count": 0, "portrait": False, "sure": 0.9}, "taken": "2019-05-04T12:00:00", "taken_by": "EXIF"}


@pytest.fixture
def history(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with open_history(tmp_path) as connection:
        yield connection


def members(count: int) -> list[MemberRecord]:
    return [
        MemberRecord(
            Path(f"/photos/2019/{number // 100}/IMG_{number:05}.JPG"),
            f"{number * 2**200 + number**9:064x}",
            number % 2,
            number // 2,
            f"a photo of a dog, probably a {('pug', 'beagle', 'boxer')[number % 3]}",
            0.9 - number / 7e5,
            1 - number % 2,
            0.5 - number / 9e5,
            FACTS,
        )
        for number in range(count)
    ]


def preview(history: sqlite3.Connection, count: int = 2, **changes: object) -> int:
    values = {"source": Path("/photos"), "destination": Path("/photos-sorted"), "mode": "copy", "settings": {"k": 2}}
    companions = [CompanionRecord(Path("/photos/2019/0/IMG_00000.xmp"), "cc", Path("/photos/2019/0/IMG_00000.JPG"))]
    every = {"clusters": CLUSTERS, "members": members(count), "left": [], "companions": companions}
    return Runs(history).add(**{**values, **every, **changes})


def rows(history: sqlite3.Connection) -> int:
    return int(history.execute("SELECT count(*) FROM members").fetchone()[0])


def numbers(history: sqlite3.Connection) -> list[int]:
    return [run.id for run in Runs(history).all()]


def size(history: sqlite3.Connection) -> int:
    pages, free, each = (
        int(history.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * each


def test_a_preview_takes_a_fifth_of_its_rows(history: sqlite3.Connection) -> None:
    empty = size(history)
    run = preview(history, 5000)
    before = size(history) - empty
    Runs(history).members(run)
    assert rows(history) == 5000
    assert before < (size(history) - empty) / 5


def test_a_preview_is_counted_as_it_lies_and_read_as_it_was_stored(history: sqlite3.Connection) -> None:
    run, runs = preview(history, 7), Runs(history)
    assert (runs.sizes(run), runs.files(run), rows(history)) == ({0: 4, 1: 3}, 8, 0)
    assert sorted(runs.members(run), key=lambda member: member.path) == members(7)
    assert (runs.sizes(run), runs.files(run), rows(history)) == ({0: 4, 1: 3}, 8, 7)
    assert runs.companions(run) == {Path("/photos/2019/0/IMG_00000.xmp"): Path("/photos/2019/0/IMG_00000.JPG")}


@pytest.mark.parametrize(
    "look",
    [
        lambda runs, run: runs.member_at(run, Path("/photos/2019/0/IMG_00000.xmp")),
        lambda runs, run: runs.member_with(run, members(1)[0].digest),
        lambda runs, run: runs.runner_ups(run),
        lambda runs, run: runs.companions(run),
        lambda runs, run: runs.start(run),
    ],
)
def test_whatever_is_asked_of_a_preview_finds_its_photos(history: sqlite3.Connection, look) -> None:
    preview(history), preview(history)
    look(Runs(history), 1)
    assert rows(history) == 2


def test_what_is_asked_of_all_runs_finds_previews_too(history: sqlite3.Connection) -> None:
    preview(history)
    digest = members(1)[0].digest
    assert members_of_folders(history, "dogs 0") == (1, {digest})
    preview(history)
    assert [told.run for told in told_of(history, [digest])[digest]] == [2, 1]


def as_it_was_packed_before(history: sqlite3.Connection, run: int) -> None:
    """Make the piece of a run one compressed JSON of all columns."""
    (content,) = history.execute("SELECT content FROM packed WHERE run = ?", (run,)).fetchone()
    tables = [[_written(column) for column in table] for table in _tables(content)]
    old = zlib.compress(json.dumps(tables).encode())
    history.execute("UPDATE packed SET content = ? WHERE run = ?", (old, run))


@pytest.mark.parametrize("before", [False, True])
def test_what_is_asked_of_all_runs_leaves_previews_packed(history: sqlite3.Connection, before: bool) -> None:
    """What is said of a photo is the same before and after its preview is unpacked, and however that was packed."""

    def said() -> tuple[object, ...]:
        digests = [member.digest for member in members(5)]
        captions = written_captions(history, "tags")
        return told_of(history, digests), captions, described(history, digests), described(history, digests, 1)

    other = {"settings": {"captioner": "blip"}}
    changed = [replace(member, cluster=1 - member.cluster, caption="a cat") for member in members(4)]
    preview(history, 5, **other), preview(history, members=changed, **other), preview(history, 3)
    preview(history, 5, settings={"command": "duplicates"})
    if before:
        as_it_was_packed_before(history, 1), as_it_was_packed_before(history, 2)
    lying = said()
    assert rows(history) == 0
    told, captions, newest, first = lying
    assert [each.run for each in told[members(1)[0].digest]] == [3, 2, 1]
    assert sorted(captions.values()) == ["a cat"] * 4 + [members(5)[4].caption]
    assert [each.run for each in newest.values()] == [3, 3, 3, 2, 1]
    assert {each.run for each in first.values()} == {1}
    for run in (1, 2, 3, 4):
        Runs(history).members(run)
    assert rows(history) == 17
    assert said() == lying


def test_a_preview_that_was_packed_before_is_read(history: sqlite3.Connection) -> None:
    run = preview(history, 7)
    as_it_was_packed_before(history, run)
    assert Runs(history).standing(run, "you") == (0, 0)
    assert sorted(Runs(history).members(run), key=lambda member: member.path) == members(7)


def test_only_the_columns_that_are_asked_for_are_read(history: sqlite3.Connection) -> None:
    """A piece whose other columns are damaged still says what is asked of it."""
    preview(history, 5)
    (content,) = history.execute("SELECT content FROM packed").fetchone()
    first = len(MARK) + LENGTH
    start = first + int.from_bytes(content[len(MARK) : first], "big")
    ends = [start, *(start + sum(json.loads(content[first:start])[0][: place + 1]) for place in range(12))]
    begin, end = ends[packed.FACTS : packed.FACTS + 2]
    history.execute("UPDATE packed SET content = ?", (content[:begin] + bytes(end - begin) + content[end:],))
    assert len(told_of(history, [member.digest for member in members(5)])) == 5
    assert described(history, [members(1)[0].digest]) == {}


def test_a_preview_that_was_packed_before_the_table_grew_is_read(history: sqlite3.Connection) -> None:
    run = preview(history)
    history.execute("ALTER TABLE members ADD COLUMN grown INTEGER NOT NULL DEFAULT 3")
    assert len(Runs(history).members(run)) == 2
    assert history.execute("SELECT DISTINCT grown FROM members").fetchall() == [(3,)]


def test_a_damaged_piece_is_said_and_left(history: sqlite3.Connection) -> None:
    run = preview(history)
    history.execute("UPDATE packed SET content = x'00'")
    with pytest.raises(StoreDamaged, match=r"history\.sqlite is damaged \(run 1: .*Preview the folder again"):
        Runs(history).members(run)
    assert history.execute("SELECT count(*) FROM packed").fetchone() == (1,)


def test_a_damaged_piece_keeps_no_other_from_being_read(history: sqlite3.Connection) -> None:
    preview(history), preview(history)
    history.execute("UPDATE packed SET content = x'00' WHERE run = 1")
    assert [told.run for told in told_of(history, [members(1)[0].digest])[members(1)[0].digest]] == [2]
    assert history.execute("SELECT run FROM packed").fetchall() == [(1,), (2,)]


def test_what_stood_before_is_counted_as_it_lies(history: sqlite3.Connection) -> None:
    first, second, third = members(3)
    by_user = replace(first, standing=True, answer={"by": "you"})
    run = preview(history, members=[by_user, replace(second, standing=True), replace(third, answer={"by": "you"})])
    runs = Runs(history)
    assert (runs.standing(run, "you"), rows(history)) == ((2, 1), 0)
    runs.members(run)
    assert (runs.standing(run, "you"), rows(history)) == ((2, 1), 3)


def test_a_list_of_runs_leaves_previews_packed(tmp_path: Path) -> None:
    with open_history(tmp_path) as history:
        preview(history, 7), preview(history, 4)
        history.execute("UPDATE packed SET content = x'00' WHERE run = 1")
    assert [(past.photos, past.files, past.before) for past in past_runs(tmp_path)] == [(4, 5, 0), (7, 8, 0)]
    with open_history(tmp_path) as history:
        assert rows(history) == 0


def test_a_caption_with_half_a_character_is_read(history: sqlite3.Connection) -> None:
    run = preview(history, members=[replace(members(1)[0], caption="a dog \ud83d")])
    assert [member.caption for member in Runs(history).members(run)] == ["a dog \\ud83d"]


def test_a_piece_that_has_half_a_character_already_is_read() -> None:
    assert _read(_written(["a \ud83d", "b"])) == ["a \\ud83d", "b"]


def test_a_full_disk_is_said_and_leaves_the_preview(history: sqlite3.Connection) -> None:
    run = preview(history, 500)
    pages = history.execute("PRAGMA page_count").fetchone()[0]
    history.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreError, match="full"):
        Runs(history).members(run)
    assert rows(history) == 0
    history.execute("PRAGMA max_page_count = 100000")
    assert len(Runs(history).members(run)) == 500


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8")), st.floats(allow_nan=False), st.integers())))
def test_columns_come_back(column: list[object]) -> None:
    assert [(type(value), value) for value in _read(_written(column))] == [(type(value), value) for value in column]


@given(st.lists(st.binary()))
def test_paths_of_any_bytes_come_back(column: list[bytes]) -> None:
    assert _read(_written(column)) == column


def test_the_last_previews_are_kept(history: sqlite3.Connection) -> None:
    for _ in range(KEPT + 3):
        preview(history)
        drop_old_previews(history)
    assert numbers(history) == list(range(KEPT + 3, 3, -1))
    for table in ("clusters", "packed"):
        assert history.execute(f"SELECT DISTINCT run FROM {table} ORDER BY 1").fetchone() == (4,)


def test_space_of_dropped_previews_is_used_again(history: sqlite3.Connection) -> None:
    for _ in range(KEPT + 1):
        Runs(history).members(preview(history, 500))
        drop_old_previews(history)
    pages = history.execute("PRAGMA page_count").fetchone()
    for _ in range(10):
        Runs(history).members(preview(history, 500))
        drop_old_previews(history)
    assert history.execute("PRAGMA page_count").fetchone()[0] <= 1.3 * pages[0]


def test_what_others_were_made_from_is_kept(history: sqlite3.Connection) -> None:
    filed, planned, named, edited, unwanted = (preview(history) for _ in range(5))
    Runs(history).start(filed)
    keep(history, planned)
    Runs(history).start(preview(history, settings={"names_from": named}))
    Runs(history).start(preview(history, settings={"edited_run": edited, "names_from": None}))
    for _ in range(KEPT):
        preview(history)
    assert drop_old_previews(history) == [unwanted]
    assert {filed, planned, named, edited} < set(numbers(history))


def test_a_dropped_preview_is_said_to_be_one(history: sqlite3.Connection) -> None:
    for _ in range(KEPT + 2):
        preview(history)
    drop_old_previews(history)
    with pytest.raises(NoSuchRun, match=r"Run 2 was a preview and is no longer kept\. photosort keeps the last 5"):
        Runs(history).get(2)
    with pytest.raises(NoSuchRun, match="Run 1 was a preview"):
        Runs(history).start(1)
    with pytest.raises(NoSuchRun, match="Run 1 was a preview and is no longer kept"):
        read_filing(history, 1)
    with pytest.raises(NoSuchRun, match="Run 8 does not exist"):
        Runs(history).get(KEPT + 3)
