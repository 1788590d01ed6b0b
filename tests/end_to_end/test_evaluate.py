"""photosort evaluate, as it is installed."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from fakes.command import Command
from PIL import Image

HEADS = ["method", "seed", "acc", "nmi", "ari", "silhouette", "sem", "sbert"]


@pytest.fixture
def texts(pictures: Path, tmp_path: Path) -> Path:
    """What somebody says of the temple and the flower."""
    said = {"c": ["a temple in China", "a roof"], "f": ["a flower", "red petals"]}
    lines = [
        {"id": path.relative_to(pictures).as_posix(), "label": path.parent.name, "texts": said[path.parent.name]}
        for path in sorted(pictures.glob("*/*.JPG"))
    ]
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def test_photos_and_their_texts_are_measured_together(photosort: Command, pictures: Path, texts: Path) -> None:
    shutil.copy(pictures / "c" / "IMG_0001.JPG", pictures / "stray.JPG")
    found = photosort("evaluate", pictures, "--texts-file", texts, "--json", "--seeds", 2).json
    assert (found["photos"], found["classes"], found["seeds"]) == (20, 2, [42, 43])
    assert {one["method"] for one in found["methods"]} >= {"image", "text", "concat", "text-tfidf"}
    for one in found["methods"]:
        assert len(one["acc"]["runs"]) == 2
        assert one["method"] in ("image", "sum") or one["acc"] == {"mean": 1, "deviation": 0, "runs": [1, 1]}
    assert [Path(left["path"]).name for left in found["left"]] == ["stray.JPG"]


def test_texts_alone_need_no_photo_and_give_a_table(photosort: Command, texts: Path, tmp_path: Path) -> None:
    plot = tmp_path / "out.png"
    done = photosort("evaluate", "--texts-file", texts, "--csv", "--plot", plot)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert list(rows[0]) == HEADS
    assert {row["method"] for row in rows} == {"text", "text-tfidf", "text-sbert"}
    assert {float(row["acc"]) for row in rows} == {1.0}
    with Image.open(plot) as picture:
        assert picture.width > 1000
    shown = photosort("evaluate", "--texts-file", texts, "--methods", "text").out
    assert "20 photos, 2 classes" in shown and "1.000" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "nothing to evaluate"),
        (("--texts-file", "TEXTS", "--methods", "image"), 2, "needs the photos"),
        (("PICTURES/c",), 4, "No photo in .* lies in a folder of a class"),
        (("PICTURES", "--methods", "magic"), 2, "Unknown method 'magic'"),
        (("--texts-file", "/nowhere"), 3, "/nowhere cannot be read"),
        (("--json", "--csv"), 2, "exclude each other"),
    ],
)
def test_what_cannot_be_measured_says_why(
    photosort: Command, pictures: Path, texts: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    given = [one.replace("TEXTS", str(texts)).replace("PICTURES", str(pictures)) for one in arguments]
    done = photosort("evaluate", *given)
    assert done.code == code
    assert re.search(message, done.err + done.out)
