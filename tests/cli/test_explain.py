"""Names from disk and commands with brackets are shown letter by letter, never read as markup."""

import importlib.util
import io
import json
from pathlib import Path

import pytest
from fakes import small_history
from fakes.models import ColourCaptioner
from PIL import Image
from rich.console import Console, RenderableType
from typer.testing import CliRunner, Result

from photosort.cli import past
from photosort.cli.app import app
from photosort.filing.journaled.apply import Outcome, Remark
from photosort.filing.journaled.undo import UndoOutcome
from photosort.filing.plan.model import Mode
from photosort.models import registry
from photosort.photos.facts.facts import Facts, Kind, People
from photosort.store.history import open_history
from photosort.store.journals.journal import Filing, FilingState
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs

ODD = {"IMG [/b].jpg": "IMG [/b].jpg", "x [copy].jpg": "x [copy].jpg", "e\x1b[2J.jpg": "e\\x1b[2J.jpg"}
"""Names as they are on disk, and as they may be shown."""


def stored(data: Path, name: str) -> None:
    """A preview of two photos of this name, in two folders named after it, and a third that is left because of it."""
    with open_history(data) as connection:
        Runs(connection).add(
            source=Path("/photos"),
            destination=Path("/photos-sorted"),
            mode="copy",
            settings={},
            clusters=[
                ClusterRecord(
                    number, f"{number} {name}", name, name, ((name.lower(), 1),), "keywords", 0.9, f"llm: {name}"
                )
                for number in (0, 1)
            ],
            members=[
                MemberRecord(Path(folder) / name, folder, number, 0, name, 0.9, 1 - number, 0.5)
                for number, folder in enumerate(("/photos", "/photos/more"))
            ],
            left=[(Path("/photos/left") / name, f"because of {name}")],
        )


def photosort(*arguments: object) -> Result:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done


def drawn(view: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=200, highlight=False)
    console.print(view)
    return console.file.getvalue()


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_shown_whole(own_folders: Path, name: str) -> None:
    stored(own_folders / "data", name)
    shown = ODD[name]
    photo = photosort("explain", Path("/photos") / name).output
    assert f"0 {shown}" in photo
    assert f"caption     {shown}" in photo
    assert f"“1 {shown}”" in photo
    assert f"from        /photos/{shown}" in photo
    unread = photosort("explain", "--unread").output
    assert f"because of {shown}" in unread
    assert f"/photos/left/{shown}" in unread
    assert json.loads(photosort("explain", "--json").output)["clusters"][0]["folder"] == f"0 {name}"
    run = photosort("explain").output
    assert f"0 {shown}" in run
    assert "\x1b" not in photo + unread + run


def test_a_photo_that_was_set_aside_is_told_its_nearest_folder(own_folders: Path) -> None:
    with open_history(own_folders / "data") as connection:
        Runs(connection).add(
            source=Path("/photos"),
            destination=Path("/photos-sorted"),
            mode="copy",
            settings={},
            clusters=[
                ClusterRecord(0, "Dogs [x]", "Dogs", "Dogs", (), "keywords", 0.9),
                ClusterRecord(1, "Unsorted", "Unsorted", "Unclear.", (), "outliers", 0.4),
            ],
            members=[MemberRecord(Path("/photos/a.jpg"), "a", 1, 0, "a dog", 0.42, 0, 0.42)],
            left=[],
        )
    shown = " ".join(photosort("explain", "/photos/a.jpg").output.split())
    assert "a.jpg → Unsorted" in shown and "nearest 0.42 to “Dogs [x]”, hardly more than to the next" in shown
    assert "its own folder" not in shown


def test_the_facts_of_a_photo_are_shown_with_how_sure_they_are(own_folders: Path) -> None:
    facts = Facts(
        People(2, portrait=False, sure=0.914),
        Kind("screenshot", 0.97, ("name", "size")),
        "2019-07-14T12:33:01+02:00",
        "name",
        (48.2, 16.37),
    )
    member = MemberRecord(Path("/photos/a.jpg"), "a", 0, 0, "a dog", 0.42, 0, 0.42, facts.as_dict())
    with open_history(own_folders / "data") as connection:
        Runs(connection).add(
            source=Path("/photos"),
            destination=Path("/photos-sorted"),
            mode="copy",
            settings={},
            clusters=[ClusterRecord(0, "Dogs", "Dogs", "Dogs", (), "keywords", 0.9)],
            members=[member],
            left=[],
        )
    shown = " ".join(photosort("explain", "/photos/a.jpg").output.split())
    assert "kind screenshot, 97% sure (by its name and size)" in shown
    assert "people 2 faces, 91% sure" in shown
    assert "taken 2019-07-14 12:33:01+02:00 (by its name)" in shown
    assert "place Vienna, Austria (48.20000, 16.37000)" in shown
    found = json.loads(photosort("explain", "/photos/a.jpg", "--json").output)
    assert Facts.from_dict(found["facts"]) == facts


def test_programs_are_told_what_became_of_the_photo(own_folders: Path) -> None:
    stored(own_folders / "data", "a.jpg")
    found = json.loads(photosort("explain", "/photos/a.jpg", "--json").output)
    assert found["now"] == "not placed: run 1 was a preview"
    assert "not placed: run 1 was a preview" in photosort("explain", "/photos/a.jpg").output


def test_the_command_for_a_missing_library_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "xllamacpp" else real(name))
    shown = " ".join(photosort("models").output.split())
    assert "-m pip install xllamacpp && photosort models pull smollm2" in shown


@pytest.mark.parametrize("name", ODD)
def test_reasons_of_undo_and_resume_are_shown_whole(name: str) -> None:
    filing = Filing(1, "token", Path("/photos"), Path("/out"), "copy", FilingState.UNDOING, "")
    remarks = (Remark(Path("/out") / name, f"stays with {name}"),)
    undone = drawn(past._undone(filing, UndoOutcome(Mode.COPY, 1, remarks, remarks, 0, f"{name} is gone")))
    finished = drawn(past._finished(filing, Outcome(Mode.COPY, 1, 1, 1, 0, remarks, (), f"{name} is gone")))
    for shown in (undone, finished):
        assert f"/out/{ODD[name]}: stays with {ODD[name]}" in shown
        assert f"Stopped: {ODD[name]} is gone" in shown
        assert "\x1b" not in shown


def test_why_a_name_is_not_the_writers_is_shown(own_folders: Path, tmp_path: Path) -> None:
    stored(own_folders / "data", "IMG.jpg")
    assert "llm: IMG.jpg" in photosort("explain").output
    assert "llm: IMG.jpg" in photosort("explain", "/photos/IMG.jpg").output
    assert [one["note"] for one in json.loads(photosort("explain", "--json").output)["clusters"]] == [
        "llm: IMG.jpg"
    ] * 2
    assert json.loads(photosort("explain", "/photos/IMG.jpg", "--json").output)["note"] == "llm: IMG.jpg"


def test_a_folder_shows_its_cohesion_and_its_edge(own_folders: Path) -> None:
    with open_history(own_folders / "data") as connection:
        Runs(connection).add(
            source=Path("/photos"),
            destination=Path("/photos-sorted"),
            mode="copy",
            settings={},
            clusters=[
                ClusterRecord(0, "Dogs [x]", "Dogs", "Dogs at play.", (("dog", 6),), "llm", 0.75, "why [y]"),
                ClusterRecord(1, "Cats [/x]", "Cats", "Cats", (), "keywords", 0.9),
            ],
            members=[
                MemberRecord(Path(f"/photos/{n}[b].jpg"), f"{n}", 0, n, "a dog", 0.9 - n / 10, 1, 0.2) for n in range(6)
            ]
            + [MemberRecord(Path("/photos/cat.jpg"), "cat", 1, 0, "a cat", 0.9, 0, 0.1)],
            left=[],
        )
    shown = photosort("explain", "/photos-sorted/Dogs [x]").output
    for label, text in [
        ("about", "Dogs at play."),
        ("its name", "why [y]"),
        ("keywords", "dog 6"),
        ("cohesion", "0.75, the average similarity of a photo to the folder"),
        ("most typical", "/photos/0[b].jpg  0.90"),
        ("least typical", "5[b].jpg 0.40  leans to “Cats [/x]” 0.20"),
        ("next", "“Cats [/x]”, the next best for 6 of 6 photos"),
    ]:
        assert any(line.startswith(label) and text in line for line in shown.splitlines()), (label, shown)
    assert shown.startswith("Dogs [x]   6 photos\n")
    found = json.loads(photosort("explain", "/photos-sorted/Dogs [x]", "--json").output)
    assert (found["folder"], found["photos"], found["cohesion"]) == ("Dogs [x]", 6, 0.75)
    assert found["members"][5] == {"path": "/photos/5[b].jpg", "similarity": 0.4}
    assert found["next"] == [{"folder": "Cats [/x]", "photos": 6}]
    assert json.loads(photosort("explain", "/photos-sorted", "--json").output)["clusters"][1]["folder"] == "Cats [/x]"
    assert found["edge"][0] == {"path": "/photos/5[b].jpg", "similarity": 0.4, "leans_to": "Cats [/x]", "margin": 0.2}


@pytest.fixture
def small(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_history.use_letters(monkeypatch)
    small_history.stored(own_folders)
    return own_folders


def test_programs_are_told_what_sets_folders_apart(small: Path) -> None:
    small_history.stored(small, filed=False)
    found = json.loads(photosort("explain", "--json").output)
    assert (found["run"], found["newer"]) == (1, 2)
    dogs, _, cats = found["clusters"]
    assert (dogs["number"], dogs["renamed_to"], dogs["nearest"]["folder"]) == (1, None, "Lakes")
    assert dogs["nearest"]["here"][0] == {"word": "dog", "here": 1.0, "there": 0.0}
    assert cats["exclusive"] == [{"word": "cat", "photos": 3}]
    assert dogs["lie_at"][0] == f"/home/ada/Pictures-sorted/Dogs at play/{Path(dogs['exemplars'][0]).name}"


def test_programs_are_told_the_parts_and_the_edge_of_a_folder(small: Path) -> None:
    found = json.loads(photosort("explain", "dogs", "--json").output)
    assert sum(part["photos"] for part in found["parts"]) == found["photos"] == 16
    assert found["edge"][0]["path"].endswith("IMG_1004.JPG") and found["edge"][0]["leans_to"] == "Lakes"
    assert found["forgotten"] == 0


def test_programs_are_told_the_words_of_a_photo(small: Path) -> None:
    found = json.loads(photosort("explain", "IMG_1004.JPG", "--json").output)
    assert [one for one in found["words"] if one["decides"]] == [
        {"word": "dogs", "pull": pytest.approx(0.06, abs=0.01), "decides": True}
    ]
    assert found["alone"]["picture"]["folder"] == "Lakes"
    assert [one["folder"] for one in found["clusters"]] == ["Dogs at play", "Lakes", "Animals/Cats"]
    assert len(found["neighbours"]) == 3 and found["untold"] is None


def test_a_photo_of_no_run_is_shown_where_it_would_go(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "captioner", lambda settings, question: ColourCaptioner())
    monkeypatch.setattr(registry, "fact_models", lambda settings: None)
    Image.new("RGB", (20, 20), (40, 10, 90)).save(tmp_path / "new.png")
    shown = " ".join(photosort("explain", tmp_path / "new.png").output.split())
    assert "new.png would go to Animals/Cats" in shown
    assert "caption a photo of a blue wall" in shown
    assert "this photo was in no run" in shown
    found = json.loads(photosort("explain", tmp_path / "new.png", "--json").output)
    assert found["in_run"] is False and found["would_go_to"][0]["folder"] == "Animals/Cats"
    assert f"{found['would_go_to'][0]['similarity']:.2f} to the folder (its average is" in shown


def test_what_is_not_known_is_an_error_with_a_next_step(small: Path) -> None:
    for what, code, problem in [
        ("zebras", 11, "There is no path “zebras”, and no folder or photo of run 1 with this name"),
        ("9", 11, "Run 1 has no folder 9: there are 3. photosort explain lists the folders of the run"),
        ("a", 2, "“a” may be 3 folders: 1 Dogs at play, 2 Lakes, 3 Animals/Cats. Give the number"),
        ("", 2, "A path is empty"),
    ]:
        done = CliRunner().invoke(app, ["explain", what])
        assert (done.exit_code, problem in done.output) == (code, True), done.output
    done = CliRunner().invoke(app, ["explain", "dogs", "--left"])
    assert done.exit_code == 2 and "--left takes a run, not dogs" in done.output


def test_a_broken_setting_does_not_keep_a_run_from_being_explained(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOTOSORT_K", "none")
    monkeypatch.delenv("PHOTOSORT_CACHE_DIR")
    assert "parts" in photosort("explain", "dogs").output
