"""organize --into: folders that the user names, without a language model."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes import tiny_models
from fakes.command import Command


def folders(found: Any) -> dict[str, int]:
    below = Path(found["destination"])
    return {str(Path(one["folder"]).relative_to(below)): len(one["files"]) for one in found["folders"]}


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.JPG")}


def test_a_list_sorts_by_what_photos_show(photosort: Command, pictures: Path) -> None:
    done = photosort("organize", pictures, "--into", "flowers, temples", "--no-other", "--json")
    assert done.code == 0, done.err
    sorted_ = pictures.with_name("Pictures-sorted")
    assert names_in(sorted_ / "temples") == {f"IMG_{n:04d}.JPG" for n in range(12)}
    assert names_in(sorted_ / "flowers") == {f"IMG_{n:04d}.JPG" for n in range(8)}
    assert "sorting into" not in done.err, "--json says nothing else"
    told = photosort("explain", pictures / "c" / "IMG_0000.JPG")
    assert "as the folder whose name fits it best" in told.out and "runner-up" in told.out
    assert "Named by you." in (sorted_ / "temples" / "ABOUT.txt").read_text()
    assert photosort("undo").code == 0 and not sorted_.exists()


def test_what_fits_none_goes_to_other(photosort: Command, pictures: Path) -> None:
    flags = ("--into", "flowers, screenshots", "--other", "All the rest", "--dry-run", "--json")
    found = photosort("organize", pictures, *flags).json
    flowers = next(one for one in found["folders"] if Path(one["folder"]).name == "flowers")
    assert len(flowers["files"]) >= 5, "some pieces of the flower hardly show it"
    assert {Path(file["from"]).parent.name for file in flowers["files"]} == {"f"}
    assert folders(found)["All the rest"] >= 12
    told = photosort("explain", pictures / "c" / "IMG_0001.JPG")
    assert "fits none of the folders" in told.out and "set aside" in told.out


def test_a_file_nests_folders_and_has_words_for_them(photosort: Command, pictures: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[Trips]\nPeking = "temples, palaces"\n[Garden]\nBlossoms = "flowers"\n')
    done = photosort("organize", pictures, "--into", file, "--no-other", "--dry-run", "--json")
    found = folders(done.json)
    assert list(found) == ["Trips/Peking", "Garden/Blossoms"] and found["Trips/Peking"] in (12, 13)


def test_the_folders_of_examples_take_what_is_like_them(photosort: Command, pictures: Path, tmp_path: Path) -> None:
    examples = tmp_path / "Mine"
    for name, source in (("Alpha", "c"), ("Beta", "f")):
        (examples / name).mkdir(parents=True)
        for number in range(3):
            shutil.move(pictures / source / f"IMG_{number:04d}.JPG", examples / name / f"{name}-{number}.JPG")
    done = photosort("organize", pictures, "--into", examples, "--out", examples, "--json")
    assert done.code == 0, done.err
    assert 3 + 8 <= len(names_in(examples / "Alpha")) <= 3 + 9 and len(names_in(examples / "Beta")) >= 3 + 4
    assert "whose examples and name fit it best" in photosort("explain", pictures / "f" / "IMG_0005.JPG").out


def test_folders_of_the_user_lie_below_years_also_in_the_next_run(
    photosort: Command, pictures: Path, tmp_path: Path
) -> None:
    (pictures / "c" / "IMG_0003.xmp").unlink()
    for folder in ("c", "f"):
        for number, photo in enumerate(sorted((pictures / folder).glob("*.JPG"))):
            photo.rename(photo.with_name(f"IMG_{2019 + 2 * (number % 2)}0714_12{number:02d}00.JPG"))
    for path in ("c/IMG_20190714_120000.JPG", "c/IMG_20210714_120100.JPG", "f/IMG_20190714_120000.JPG"):
        shutil.move(pictures / path, tmp_path / f"later-{path[0]}-{path[2:]}")
    command = ("organize", pictures, "--into", "flowers, temples", "--no-other", "--levels", "year,auto", "--json")
    done = photosort(*command)
    assert done.code == 0, done.err
    assert folders(done.json) == {"2019/temples": 5, "2021/temples": 5, "2019/flowers": 3, "2021/flowers": 4}
    sorted_ = pictures.with_name("Pictures-sorted")
    (sorted_ / "2019" / "temples").rename(sorted_ / "2019" / "Peking")
    before = set(sorted_.rglob("*.JPG"))
    for photo in tmp_path.glob("later-*"):
        photo.rename(pictures / photo.name.split("-")[1] / f"new-{photo.name.split('-')[2]}")
    again = photosort(*command)
    assert again.code == 0, again.err
    assert folders(again.json) == {"2019/Peking": 1, "2021/temples": 1, "2019/flowers": 1}
    assert {path.relative_to(sorted_).as_posix() for path in set(sorted_.rglob("*.JPG")) - before} == {
        "2019/Peking/new-IMG_20190714_120000.JPG",
        "2021/temples/new-IMG_20210714_120100.JPG",
        "2019/flowers/new-IMG_20190714_120000.JPG",
    }
    assert before <= set(sorted_.rglob("*.JPG")), "what stood there stands"


@pytest.mark.parametrize(
    ("into", "code", "said"),
    [
        ("./nowhere.txt", 3, "neither a file nor a folder"),
        (",", 2, "names no category"),
        ("a, A", 2, "has a twice"),
        (" ", 2, "is empty"),
    ],
)
def test_what_names_no_folders_is_refused_in_one_line(
    photosort: Command, pictures: Path, into: str, code: int, said: str
) -> None:
    done = photosort("organize", pictures, "--into", into)
    assert (done.code, len(done.err.splitlines())) == (code, 1) and said in done.err


def test_flags_that_do_not_go_together_are_refused(photosort: Command, pictures: Path) -> None:
    for flags, said in (
        (("--into", "a, b", "--method", "text"), "leave out --method text"),
        (("--into", "a, b", "--other", "x", "--no-other"), "exclude each other"),
        (("--into", "a, b", "--assign", "llm"), "needs a language model"),
        (("--method", "into"), "needs categories"),
        (("--by", "x", "--by", "y", "--into", "a, b"), "takes one --by at most"),
    ):
        done = photosort("organize", pictures, *flags)
        assert done.code == 2 and said in done.err, done.err
    noted = photosort("organize", pictures, "--into", "flowers, temples", "--k", 3, "--levels", 2, "--dry-run")
    assert "--k is ignored: --into says which folders there are" in noted.err
    assert "--levels is ignored" in noted.err and noted.code == 0
    assert "sorting into 2 folders by how well each name fits the photo (efficientnet-lite2)" in noted.err


def test_an_encoder_of_photos_and_texts_sorts_too(photosort: Command, pictures: Path, tmp_path: Path) -> None:
    encoder, captioner = tiny_models.open_clip(tmp_path / "clip"), tiny_models.blip(tmp_path / "blip")
    for flags in (("--assign", "joint"), ("--assign", "text")):
        done = photosort(
            *("organize", pictures, "--into", "flowers: petals; not temples, temples", "--dry-run", "--json", *flags),
            *(f"--image-encoder=local:{encoder}", f"--captioner=local:{captioner}", "--device=cpu"),
        )
        assert done.code == 0, done.err
        assert sum(folders(done.json).values()) == 21
