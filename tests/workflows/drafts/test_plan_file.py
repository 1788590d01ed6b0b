"""A plan goes to a file, is edited there, and is carried out as the file says; or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.filing_kit import digests, names, tree
from fakes.models import COLOURS, use_colours
from PIL import Image

from photosort.errors import Busy, DestinationError, NoSuchRun, PlanRefused, SourceMissing, Unfinished
from photosort.filing.disk.lock import hold
from photosort.filing.plan.draft import move, pin, rename, set_aside
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.drafts.filed import Edited
from photosort.workflows.drafts.plan_file import apply_plan, draft_of, read_plan, write_plan
from photosort.workflows.explaining.explain import explain_photo
from photosort.workflows.explaining.views import PhotoView
from photosort.workflows.history import resume_run, undo_run
from photosort.workflows.organize import organize


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Eight photos in two colours, one with a sidecar, one whose name is not UTF-8, and a film."""
    root = tmp_path / "in"
    for number in range(8):
        colour = ("red", "blue")[number % 2]
        image = Image.new("RGB", (30, 20), COLOURS[colour])
        image.putpixel((0, 0), (number, 0, 0))
        (root / colour).mkdir(parents=True, exist_ok=True)
        image.save(root / colour / f"{number}.png")
    (root / "red" / "0.xmp").write_text("<x:xmpmeta/>")
    (root / "blue" / "7.png").rename(root / "blue" / os.fsdecode(b"\xe9.png"))
    (root / "film.mov").write_bytes(b"film")
    return root


@pytest.fixture
def plan(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plan of a dry run: folders Red and Blue."""
    use_colours(monkeypatch)
    settings = load_settings(fusion="image", names="keywords", k=2)
    organize(source, tmp_path / "out", select_models(settings), dry_run=True)
    write_plan(tmp_path / "plan.toml", draft_of(settings.data_dir))
    return tmp_path / "plan.toml"


def run(plan: Path, **how: object) -> Edited:
    places = load_settings()
    return apply_plan(plan, places.data_dir, places.cache_dir, **how)  # type: ignore[arg-type]


def edit(plan: Path, *changes: tuple[str, str]) -> None:
    text = plan.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    plan.write_text(text)


def line_of(plan: Path, name: str) -> str:
    (line,) = (line for line in plan.read_text().splitlines(keepends=True) if f'"{name}"' in line)
    return line


def recorded(number: int) -> tuple[list[ClusterRecord], dict[str, MemberRecord]]:
    with open_history(load_settings().data_dir) as connection:
        runs = Runs(connection)
        return runs.clusters(number), {os.fsdecode(os.fsencode(m.path.name)): m for m in runs.members(number)}


def refused(plan: Path, **how: object) -> tuple[str, ...]:
    with pytest.raises(PlanRefused) as error:
        run(plan, **how)
    assert str(error.value).endswith("Correct the plan; no file was touched.")
    return error.value.details


def test_a_plan_as_it_was_written_files_what_the_dry_run_showed(plan: Path, source: Path, tmp_path: Path) -> None:
    before = digests(source)
    done = run(plan)
    assert done.outcome and (done.outcome.photos, done.outcome.files) == (8, 9)
    folders = {path.relative_to(tmp_path / "out").parts[0] for path in (tmp_path / "out").rglob("*.png")}
    assert len(folders) == 2 and [len(list((tmp_path / "out").rglob(end))) for end in ("*.png", "*.xmp")] == [8, 1]
    assert digests(source) == before and not list((tmp_path / "out").rglob("*.mov"))
    again = run(plan)
    assert again.outcome and (again.outcome.files, again.outcome.there) == (0, 9)


def test_the_file_is_the_users_alone_and_never_overwrites(plan: Path, tmp_path: Path) -> None:
    assert plan.stat().st_mode & 0o777 == 0o600
    text = plan.read_bytes()
    draft = draft_of(load_settings().data_dir)
    with pytest.raises(PlanRefused, match=r"plan\.toml exists already\. Name another file with --plan"):
        write_plan(plan, draft)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(PlanRefused, match="exists already"):
        write_plan(tmp_path / "dangling", draft)
    with pytest.raises(PlanRefused, match="does not exist"):
        write_plan(tmp_path / "no" / "plan.toml", draft)
    assert plan.read_bytes() == text and not (tmp_path / "nowhere").exists()


def test_edits_arrive_on_disk_and_in_the_history(plan: Path, source: Path, tmp_path: Path) -> None:
    """Renamed, moved with its sidecar, taken out, set aside: and nothing else has changed."""
    moved, gone, aside = (line_of(plan, f"red/{name}.png") for name in (0, 2, 4))
    draft = read_plan(plan).draft
    assert draft
    red = next(folder.name for folder in draft.folders if any("red" in str(p.path) for p in folder.photos))
    (blue,) = {folder.name for folder in draft.folders} - {red}
    edit(plan, (moved, ""), (gone, ""), (aside, ""), ("[aside]\nphotos = [\n", f"[aside]\nphotos = [\n{aside}"))
    other = line_of(plan, "blue/1.png")
    edit(plan, (other, other + moved), (f'name = "{blue}"', 'name = "Meer/Été 2019"'))
    done = run(plan, mode="move")
    assert done.outcome and not done.outcome.failed
    out = [name for name in names(tmp_path / "out") if not name.endswith(("ABOUT.txt", "photosort.json"))]
    assert sorted(map(os.fsencode, out)) == [
        *(f"Meer/Été 2019/{name}".encode() for name in ("0.png", "0.xmp", "1.png", "3.png", "5.png")),
        "Meer/Été 2019/".encode() + b"\xe9.png",
        f"{red}/6.png".encode(),
    ]
    assert names(source) == ["film.mov", "red/2.png", "red/4.png"]
    clusters, members = recorded(done.run)
    told = {cluster.folder: (cluster.title, cluster.named_by) for cluster in clusters}
    assert told["Meer/Été 2019"] == ("Été 2019", "you") and told[red][1] == "keywords"
    assert members["0.png"].answer == {"by": "you", "was": red} and members["6.png"].answer == {}
    assert members["0.png"].digest and members["0.png"].facts["people"]["count"] == 1
    places = load_settings()
    with open_history(places.data_dir) as connection:
        left = {path.name: reason for path, reason in Runs(connection).left(done.run)}
    assert left == {"2.png": "not in the plan", "4.png": "set aside by you", "film.mov": "a video"}
    seen = explain_photo(places.data_dir, tmp_path / "out" / "Meer" / "Été 2019" / "0.png")
    assert isinstance(seen, PhotoView) and seen.own.folder == "Meer/Été 2019"
    assert seen.next and seen.next.folder == red
    undo_run(places.data_dir, done.run)
    assert len(names(source)) == 10 and not (tmp_path / "out").exists()


def test_a_sidecar_that_came_since_travels_too(plan: Path, source: Path, tmp_path: Path) -> None:
    (source / "red" / "2.xmp").write_text("<x:xmpmeta>new</x:xmpmeta>")
    done = run(plan)
    assert done.outcome and done.outcome.files == 10
    assert [path.parent for path in (tmp_path / "out").rglob("2.xmp")] == [
        path.parent for path in (tmp_path / "out").rglob("2.png")
    ]


def test_a_dry_run_checks_all_and_touches_nothing(plan: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    done = run(plan, dry_run=True)
    assert done.outcome is None and len(done.plan.files) == 9 and tree(tmp_path) == before


def test_what_is_shown_can_end_the_run_before_the_first_file(plan: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)

    def review(edited: Edited) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(plan, review=review)
    assert tree(tmp_path) == before


def test_every_fault_has_a_line_and_nothing_is_touched(plan: Path, source: Path, tmp_path: Path) -> None:
    twice = line_of(plan, "red/2.png")
    edit(plan, (twice, twice + twice), ("red/0.png", "red/0.xmp"), ("blue/1.png", "../../etc/passwd"))
    edit(plan, ("pinned = false", "pinnned = false"), ("clusters = [1]", "clusters = [0, 7]"))
    edit(plan, ("\n[aside]", '\n[[folder]]\nname = "con"\n\n[[folder]]\nname = "CON."\n\n[aside]'))
    (source / "red" / "4.png").write_bytes(b"another photo")
    (source / "blue" / "3.png").unlink()
    (source / "red" / "6.jpg").write_bytes(b"a JPEG that the PNG belongs to now")
    before = tree(tmp_path)
    details = refused(plan)
    assert set(details) >= {
        "“con” is not a safe folder name; this is one: “photos con”",
        "“CON.” is not a safe folder name; this is one: “photos CON”",
        "clusters: folder 0 of run 1 is named 2 times",
        "clusters: run 1 has no folder 7",
        "red/2.png: is in the plan 2 times",
        "red/0.xmp: travels with red/0.png; leave it out",
        f"{tmp_path.parent}/etc/passwd: is not a photo of run 1",
        "red/4.png: was changed since the plan was made",
        "blue/3.png: is no longer there",
        "red/6.png: travels with red/6.jpg now; make the plan again",
    }
    assert any(detail.endswith("unknown key “pinnned”") for detail in details) and len(details) == 11
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ('name = "', 'name = "../', "is not a safe folder name"),
        ('name = "', 'name = "/etc/', "is not a safe folder name"),
        ("mode = ", "mood = ", "the file: unknown key “mood”"),
        ("/in", "/other", "source: run 1 is of "),
        ('sha256 = "', 'sha256 = "F', "hexadecimal digits"),
        ("\n[[folder]]", "\n[[folder", "not TOML: "),
    ],
)
def test_a_single_fault_refuses_the_whole(plan: Path, tmp_path: Path, old: str, new: str, fault: str) -> None:
    edit(plan, (old, new))
    before = tree(tmp_path)
    assert any(fault in detail for detail in refused(plan)) and tree(tmp_path) == before


def test_a_wrong_source_is_the_one_fault(plan: Path, source: Path) -> None:
    """Every photo is somewhere else then, which says nothing."""
    edit(plan, ("/in", "/other"), ("mode = ", "mood = "))
    assert refused(plan) == (f"source: run 1 is of {source}, not of {source.with_name('other')}",)


def test_an_unknown_run_is_named_as_a_line_of_the_plan(plan: Path) -> None:
    edit(plan, ("run = 1", "run = 9"))
    with pytest.raises(NoSuchRun, match=r"“run” in .*plan\.toml is 9, and there is no such run\. Correct it: "):
        run(plan)


def test_a_plan_without_photos_is_refused(plan: Path) -> None:
    lines = plan.read_text().splitlines(keepends=True)
    plan.write_text("".join(line for line in lines if "sha256 =" not in line))
    assert refused(plan) == ("no folder has a photo",)


@pytest.mark.parametrize("content, problem", [(b"\xff\xfe", "is not UTF-8"), (None, "cannot be read")])
def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / "plan.toml").write_bytes(content)
    with pytest.raises(PlanRefused, match=problem):
        run(tmp_path / "plan.toml")


def _lose_history(plan: Path, source: Path) -> None:
    edit(plan, ("run = 1", "run = 9"))


def _lose_source(plan: Path, source: Path) -> None:
    source.rename(source.with_name("elsewhere"))


def _file_into_itself(plan: Path, source: Path) -> None:
    edit(plan, ("/out", "/in"))


@pytest.mark.parametrize(
    "break_, error",
    [(_lose_history, NoSuchRun), (_lose_source, SourceMissing), (_file_into_itself, DestinationError)],
)
def test_what_organize_would_refuse_is_refused(
    plan: Path, source: Path, break_: Callable[[Path, Path], None], error: type[Exception]
) -> None:
    break_(plan, source)
    with pytest.raises(error):
        run(plan)


def test_another_photosort_at_the_destination_is_waited_for(plan: Path, tmp_path: Path) -> None:
    with hold(tmp_path / "out", load_settings().data_dir), pytest.raises(Busy):
        run(plan)


def test_an_edited_run_that_was_cut_off_can_be_resumed(plan: Path, source: Path, tmp_path: Path) -> None:
    def stop(stage: str, done: int, total: int, used: object = None) -> None:
        if stage == "filing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(plan, progress=stop, mode="move")
    with pytest.raises(Unfinished, match="photosort resume 2"):
        run(plan)
    _, outcome = resume_run(load_settings().data_dir)
    assert outcome.files == 9 and len(list((tmp_path / "out").rglob("*.png"))) == 8 and names(source) == ["film.mov"]


def test_a_draft_edited_by_a_program_is_the_same(plan: Path, source: Path, tmp_path: Path) -> None:
    """As `review` does: the operations of a draft, and no text in between."""
    draft = draft_of(load_settings().data_dir)
    first, second = (folder.name for folder in draft.folders)
    photo = draft.folders[0].photos[0].path
    draft = set_aside(move(rename(draft, first, "One"), [photo], second), [draft.folders[0].photos[1].path])
    write_plan(tmp_path / "other.toml", pin(draft, second))
    done = run(tmp_path / "other.toml")
    clusters, members = recorded(done.run)
    assert {cluster.named_by for cluster in clusters} == {"you"}
    assert sum(member.answer.get("by") == "you" for member in members.values()) == 1 and len(members) == 7
