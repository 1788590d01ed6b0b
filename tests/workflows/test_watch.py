"""What lies in a folder is added, then what arrives; whatever fails is said, and tried again."""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.models import COLOURS, use_colours
from fakes.photos import digests, filed
from fakes.walls import models as coloured
from fakes.walls import walls

from photosort.errors import Busy, NoDestination, OwnDestination, SourceMissing, Unfinished
from photosort.filing.disk.lock import hold
from photosort.filing.journaled import executor
from photosort.models import registry
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.support.progress import Progress, silent
from photosort.watching.arrivals import Patience
from photosort.workflows import watch as workflow
from photosort.workflows.add import destination_run, models_like
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.following import Followed
from photosort.workflows.history import resume_run, undo_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized
from photosort.workflows.watch import Away, Batch, Event, Failed, Finished, There, check_watchable, watch

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)
    monkeypatch.setattr(workflow, "GAP", 0.05)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    done = organize(tmp_path / "in", tmp_path / "out", coloured(k=2))
    assert isinstance(done, Organized)
    for folder in done.prepared.plan.folders:
        folder.path.rename(tmp_path / "out" / folder.photos[0].source.name.partition("-")[0].capitalize())
    return tmp_path / "out"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def carry(work: Callable[[Progress], Organized | Unchanged]) -> Organized | Unchanged:
    return work(silent)


def watching(folder: Path, *, mode: str | None = None) -> Iterator[Event]:
    settings = load_settings()
    run = destination_run(settings.data_dir)
    patience = Patience(quiet=0.2, longest=5, again=0.5, rarest=0.5, every=1)
    return watch(check_watchable(folder, run), run, models_like(run, settings, mode=mode), carry, patience=patience)


def coming(event: Event) -> dict[str, list[str]]:
    assert isinstance(event, Batch) and isinstance(event.added, Organized), event
    return {folder.name: [photo.source.name for photo in folder.photos] for folder in event.added.prepared.plan.folders}


def arrive(folder: Path, colour: str, numbers: range, suffix: str = "") -> None:
    """Let photos arrive as a careful program does: whole, by a rename."""
    walls(folder.with_name("elsewhere"), colour, numbers)
    for number in numbers:
        photo = folder.with_name("elsewhere") / f"{colour}-{number}.png"
        photo.rename(folder / f"{photo.name}{suffix}")


def test_what_lies_there_is_added_first_and_then_what_arrives(
    out: Path, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    once = registry.image_encoder
    monkeypatch.setattr(registry, "image_encoder", lambda settings: made.append(settings) or once(settings))
    arrive(inbox, "red", range(20, 22))
    shutil.copy(tmp_path / "in" / "red-0.png", inbox)
    events = watching(inbox)
    first = next(events)
    assert coming(first) == {"Red": ["red-20.png", "red-21.png"]}
    arrive(inbox, "blue", range(20, 21))
    (inbox / "blue-20.xmp").write_text("<x/>")
    assert coming(next(events)) == {"Blue": ["blue-20.png"]} and (out / "Blue" / "blue-20.xmp").exists()
    assert len(made) == 1, "the models stay"
    assert set(Counter(digests(out)).values()) == {1} and len(filed(inbox)) == 5
    with open_history(load_settings().data_dir) as connection:
        assert [run.settings.get("command") for run in Runs(connection).all()] == ["watch", "watch", None]
    with hold(out, load_settings().data_dir):
        assert True, "nothing is held between batches"


def test_a_kind_that_arrives_batch_by_batch_gets_a_folder(
    out: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COLOURS, "orange", (200, 120, 30))
    arrive(inbox, "orange", range(3))
    events = watching(inbox)
    (nearest,) = coming(next(events))
    arrive(inbox, "orange", range(3, 5))
    event = next(events)
    (kind,) = coming(event)
    assert kind not in ("Red", "Blue") and len(list((out / nearest).glob("orange-*.png"))) == 3
    assert isinstance(event, Batch) and isinstance(event.added, Organized) and event.added.prepared.continues
    assert event.added.prepared.continues.kin == {kind: {nearest: 3}}


def test_what_is_half_written_waits_until_it_is_whole(out: Path, inbox: Path) -> None:
    arrive(inbox, "red", range(20, 22))
    whole = (inbox / "red-20.png").read_bytes()
    (inbox / "red-20.png").write_bytes(whole[:200])
    (inbox / "red-21.png.part").touch()
    events = watching(inbox)
    event = next(events)
    assert isinstance(event, Batch) and isinstance(event.added, Unchanged)
    assert [one.path.name for one in event.added.left] == ["red-20.png"], "the other is not read at all"
    (inbox / "red-20.png").write_bytes(whole)
    assert coming(next(events)) == {"Red": ["red-20.png"]}
    (inbox / "red-21.png.part").unlink()
    assert coming(next(events)) == {"Red": ["red-21.png"]}


def test_a_destination_inside_is_not_watched(out: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "in")
    walls(tmp_path / "later", "red", range(20, 21))
    events = watching(tmp_path)
    assert coming(next(events)) == {"Red": ["red-20.png"]}
    walls(tmp_path / "later", "red", range(21, 22))
    assert coming(next(events)) == {"Red": ["red-21.png"]}


def test_what_an_undo_took_back_does_not_come_again(out: Path, inbox: Path) -> None:
    arrive(inbox, "red", range(20, 22))
    events = watching(inbox, mode="move")
    assert coming(next(events)) == {"Red": ["red-20.png", "red-21.png"]} and filed(inbox) == []
    undo_run(load_settings().data_dir)
    assert len(filed(inbox)) == 2
    arrive(inbox, "blue", range(20, 21))
    assert coming(next(events)) == {"Blue": ["blue-20.png"]}
    assert sorted(path.name for path in filed(inbox)) == ["red-20.png", "red-21.png"]
    events = watching(inbox)
    arrive(inbox, "blue", range(21, 22))
    assert coming(next(events)) == {"Blue": ["blue-21.png"]}


def test_a_batch_that_fails_is_tried_again(out: Path, inbox: Path, tmp_path: Path) -> None:
    arrive(inbox, "red", range(20, 22))
    events = watching(inbox)
    out.rename(tmp_path / "unmounted")
    for _ in range(2):
        event = next(events)
        assert isinstance(event, Failed) and event.photos == 2 and isinstance(event.error, NoDestination)
    (tmp_path / "unmounted").rename(out)
    with hold(out, load_settings().data_dir):
        event = next(events)
        assert isinstance(event, Failed) and isinstance(event.error, Busy)
    assert coming(next(events)) == {"Red": ["red-20.png", "red-21.png"]}


def test_a_disk_that_is_full_stops_a_batch_until_there_is_room(
    out: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    arrive(inbox, "red", range(20, 23))
    events = watching(inbox)
    with monkeypatch.context() as patched:
        patched.setattr(executor, "copy_whole", full)
        event = next(events)
        assert isinstance(event, Batch) and isinstance(event.added, Organized) and event.added.outcome
        assert "no space left on device" in event.added.outcome.stopped
        again = next(events)
        assert isinstance(again, Finished) and again.outcome.stopped
    last = next(events)
    assert isinstance(last, Finished) and (last.outcome.stopped, last.outcome.photos) == ("", 3)
    known = next(events)
    assert isinstance(known, Batch) and isinstance(known.added, Unchanged) and known.added.photos == 3
    assert set(Counter(digests(out)).values()) == {1} and len(list((out / "Red").glob("red-2?.png"))) == 3


def test_the_unfinished_run_of_another_command_is_left_to_the_user(
    out: Path, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    walls(tmp_path / "in", "blue", range(20, 22))
    with monkeypatch.context() as patched:
        patched.setattr(executor, "copy_whole", full)
        organize(tmp_path / "in", out, coloured())
    arrive(inbox, "red", range(20, 21))
    events = watching(inbox)
    event = next(events)
    assert (
        isinstance(event, Failed) and isinstance(event.error, Unfinished) and "photosort resume 2" in event.error.hint
    )
    resume_run(load_settings().data_dir)
    assert coming(next(events)) == {"Red": ["red-20.png"]}


def test_a_folder_that_is_away_is_waited_for(out: Path, inbox: Path, tmp_path: Path) -> None:
    arrive(inbox, "red", range(20, 21))
    events = watching(inbox)
    assert coming(next(events)) == {"Red": ["red-20.png"]}
    inbox.rename(tmp_path / "unplugged")
    assert next(events) == Away()
    (tmp_path / "unplugged").rename(inbox)
    assert next(events) == There()
    arrive(inbox, "red", range(21, 22))
    assert coming(next(events)) == {"Red": ["red-21.png"]}


def test_what_cannot_be_watched_is_refused(out: Path, inbox: Path, tmp_path: Path) -> None:
    for folder, kind, message in (
        (out, OwnDestination, "out is the destination"),
        (out / "Red", OwnDestination, "Red lies inside the destination"),
        (tmp_path / "nothing", SourceMissing, r"nothing is not a folder\. Name the folder in which photos arrive"),
        (tmp_path / "in" / "red-0.png", SourceMissing, "red-0.png is not a folder"),
    ):
        with pytest.raises(kind, match=message):
            next(watching(folder))
    shutil.rmtree(out)
    with pytest.raises(NoDestination, match="out is not there any more"):
        next(watching(inbox))


@pytest.mark.parametrize("mode", ["copy", "move"])
def test_a_sidecar_that_arrives_after_its_photo_follows_it(out: Path, inbox: Path, mode: str) -> None:
    walls(inbox, "red", range(20, 22))
    events = watching(inbox, mode=mode)
    next(events)
    (out / "Red").rename(out / "Our barn")
    (inbox / "red-20.xmp").write_text("<x:xmpmeta/>")
    (inbox / "letter.xmp").write_text("<x:xmpmeta/>")
    event = next(events)
    assert isinstance(event, Batch) and isinstance(event.added, Followed) and event.added.outcome
    assert (event.added.outcome.files, event.added.outcome.stopped) == (1, "")
    assert (out / "Our barn" / "red-20.xmp").exists() and (inbox / "letter.xmp").exists()
    assert (inbox / "red-20.xmp").exists() == (mode == "copy")
    undo_run(load_settings().data_dir)
    assert not (out / "Our barn" / "red-20.xmp").exists() and (inbox / "red-20.xmp").exists()
