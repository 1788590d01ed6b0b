"""A second run continues the first: what lies there stays, new photos join, and what the user has put right counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.filing_kit import tree
from fakes.photos import filed
from fakes.walls import again, coming, contents, first, models, walls

from photosort.errors import OwnDestination
from photosort.filing.plan.model import Mode
from photosort.settings.settings import load_settings
from photosort.store.cache import cache_file
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.earlier_runs.continuing import TAKEN_OUT, Unchanged
from photosort.workflows.history import undo_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized

pytestmark = pytest.mark.usefixtures("colours")


def test_nothing_new_is_said_and_nothing_done(source: Path, out: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    done = organize(source, out, models())
    assert isinstance(done, Unchanged) and (done.run, done.photos, done.left) == (1, 16, ())
    assert tree(tmp_path) == before
    with open_history(load_settings().data_dir) as connection:
        assert len(Runs(connection).all()) == 1


def test_new_photos_join_folders_as_they_are_called_now(source: Path, out: Path) -> None:
    (out / "Red").rename(out / "Our barn")
    (out / "Our barn" / "red-0.png").rename(out / "Our barn" / "The gate.png")
    (out / "Our barn" / "red-1.png").rename(out / "Blue" / "red-1.png")
    walls(source / "new", "red", range(20, 24))
    walls(source / "new", "blue", range(20, 23))
    done = again(source, out)
    assert coming(done) == {
        "Blue": [f"blue-{number}.png" for number in range(20, 23)],
        "Our barn": [f"red-{number}.png" for number in range(20, 24)],
    }
    assert set(contents(out).values()) == {1}, "no photo lies there twice"
    assert (out / "Blue" / "red-1.png").exists() and (out / "Our barn" / "The gate.png").exists()
    assert done.prepared.continues is not None and done.prepared.continues.sizes == {"Blue": 9, "Our barn": 7}
    assert isinstance(organize(source, out, models()), Unchanged)


def test_enough_of_another_kind_get_a_folder_of_their_own(source: Path, out: Path) -> None:
    walls(source, "green", range(9))
    walls(source, "red", range(20, 21))
    done = again(source, out)
    (green,) = set(coming(done)) - {"Red"}
    assert len(coming(done)[green]) == 9 and coming(done)["Red"] == ["red-20.png"]
    assert (out / green / "ABOUT.txt").exists()
    assert [path.name for path in (out / "Red").glob("ABOUT*")] == ["ABOUT.txt"], "the first run wrote it"


def test_what_the_user_took_out_stays_out(source: Path, out: Path) -> None:
    (out / "Red" / "red-0.png").unlink()
    shutil.rmtree(out / "Blue")
    walls(source, "red", range(20, 22))
    done = again(source, out)
    assert coming(done) == {"Red": ["red-20.png", "red-21.png"]}
    left = {one.path.name: one.reason for one in done.prepared.plan.left}
    assert left == dict.fromkeys(["red-0.png", *(f"blue-{number}.png" for number in range(8))], TAKEN_OUT)
    fresh = organize(source, out, models(k=2), fresh=True)
    assert isinstance(fresh, Organized) and sum(map(len, coming(fresh).values())) == 18


def test_a_copy_that_was_edited_is_not_put_there_again(source: Path, out: Path) -> None:
    with (out / "Red" / "red-0.png").open("ab") as file:
        file.write(b"edited")
    (out / "Red" / "red-1.png").write_bytes(b"broken")
    before = tree(out)
    done = organize(source, out, models())
    assert isinstance(done, Unchanged) and done.photos == 14
    assert {one.path.name: one.reason for one in done.left} == dict.fromkeys(["red-0.png", "red-1.png"], TAKEN_OUT)
    assert tree(out) == before


def test_a_link_that_leads_nowhere_is_made_anew(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    walls(source, "red", range(8))
    walls(source, "blue", range(8))
    first(source, out, mode="symlink")
    (source / "red-0.png").rename(source / "The gate.png")
    done = again(source, out, mode="symlink")
    assert coming(done) == {"Red": ["The gate.png"]} and (out / "Red" / "The gate.png").exists()


def test_a_source_that_is_empty_after_a_move_has_nothing_new(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    walls(source, "red", range(8))
    walls(source, "blue", range(8))
    first(source, out, mode="move")
    done = organize(source, out, models(mode="move"))
    assert isinstance(done, Unchanged) and done.photos == 0


def test_undo_takes_back_what_the_second_run_added(source: Path, out: Path) -> None:
    before = tree(out)
    walls(source, "red", range(20, 24))
    walls(source, "green", range(9))
    again(source, out)
    assert len(filed(out)) == 29
    undo_run(load_settings().data_dir)
    assert tree(out) == before
    assert len(filed(out)) == 16


def test_after_an_undo_the_first_run_is_made_anew(source: Path, out: Path) -> None:
    for folder in ("Red", "Blue"):
        with open_history(load_settings().data_dir) as connection:
            (name,) = (
                one.folder
                for one in Runs(connection).clusters(1)
                if any(folder.lower() in word for word, _ in one.keywords)
            )
        (out / folder).rename(out / name)
    undo_run(load_settings().data_dir)
    assert sum(map(len, coming(again(source, out, k=2)).values())) == 16


def test_a_destination_without_photos_is_sorted_anew(source: Path, out: Path) -> None:
    shutil.rmtree(out)
    assert sum(map(len, coming(again(source, out, k=2)).values())) == 16


def test_the_destination_itself_is_sorted_only_when_asked(source: Path, out: Path, tmp_path: Path) -> None:
    with pytest.raises(OwnDestination, match=r"is where run 1 put the photos of .*in\. To add .*--fresh"):
        organize(out, tmp_path / "other", models())
    done = organize(out, tmp_path / "other", models(k=2), fresh=True, dry_run=True)
    assert isinstance(done, Organized)
    source.rename(tmp_path / "gone")
    assert isinstance(organize(out, tmp_path / "other", models(k=2), dry_run=True), Organized), "nothing to continue"


def test_folders_of_the_users_own_are_not_joined(source: Path, out: Path) -> None:
    walls(out / "Mine", "red", range(50, 58))
    walls(source, "red", range(20, 22))
    assert coming(again(source, out)) == {"Red": ["red-20.png", "red-21.png"]}
    shutil.copy(out / "Mine" / "red-50.png", source)
    assert isinstance(organize(source, out, models()), Unchanged), "it lies there already, whoever has put it there"


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_is_continued(tmp_path: Path, mode: Mode) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    walls(source, "red", range(8))
    walls(source, "blue", range(8))
    first(source, out, mode=mode.value)
    walls(source, "red", range(20, 22))
    done = again(source, out, mode=mode.value)
    assert coming(done) == {"Red": ["red-20.png", "red-21.png"]}
    assert done.outcome is not None and done.outcome.photos == 2
    chosen = models(mode=mode.value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} is read again"))
        assert mode is Mode.MOVE or isinstance(organize(source, out, chosen), Unchanged)


def test_without_its_cache_everything_is_looked_at_again(source: Path, out: Path) -> None:
    cache_file(load_settings().cache_dir).unlink()
    walls(source, "blue", range(20, 22))
    assert coming(again(source, out)) == {"Blue": ["blue-20.png", "blue-21.png"]}


def test_a_broken_file_at_the_destination_harms_nothing(source: Path, out: Path) -> None:
    (out / "Red" / "broken.png").write_bytes(b"no picture")
    walls(source, "red", range(20, 22))
    done = again(source, out)
    assert coming(done) == {"Red": ["red-20.png", "red-21.png"]} and done.prepared.plan.left == ()


def test_the_number_of_folders_and_a_second_level_change_nothing_that_stands(source: Path, out: Path) -> None:
    walls(source, "red", range(20, 22))
    assert coming(again(source, out, k=7, levels=2, outliers=True)) == {"Red": ["red-20.png", "red-21.png"]}


def test_what_a_preview_showed_is_filed(source: Path, out: Path) -> None:
    walls(source, "red", range(20, 24))
    shown = organize(source, out, models(), dry_run=True)
    assert isinstance(shown, Organized) and shown.outcome is None
    assert coming(shown) == coming(again(source, out))


def test_what_an_undo_could_not_take_back_is_not_put_there_twice(source: Path, out: Path) -> None:
    before = tree(out)
    _, outcome = undo_run(load_settings().data_dir)
    assert len(outcome.kept) >= 16, "the user has renamed both folders"
    walls(source, "red", range(20, 22))
    done = again(source, out)
    assert len(done.prepared.plan.files) == 2 and set(contents(out).values()) == {1}
    assert before.items() <= tree(out).items()


def test_a_fresh_run_counts_what_would_lie_twice_in_renamed_folders_too(source: Path, out: Path) -> None:
    walls(source, "red", range(20, 22))
    done = organize(source, out, models(k=2), fresh=True, dry_run=True)
    assert isinstance(done, Organized)
    assert done.prepared.twice == {1: 16}
