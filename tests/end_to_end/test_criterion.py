"""organize --by, with a captioner and a language model on servers, over real HTTP."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fakes.chat_server import ChatServer, Reply
from fakes.command import Command
from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 30), "blue": (30, 30, 200)}
SUGGESTED = {
    "the main colour": ["Red", "Green", "Blue"],
    "the time of day": ["Morning", "Noon", "Night"],
    "the room": ["Kitchen", "Hall", "Garage"],
}
AT_ONCE = 16
"""Questions that may be on their way at once."""
CRITERION = "the main colour. Do not consider gender"


@pytest.fixture
def walls(tmp_path: Path) -> Path:
    """Nine photos of walls in three colours, and one that the captioner says nothing of."""
    folder = tmp_path / "Walls"
    folder.mkdir()
    for name, colour in COLOURS.items():
        for number in range(3):
            Image.new("RGB", (64 + number, 48), colour).save(folder / f"{name}-{number}.png")
    Image.new("RGB", (64, 48), "black").save(folder / "dark.png")
    return folder


def seen(body: dict[str, Any]) -> str:
    """What a captioner says of the picture in a request; empty where there is none."""
    content = body["messages"][-1]["content"]
    if isinstance(content, str):
        return ""
    url = next(part["image_url"]["url"] for part in content if part["type"] == "image_url")
    pixel = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB").getpixel((9, 9))
    assert isinstance(pixel, tuple)
    if max(pixel) < 20:
        return "something unclear"
    name = list(COLOURS)[pixel.index(max(pixel))]
    return f"a wall painted {name}, of width {pixel[0] % 7}"


def answer(body: dict[str, Any]) -> Reply:
    """See a picture, say the colour of a description, call folders by colours, or choose one."""
    if said := seen(body):
        return Reply(said)
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties", {})
    text = body["messages"][-1]["content"]
    colour = next((name for name in COLOURS if name in text), "")
    if "label" in schema:
        return Reply(json.dumps({"label": f"{colour} wall"}))
    if "criteria" in schema:
        one = [{"criterion": text, "why": "It differs.", "folders": named} for text, named in SUGGESTED.items()]
        return Reply(json.dumps({"criteria": one}))
    if "names" in schema:
        names = [f"{name} walls".capitalize() for name in COLOURS]
        fixed = schema["names"]["type"] == "object"
        numbered = {str(place): name for place, name in enumerate(names, 1)}
        return Reply(json.dumps({"names": numbered} if fixed else {"why": "three colours", "names": names}))
    return Reply(json.dumps({"category": f"{colour} walls".capitalize()}))


FLAGS = ("--captioner", "server:tiny", "--writer", "openai:tiny")


def folders(found: Any) -> dict[str, list[str]]:
    return {
        Path(folder["folder"]).name: sorted(Path(file["from"]).name for file in folder["files"])
        for folder in found["folders"]
    }


def test_photos_are_sorted_by_a_criterion_and_a_second_run_asks_nothing(photosort: Command, walls: Path) -> None:
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        done = photosort("organize", walls, "--by", CRITERION, "--k", 3, *FLAGS, "--json", **server.environment)
        assert done.code == 0, done.err
        found = folders(done.json)
        assert found.pop("Unsorted") == ["dark.png"]
        assert found == {f"{name.capitalize()} walls": [f"{name}-{n}.png" for n in range(3)] for name in COLOURS}
        assert "openai:tiny gets descriptions, labels, folder names and your criterion" in done.err
        asked = [str(body["messages"]) for body in server.asked]
        assert len(asked) > 10 and all("Do not consider gender" in text for text in asked)
        server.asked.clear()
        command = ("organize", walls, "--by", CRITERION, "--k", 3, *FLAGS, "--dry-run", "--json")
        known = photosort(*command, **server.environment)
        assert known.json["already_there"] == 10 and not server.asked
        again = photosort(*command, "--fresh", **server.environment)
        assert folders(again.json) == folders(done.json) and not server.asked
    told = photosort("explain", walls / "red-0.png")
    for line in ("sorted by", CRITERION, "“red wall”", "by the answer of the language model", "runner-up"):
        assert line in told.out, told.out
    assert "its description says nothing" in photosort("explain", walls / "dark.png").out
    assert photosort("undo").code == 0


def test_the_model_decides_the_number_and_names_are_taken_again(photosort: Command, walls: Path) -> None:
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        first = photosort("organize", walls, "--by", CRITERION, *FLAGS, "--dry-run", **server.environment)
        assert first.code == 0, first.err
        assert "captions: about 10 questions to the server, one photo each" in first.err
        assert "three colours" in first.out and "questions: about" in first.err and "free of charge" in first.err
        server.asked.clear()
        again = photosort(
            *("organize", walls, "--by", "the tone", "--names-from", 1, *FLAGS, "--dry-run", "--json"),
            **server.environment,
        )
        assert again.code == 0, again.err
        assert set(folders(again.json)) == {"Red walls", "Green walls", "Blue walls", "Unsorted"}
        assert {one["named_by"] for one in again.json["folders"]} == {"openai:tiny", "outliers"}
        assert not any("Merge the labels" in str(body) for body in server.asked)
        refined = photosort("refine", "--by", "the colour of the wall", "--dry-run", "--json", **server.environment)
        assert refined.code == 0 and len(refined.json["folders"]) == 4, refined.err


def test_two_criteria_nest_folders(photosort: Command, walls: Path) -> None:
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        flags = ("--by", "the colour", "--by", "the surface", "--k", 3, *FLAGS, "--json")
        done = photosort("organize", walls, *flags, **server.environment)
        assert done.code == 0, done.err
    sorted_ = walls.with_name("Walls-sorted")
    assert len(list((sorted_ / "Red walls" / "Red walls").glob("*.png"))) == 3
    assert (sorted_ / "Unsorted" / "dark.png").is_file()


def test_folders_of_a_criterion_lie_below_years_also_in_the_next_run(
    photosort: Command, walls: Path, tmp_path: Path
) -> None:
    (walls / "dark.png").unlink()
    for name in COLOURS:
        for number in range(3):
            (walls / f"{name}-{number}.png").rename(walls / f"{name}_20{19 + number}0714_120000.png")
    Image.new("RGB", (90, 48), COLOURS["red"]).save(tmp_path / "red_20190815_120000.png")
    Image.new("RGB", (91, 48), COLOURS["blue"]).save(tmp_path / "blue_20230815_120000.png")
    command = ("organize", walls, "--by", CRITERION, "--k", 3, *FLAGS, "--levels", "year,auto", "--json")
    sorted_ = walls.with_name("Walls-sorted")
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        done = photosort(*command, **server.environment)
        assert done.code == 0, done.err
        before = {path.relative_to(sorted_).as_posix() for path in sorted_.rglob("*.png")}
        assert before == {
            f"20{19 + number}/{name.capitalize()} walls/{name}_20{19 + number}0714_120000.png"
            for name in COLOURS
            for number in range(3)
        }
        (sorted_ / "2019" / "Red walls").rename(sorted_ / "2019" / "Barns")
        for path in tmp_path.glob("*.png"):
            path.rename(walls / path.name)
        again = photosort(*command, **server.environment)
        assert again.code == 0, again.err
    assert {path.relative_to(sorted_).as_posix() for path in sorted_.rglob("*.png")} == {
        *(place.replace("2019/Red walls", "2019/Barns") for place in before),
        "2019/Barns/red_20190815_120000.png",
        "2023/Blue walls/blue_20230815_120000.png",
    }


def test_a_captioner_that_answers_nothing_is_refused_with_what_works(photosort: Command, walls: Path) -> None:
    done = photosort("organize", walls, "--by", "the mood", "--dry-run")
    assert done.code == 2
    assert "tags cannot answer questions" in done.err and "--captioner" in done.err and "--into" in done.err


def test_a_server_that_fails_for_good_ends_the_run_and_the_next_one_goes_on(photosort: Command, walls: Path) -> None:
    count = 0

    def fails_later(body: dict[str, Any]) -> Reply:
        nonlocal count
        count += "label" in str(body.get("response_format"))
        if count > 1:
            return Reply(status=401, error={"message": "the key has expired"})
        return answer(body)

    arguments = ("organize", walls, "--by", CRITERION, "--k", 3, *FLAGS, "--dry-run")
    with ChatServer([Reply("")], models=["tiny"], answer=fails_later).running() as server:
        assert photosort(*arguments, **server.environment).code not in (0, 23)
        server.answer = answer
        server.asked.clear()
        assert photosort(*arguments, **server.environment).code == 0
        pictures = [body for body in server.asked if seen(body)]
        labels = [body for body in server.asked if "label" in str(body.get("response_format"))]
        assert not pictures and 0 < len(labels) < 3, "the captions and the first label are kept"


def test_criteria_are_suggested_with_the_folders_they_would_give(photosort: Command, walls: Path) -> None:
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        done = photosort("suggest", walls, *FLAGS, **server.environment)
        assert done.code == 0, done.err
        assert "photosort organize" in done.out and "--by 'the main colour' --k 3 --captioner server:tiny" in done.out
        found = photosort("suggest", walls, *FLAGS, "--json", **server.environment).json["criteria"]
    assert [one["criterion"] for one in found] == list(SUGGESTED)
    assert {folder["name"]: folder["photos"] for folder in found[0]["folders"]} == {"Red": 3, "Green": 3, "Blue": 3}
    refused = photosort("suggest", walls)
    assert refused.code == 2 and "--writer openai:MODEL" in refused.err


def test_published_descriptions_go_through_all_steps(photosort: Command, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    lines = [
        {"id": f"{name}-{n}", "label": f"{name} walls", "texts": [f"a wall painted {name}, number {n}"]}
        for name in COLOURS
        for n in range(4)
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    arguments = ("evaluate", "--texts-file", file, "--by", "the colour", "--json")
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        done = photosort(*arguments, "--methods", "criterion,criterion-named", *FLAGS[2:], **server.environment)
        assert done.code == 0, done.err
        methods = {one["method"]: one for one in done.json["methods"]}
        assert methods["criterion"]["acc"]["mean"] == methods["criterion-named"]["acc"]["mean"] == 1
        assert methods["criterion"]["sem"]["mean"] == 1 and methods["criterion-named"]["sem"]["mean"] is None
        assert "Merge the labels" in str(server.asked)
    alone = photosort(*arguments, "--methods", "criterion")
    assert alone.json["methods"][0]["acc"]["mean"] == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_killed_run_goes_on_where_it_was(photosort: Command, tmp_path: Path) -> None:
    folder = tmp_path / "Walls"
    folder.mkdir()
    for number in range(7):
        Image.new("RGB", (64, 48), (200 - 3 * number, 30, 30)).save(folder / f"{number}.png")
    command = ("organize", folder, "--by", CRITERION, "--k", 1, *FLAGS, "--dry-run", "--json")
    with ChatServer([Reply("")], models=["tiny"], answer=answer).running() as server:
        whole = photosort(*command, **server.environment, **fresh(tmp_path, 0))
        every = sorted(map(json.dumps, server.asked))
        server.asked.clear()
        program = [Path(sys.executable).with_name("photosort"), *map(str, command)]
        killed = subprocess.Popen(program, env={**os.environ, **server.environment, **fresh(tmp_path, 1)})
        server.answer = lambda body: (killed.kill() if len(server.asked) == 10 else None) or answer(body)
        assert killed.wait(120) == -signal.SIGKILL
        before = [*map(json.dumps, server.asked)]
        server.answer = answer
        server.asked.clear()
        again = photosort(*command, **server.environment, **fresh(tmp_path, 1))
        after = [*map(json.dumps, server.asked)]
    assert folders(again.json) == folders(whole.json)
    assert sorted({*before, *after}) == every and after
    assert len(before) + len(after) - len(every) <= AT_ONCE, "what was on its way when it was killed"


def fresh(folder: Path, number: int) -> dict[str, str]:
    """A cache that knows nothing yet, but has the models."""
    cache = folder / f"cache-{number}"
    if not cache.exists():
        cache.mkdir()
        (cache / "models").symlink_to(Path(os.environ["PHOTOSORT_CACHE_DIR"]) / "models")
    return {"PHOTOSORT_CACHE_DIR": str(cache)}
