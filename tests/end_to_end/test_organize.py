"""organize, explain and undo as a user types them, on real photos with the models of the installation."""

import io
import json
import os
import re
import sqlite3
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from fakes.command import Command
from fakes.photos import crops, digests, filed, tree
from PIL import Image

from photosort.filing.disk.lock import hold


def test_organize_copies_real_photos_and_leaves_the_source(photosort_cold: Command, pictures: Path) -> None:
    before = tree(pictures)
    done = photosort_cold("organize", pictures, "--k", 2)
    assert done.code == 0, done.err
    assert tree(pictures) == before
    sorted_ = pictures.with_name("Pictures-sorted")
    folders = sorted(sorted_.iterdir())
    assert len(folders) == 2
    origins = {
        folder.name: {before_name for before_name in before if before[before_name] in tree(folder).values()}
        for folder in folders
    }
    assert sorted(len({name[0] for name in names}) for names in origins.values()) == [1, 1], origins
    temple = next(folder for folder, names in origins.items() if "c/IMG_0003.xmp" in names)
    assert "c/IMG_0003.JPG" in origins[temple], "the sidecar travels with its photo"
    for folder in folders:
        assert folder.name in done.out
    assert "20 photos copied" in done.out


def test_the_dry_run_shows_the_plan_of_the_real_run(photosort: Command, pictures: Path) -> None:
    dry = photosort("organize", pictures, "--k", 2, "--dry-run", "--json").json
    assert not pictures.with_name("Pictures-sorted").exists()
    real = photosort("organize", pictures, "--k", 2, "--json").json
    assert dry["folders"] == real["folders"]
    assert dry["outcome"] is None
    assert real["outcome"]["photos"] == 20
    for folder in real["folders"]:
        for file in folder["files"]:
            assert Path(file["to"]).read_bytes() == Path(file["from"]).read_bytes()


def test_a_second_run_decodes_nothing_and_loads_no_model(photosort: Command, pictures: Path, tmp_path: Path) -> None:
    first = photosort("organize", pictures, "--k", 2, "--json").json
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "sitecustomize.py").write_text(
        "import sys\n"
        "class Trap:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name in ('torch', 'onnxruntime', 'sentence_transformers', 'transformers'):\n"
        "            raise SystemExit(name + ' was imported')\n"
        "sys.meta_path.insert(0, Trap())\n"
        "import PIL.Image\n"
        "def refuse(*_, **__): raise SystemExit('a photo was opened')\n"
        "PIL.Image.open = refuse\n"
    )
    done = photosort("organize", pictures, "--k", 2, "--json", PYTHONPATH=str(trap))
    assert done.code == 0, done.err
    assert (done.json["run"], done.json["already_there"], done.json["folders"]) == (1, 20, [])
    anew = photosort("organize", pictures, "--k", 2, "--fresh", "--json", PYTHONPATH=str(trap))
    assert anew.json["outcome"]["already_there"] == first["outcome"]["files"] == 21
    assert [folder["folder"] for folder in anew.json["folders"]] == [folder["folder"] for folder in first["folders"]]


def test_undo_takes_the_copy_back(photosort: Command, pictures: Path) -> None:
    before = tree(pictures)
    photosort("organize", pictures, "--k", 2)
    done = photosort("undo")
    assert done.code == 0, done.err
    assert "undone: 21 files removed from" in done.out
    assert tree(pictures) == before
    assert not pictures.with_name("Pictures-sorted").exists()
    again = photosort("undo")
    assert (again.code, again.err.count("\n")) == (10, 1)


def test_move_asks_and_without_an_answer_moves_nothing(photosort: Command, pictures: Path) -> None:
    before = tree(pictures)
    done = photosort("organize", pictures, "--k", 2, "--mode", "move")
    assert done.code == 14
    assert "--yes" in done.err
    assert tree(pictures) == before


def test_move_and_undo_bring_every_photo_back_to_its_place(photosort: Command, pictures: Path) -> None:
    before = tree(pictures)
    moved = photosort("organize", pictures, "--k", 2, "--mode", "move", "--yes")
    assert moved.code == 0, moved.err
    assert tree(pictures) == {}
    moved_to = filed(pictures.with_name("Pictures-sorted"))
    assert sorted(path.read_bytes() for path in moved_to) == sorted(before.values())
    assert photosort("undo").code == 0
    assert tree(pictures) == before


@pytest.mark.parametrize("mode", ["hardlink", "symlink"])
def test_links_leave_the_originals_where_they_are(photosort: Command, pictures: Path, mode: str) -> None:
    before = tree(pictures)
    done = photosort("organize", pictures, "--k", 2, "--mode", mode)
    assert done.code == 0, done.err
    assert tree(pictures) == before
    links = filed(pictures.with_name("Pictures-sorted"))
    assert len(links) == 21
    for link in links:
        assert link.is_symlink() == (mode == "symlink")
        assert any(link.samefile(pictures / name) for name in before)


def test_explain_tells_the_folders_and_why_a_photo_is_in_one(photosort: Command, pictures: Path) -> None:
    photosort("organize", pictures, "--k", 2)
    run = photosort("explain", "--json").json
    assert sorted(cluster["photos"] for cluster in run["clusters"]) == [8, 12]
    for cluster in run["clusters"]:
        assert len(cluster["exemplars"]) == 3
        assert -1 <= cluster["cohesion"] <= 1
    photo = photosort("explain", pictures / "f" / "IMG_0001.JPG", "--json").json
    assert photo["margin"] >= 0
    assert photo["similarity"] >= photo["next"]["similarity"]
    copy = next(pictures.with_name("Pictures-sorted").glob(f"{photo['folder']}/*.JPG"))
    assert photosort("explain", copy, "--json").json["folder"] == photo["folder"]
    shown = photosort("explain", pictures / "f" / "IMG_0001.JPG").out
    assert "tags" in shown
    assert photo["caption"] in " ".join(shown.split())


def test_a_photo_that_was_not_in_the_run_is_told_where_it_would_go(
    photosort: Command, pictures: Path, tmp_path: Path
) -> None:
    planned = photosort("organize", pictures, "--k", 2, "--dry-run", "--json").json
    Image.new("RGB", (9, 9)).save(tmp_path / "other.png")
    done = photosort("explain", tmp_path / "other.png")
    assert done.code == 0, done.err
    assert any(Path(folder["folder"]).name in done.out for folder in planned["folders"])
    (tmp_path / "no photo.txt").write_text("nothing")
    done = photosort("explain", tmp_path / "no photo.txt")
    assert (done.code, done.err.count("\n")) == (11, 1)


def test_k_is_chosen_where_it_is_missing(photosort: Command, pictures: Path) -> None:
    found = photosort("organize", pictures, "--dry-run", "--json", "--max-k", 5).json
    choice, scores = found["k_choice"], found["silhouette"]
    assert set(scores) <= {"2", "3", "4", "5"} and str(choice["k"]) == max(scores, key=lambda k: scores[k])
    assert found["k"] == choice["k"] and choice["communities"] > 0
    auto = photosort("organize", pictures, "--dry-run", "--json", "--max-k", 5, "--k", "auto").json
    assert auto["folders"] == found["folders"]


@pytest.mark.parametrize("vectors", ["tfidf", "sbert"])
def test_the_method_text_goes_by_what_is_said(photosort: Command, pictures: Path, vectors: str) -> None:
    command = ("organize", pictures, "--k", 2, "--dry-run", "--json", "--method", "text", "--vectors", vectors)
    found = photosort(*command).json
    place = {Path(file["from"]): folder["folder"] for folder in found["folders"] for file in folder["files"]}
    captions = {path: photosort("explain", path, "--json").json["caption"] for path in list(place)[:6]}
    assert len(found["folders"]) == 2 and len(place) == 21
    for one, other in combinations(captions, 2):
        assert captions[one] != captions[other] or place[one] == place[other]


def test_a_captioner_that_follows_no_question_says_so(photosort: Command, pictures: Path) -> None:
    for flags in (("--ask", "What is it?"), ("--texts", "keywords")):
        done = photosort("organize", pictures, "--method", "text", *flags)
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert "cannot answer questions" in done.err


def test_folders_in_folders_are_made_and_taken_back(photosort: Command, pictures: Path) -> None:
    before = digests(pictures)
    done = photosort("organize", pictures, "--k", 10, "--levels", 2, "--outliers", "--json")
    sorted_ = pictures.with_name("Pictures-sorted")
    places = {Path(file["to"]).relative_to(sorted_) for folder in done.json["folders"] for file in folder["files"]}
    assert {len(place.parts) for place in places} >= {3}
    assert all((sorted_ / place).is_file() for place in places)
    shown = photosort("organize", pictures, "--k", 10, "--levels", 2, "--dry-run", "--fresh").out
    assert "│   ├──" in shown
    place = next(place for place in places if len(place.parts) == 3)
    assert photosort("explain", sorted_ / place, "--json").json["folder"] == place.parent.as_posix()
    assert photosort("undo").code == 0
    assert not sorted_.exists() and digests(pictures) == before


@pytest.mark.parametrize("fusion", ["sum", "concat", "image", "text"])
def test_every_fusion_separates_a_temple_from_a_flower(photosort: Command, pictures: Path, fusion: str) -> None:
    found = photosort("organize", pictures, "--k", 2, "--dry-run", "--json", "--fusion", fusion).json
    kinds = [{Path(file["from"]).parent.name for file in folder["files"]} for folder in found["folders"]]
    assert sorted(map(sorted, kinds)) == [["c"], ["f"]]


BAD_INPUT = {
    "a missing folder": (lambda tmp: ["organize", tmp / "nowhere"], 3),
    "an empty folder": (lambda tmp: ["organize", _made(tmp / "empty")], 16),
    "a folder without photos": (lambda tmp: ["organize", _made(tmp / "texts", "a.txt")], 4),
    "k above the number of photos": (lambda tmp: ["organize", tmp / "Pictures", "--k", "21"], 5),
    "the source as destination": (lambda tmp: ["organize", tmp / "Pictures", "--out", tmp / "Pictures"], 6),
    "a destination that is a file": (
        lambda tmp: ["organize", tmp / "Pictures", "--k", "2", "--out", _made(tmp / "x", "file") / "file"],
        6,
    ),
    "a k that is not a number of folders": (lambda tmp: ["organize", tmp / "Pictures", "--k", "0"], 2),
    "an unknown writer": (
        lambda tmp: ["organize", tmp / "Pictures", "--k", "2", "--writer", "shakespeare"],
        2,
    ),
    "a name that no disk takes": (lambda tmp: ["organize", tmp / ("x" * 300)], 3),
    "a link that leads to itself": (lambda tmp: ["organize", _loop(tmp / "loop")], 3),
    "a seed that is too large": (lambda tmp: ["organize", tmp / "Pictures", "--seed", "5000000000"], 2),
    "nothing organized yet": (lambda tmp: ["explain"], 10),
    "nothing to undo": (lambda tmp: ["undo"], 10),
}


def _loop(path: Path) -> Path:
    path.symlink_to(path)
    return path


def _made(folder: Path, *files: str) -> Path:
    folder.mkdir()
    for name in files:
        (folder / name).write_text("words")
    return folder


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_one_clear_line_and_an_exit_code(
    photosort: Command, pictures: Path, tmp_path: Path, case: str
) -> None:
    arguments, code = BAD_INPUT[case]
    before = digests(tmp_path)
    command = arguments(tmp_path)
    done = photosort(*command)
    assert done.code == code, done.err
    assert done.err.startswith("photosort: ")
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert set(before) <= set(digests(tmp_path))


def test_an_unwritable_destination_is_refused_at_the_start(photosort: Command, pictures: Path) -> None:
    done = photosort("organize", pictures, "--k", 2, "--out", "/proc/photosort")
    assert done.code == 6
    assert done.err.count("\n") == 1


def test_a_thousand_photos_with_fifty_hostile_ones_are_safe(photosort: Command, tmp_path: Path) -> None:
    root = tmp_path / "Many"
    root.mkdir()
    for number, image in enumerate(crops("china.jpg", 500) + crops("flower.jpg", 450)):
        image.save(root / f"{number:04d}.jpg", quality=80)
    hostile = _hostile_files(root)
    assert len(hostile) == 50
    before = digests(root)
    done = photosort("organize", root, "--k", 4, "--json")
    assert done.code == 0, done.err
    assert digests(root) == before
    report = done.json
    named = {Path(left["path"]).name for left in report["left"]}
    assert named == hostile
    assert all(left["reason"] for left in report["left"])
    assert report["outcome"]["photos"] == 950
    assert len(filed(tmp_path / "Many-sorted")) == 950
    listed = photosort("explain", "--unread").out
    assert all(name[:12] in listed for name in hostile if name.isascii() and name.isprintable())


def _hostile_files(root: Path) -> set[str]:
    """Fifty files that are named like photos and are none."""
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (200, 200, 3), dtype=np.uint8)).save(buffer, "JPEG")
    whole = buffer.getvalue()
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    contents = {f"cut-{percent}.jpg": whole[: len(whole) * percent // 100] for percent in range(5, 95, 5)}
    contents |= {f"empty-{number}.png": b"" for number in range(5)}
    contents |= {f"page-{number}.jpeg": b"<!doctype html><p>404" for number in range(5)}
    contents |= {f"noise-{number}.webp": rng.bytes(3000) for number in range(10)}
    contents |= {f"text-{number}.heic": b"these are words\n" * 50 for number in range(5)}
    contents |= {
        "bomb.png": bomb.getvalue(),
        "new\nline.jpg": b"x",
        "-rf.jpg": b"x",
        "מבט.jpg": b"x",
        "a\x1b[2J.gif": b"GIF89a",
    }
    contents |= {"pdf.tif": b"%PDF-1.7", "zip.avif": b"PK\3\4"}
    for name, content in contents.items():
        (root / name).write_bytes(content)
    return set(contents)


def test_history_outlives_the_cache(photosort: Command, pictures: Path, own_folders: Path) -> None:
    photosort("organize", pictures, "--k", 2)
    for file in (own_folders / "cache").glob("cache.sqlite*"):
        file.unlink()
    assert photosort("undo").code == 0
    with sqlite3.connect(own_folders / "data" / "history.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_models_lists_what_is_there_and_what_is_missing(photosort: Command) -> None:
    found = {part["model"]: part for part in photosort("models", "--json").json["models"]}
    assert found["efficientnet-lite2"]["ready"]
    assert found["minilm"]["ready"]
    assert found["smollm2"]["optional"]
    assert json.dumps(found["smollm2"]["missing"]).count("photosort models pull smollm2") == 1
    shown = photosort("models").out.splitlines()
    for name, part in found.items():
        row = next(line for line in shown if f"  {name} " in line)
        assert row.rstrip().endswith(" ready") == part["ready"], row
        of_the_hub = part["missing"] == [f"photosort models pull {name}"]
        assert not part["missing"] or of_the_hub or f"{name}: {' && '.join(part['missing'])}" in shown
    assert "Bring a profile or a model: photosort models pull NAME" in shown


def test_a_run_that_was_cut_off_is_finished_before_the_next_one(
    photosort: Command, pictures: Path, own_folders: Path
) -> None:
    photosort("organize", pictures, "--k", 2)
    sorted_ = pictures.with_name("Pictures-sorted")
    whole = tree(sorted_)
    next(sorted_.rglob("*.JPG")).unlink()
    with sqlite3.connect(own_folders / "data" / "history.sqlite") as connection:
        gone = next(path for path in map(str, whole) if not (sorted_ / path).exists())
        connection.execute("UPDATE filings SET state = 'applying'")
        connection.execute(
            "UPDATE operations SET state = 'planned' WHERE destination = ?", (os.fsencode(sorted_ / gone),)
        )
    refused = photosort("organize", pictures, "--k", 2)
    assert (refused.code, refused.err.splitlines()[-1].count("photosort resume 1")) == (13, 1)
    assert photosort("runs", "--json").json["runs"][0]["state"] == "cut off"
    assert photosort("resume").code == 0
    assert tree(sorted_) == whole
    (run,) = photosort("runs", "--json").json["runs"]
    assert (run["state"], run["folders"], run["photos"], run["files"]) == ("done", 2, 20, 21)


def test_undo_leaves_what_was_changed_since_and_says_so(photosort: Command, pictures: Path) -> None:
    photosort("organize", pictures, "--k", 2)
    changed = next(pictures.with_name("Pictures-sorted").rglob("IMG_0001.JPG"))
    changed.write_bytes(b"painted over")
    done = photosort("undo")
    assert done.code == 15
    assert str(changed) in done.out.replace("\n", "")
    assert changed.read_bytes() == b"painted over"
    assert tree(pictures.with_name("Pictures-sorted")) == {
        changed.relative_to(changed.parents[1]).as_posix(): b"painted over"
    }


def test_a_second_run_is_refused_while_the_first_lives(photosort: Command, pictures: Path, own_folders: Path) -> None:
    with hold(pictures.with_name("Pictures-sorted"), own_folders / "data"):
        refused = photosort("organize", pictures, "--k", 2)
        assert refused.code == 12
        assert str(os.getpid()) in refused.err
        assert photosort("organize", pictures, "--k", 2, "--dry-run").code == 0, "a look is always free"
    assert photosort("organize", pictures, "--k", 2).code == 0


def test_companions_of_an_unreadable_photo_stay_with_it(photosort: Command, pictures: Path) -> None:
    (pictures / "c" / "IMG_0003.JPG").write_bytes(b"<html>")
    report = photosort("organize", pictures, "--k", 2, "--json").json
    assert {Path(left["path"]).name: left["reason"] for left in report["left"]} == {
        "IMG_0003.JPG": "not an image, or an unsupported format",
        "IMG_0003.xmp": "stays with its photo",
    }


def test_a_run_that_placed_nothing_does_not_block_undo(photosort: Command, pictures: Path) -> None:
    before = tree(pictures)
    photosort("organize", pictures, "--k", 2)
    again = photosort("organize", pictures, "--k", 2)
    assert "Nothing new for" in again.out and "already: 20." in again.out
    again = photosort("organize", pictures, "--k", 2, "--fresh")
    assert "0 photos to copy, 20 there already" in again.out
    assert "twice" not in again.err
    assert "Run 1 undone" in photosort("undo").out
    assert tree(pictures) == before
    assert not pictures.with_name("Pictures-sorted").exists()
    assert photosort("undo").code == 10


def test_a_second_sorting_says_what_will_lie_twice(photosort: Command, pictures: Path) -> None:
    photosort("organize", pictures, "--k", 2)
    done = photosort("organize", pictures, "--k", 3, "--fresh")
    coming = int(re.search(r"(\d+) photos? to copy", done.out)[1])
    said = "in other folders of Pictures-sorted already, and will then lie twice. To sort anew, first: photosort undo 1"
    assert f"{coming} photos lie {said}" in done.err


def test_a_preview_does_not_hide_where_a_photo_lies(photosort: Command, pictures: Path) -> None:
    photosort("organize", pictures, "--k", 2)
    photosort("organize", pictures, "--k", 3, "--dry-run")
    photo = pictures / "c" / "IMG_0003.JPG"
    assert photosort("explain", photo, "--json").json["run"] == 1


def test_copies_of_an_earlier_run_are_reported(photosort: Command, pictures: Path) -> None:
    earlier = pictures / "sorted"
    assert photosort("organize", pictures, "--k", 2, "--out", earlier).code == 0
    done = photosort("organize", pictures, "--k", 2, "--dry-run")
    assert "20 photos to copy" in done.out
    said = " ".join(done.out.split())
    assert f"20 photos that run 1 put into {earlier} were passed over: the originals are here as well." in said
    report = photosort("organize", pictures, "--k", 2, "--json").json
    assert report["copies_passed_over"] == [{"run": 1, "folder": str(earlier), "photos": 20}]
    assert report["left"] == []
    assert report["outcome"]["files"] == 21
    refused = photosort("organize", earlier, "--k", 2, "--dry-run")
    assert refused.code == 33 and "is where run 1 put the photos" in refused.err
    assert photosort("organize", earlier, "--k", 2, "--dry-run", "--fresh").code == 0


def test_what_is_no_photo_is_counted_by_kind_and_listed(photosort: Command, pictures: Path) -> None:
    for name in ("a.mp4", "b.avi", "c/IMG_0003.mov", "notes.pdf", ".hidden"):
        (pictures / name).write_bytes(b"x")
    done = photosort("organize", pictures, "--k", 2)
    assert "3  left in place   photosort explain --left" in done.out
    assert "2 a video   a.mp4  b.avi" in done.out and "1 no photo   notes.pdf" in done.out
    listed = photosort("explain", "--left").out
    assert all(name in listed.replace("\n", "") for name in ("a.mp4", "b.avi", "notes.pdf"))
    assert {Path(left["path"]).name for left in photosort("explain", "--json").json["left"]} == {
        "a.mp4",
        "b.avi",
        "notes.pdf",
    }
    assert "a video" in photosort("explain", pictures / "a.mp4").err
