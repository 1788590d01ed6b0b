"""organize with a language model on a server, over real HTTP."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from fakes.chat_server import ChatServer, Reply
from fakes.command import Command
from fakes.writer import full_answer
from PIL import Image

TEMPLE = full_answer("Ein Tempel", "Ein chinesischer Tempel mit geschwungenen Dächern.", "Tempel", "Dach")
FLOWER = full_answer("Eine Blume", "Eine große rote Blume leuchtet im Garten.", "Blume")


def test_names_by_a_server_are_disclosed_and_asked_once(photosort: Command, pictures: Path) -> None:
    flags = ("--k", 2, "--writer", "openai:tiny", "--language", "de", "--names", "title")
    with ChatServer([Reply(TEMPLE), Reply(FLOWER)], models=["tiny"]).running() as server:
        done = photosort("organize", pictures, *flags, **server.environment)
        assert done.code == 0, done.err
        assert "openai:tiny gets captions and keywords, no pixels and no file names, sent to 127.0.0.1" in done.err
        assert "2 calls, 200 tokens asked, 20 answered" in done.out
        sorted_ = pictures.with_name("Pictures-sorted")
        assert {path.name for path in sorted_.iterdir()} == {"Ein Tempel", "Eine Blume"}
        for asked in server.asked:
            assert "IMG_" not in str(asked) and "Pictures" not in str(asked)
        text = (sorted_ / "Eine Blume" / "ABOUT.txt").read_text()
        assert "Eine große rote Blume leuchtet im Garten." in text and "Named by openai:tiny." in text
        server.requests.clear()
        again = photosort("organize", pictures, *flags, "--dry-run", "--json", **server.environment)
        assert again.code == 0 and not server.requests
        assert all(file["already_there"] for folder in again.json["folders"] for file in folder["about"])
    assert photosort("undo").code == 0 and not sorted_.exists()


def test_a_server_that_refuses_the_key_stops_the_run(photosort: Command, pictures: Path) -> None:
    with ChatServer([Reply(TEMPLE)], key="right").running() as server:
        environment = {**server.environment, "OPENAI_API_KEY": "wrong"}
        done = photosort("organize", pictures, "--k", 2, "--writer", "openai:tiny", **environment)
        assert done.code == 18 and not server.asked
        assert len(done.err.splitlines()) == 2 and "refuses the key (401" in done.err


def test_a_bad_key_is_reported_before_any_new_photo_is_read(photosort: Command, pictures: Path) -> None:
    arguments = ("organize", pictures, "--k", 2, "--dry-run", "--writer", "openai:tiny", "--language", "de")
    with ChatServer([Reply(TEMPLE), Reply(FLOWER)], key="right", models=["tiny"]).running() as server:
        assert photosort(*arguments, **server.environment).code == 0
        bad = {**server.environment, "OPENAI_API_KEY": "wrong"}
        asked = len(server.requests)
        assert photosort(*arguments, **bad).code == 0 and len(server.requests) == asked
        new = pictures / "new.jpg"
        Image.new("RGB", (90, 90), "teal").save(new)
        refused = photosort(*arguments, **bad)
        assert (refused.code, "refuses the key (401" in refused.err) == (18, True)
        with sqlite3.connect(Path(os.environ["PHOTOSORT_CACHE_DIR"]) / "cache.sqlite") as cache:
            seen = {Path(os.fsdecode(path)).name for (path,) in cache.execute("SELECT path FROM files")}
            assert "IMG_0000.JPG" in seen and "new.jpg" not in seen
    new.unlink()
    assert photosort(*arguments, **bad).code == 0, "a server that is gone is not missed"


def test_why_a_name_is_not_the_writers_is_explained(photosort: Command, pictures: Path) -> None:
    with ChatServer([Reply("I'm sorry, I can't.")]).running() as server:
        done = photosort("organize", pictures, "--k", 2, "--dry-run", "--writer", "openai:tiny", **server.environment)
        assert "Keywords stand in for 2 of 2 names" in done.out
    (first, second) = photosort("explain", "--json").json["clusters"]
    assert first["note"] == second["note"] == "openai:tiny: it was a refusal"
    assert "it was a refusal" in " ".join(photosort("explain").out.split())


def test_files_about_folders_can_be_left_out(photosort: Command, pictures: Path) -> None:
    done = photosort("organize", pictures, "--k", 2, "--no-about", "--json")
    assert done.json["outcome"]["written"] == 0
    assert not list(pictures.with_name("Pictures-sorted").rglob("ABOUT.txt"))
