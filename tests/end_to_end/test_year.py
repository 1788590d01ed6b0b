"""A year in the life of a library: a card of photos a month, changes by hand in between, and kills at any step.

What must hold after each of the months, whatever happened: no photo is lost, none lies there twice, every change by
hand is as it was made, and what was undone is exactly as before.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from fakes import by_colour
from fakes.command import Finished
from fakes.walls import walls

from photosort.photos.files.own_files import is_about_name

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

COLOURS = ("red", "green", "blue", "white")
STEPS = 260
"""Steps that filing a card takes, about; a process that is to die later than its last does not."""


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def state(*folders: Path) -> dict[Path, str]:
    """Every file and folder below, with the content of the files."""
    return {path: sha(path) if path.is_file() else "" for folder in folders for path in sorted(folder.rglob("*"))}


class Library:
    """The user, the cards, and where the photos go. What the user knows is kept beside the disk."""

    def __init__(self, root: Path, seed: int) -> None:
        self.out, self.cards = root / "Library", root / "cards"
        self.random = random.Random(seed)
        self.brought: dict[str, Path] = {}
        self.away = set[str]()
        self.by_hand: dict[Path, str] = {}
        self.late: dict[Path, str] = {}
        self.kills = 0

    def card(self, month: int) -> Path:
        """Put new photos on a card, some with a sidecar, and some that came with an earlier card."""
        card = self.cards / f"{month:02}"
        for colour in COLOURS[: 2 + month // 4]:
            walls(card, colour, range(100 * month, 100 * month + self.random.randint(2, 4)))
        if month > 1:
            walls(card, "red", range(100, 102))
        for photo in sorted(card.glob("*.png"))[::3]:
            photo.with_suffix(".xmp").write_text(f"<x:xmpmeta>{photo.stem}</x:xmpmeta>")
        if month > 1:
            self._late_sidecar(month)
        self.brought |= {sha(photo): photo for photo in card.glob("*.png")}
        return card

    def _late_sidecar(self, month: int) -> None:
        """A sidecar comes for a photo of the month before, which has its place already, and has none on any card."""
        folder = self.cards / f"{month - 1:02}"
        described = {sha(path) for path in self.cards.rglob("*.png") if path.with_suffix(".xmp").exists()}
        plain = [path for path in sorted(folder.glob("*.png")) if sha(path) not in described]
        lying = {sha(path): path for path in self.out.rglob("*.png")}
        alone = [path for path in plain if sha(path) in lying and not lying[sha(path)].with_suffix(".xmp").exists()]
        for photo in alone[-1:]:
            if month - 1 != 6:
                photo.with_suffix(".xmp").write_text(f"<x:xmpmeta>late {photo.stem}</x:xmpmeta>")
                self.late[photo.with_suffix(".xmp")] = sha(photo)

    def bring_late(self) -> None:
        """Bring the sidecars that came later, and see each beside its photo, wherever the user has put that."""
        for sidecar, photo in self.late.items():
            assert by_colour.run("add", sidecar.parent, "--to", self.out, "--mode", "copy").code == 0
            (place,) = [path for path in self.out.rglob("*.png") if sha(path) == photo]
            beside = {path.read_bytes() for path in place.parent.glob("*.xmp") if path.stem == place.stem}
            assert sidecar.read_bytes() in beside, f"{sidecar} did not follow {place}"
        self.late.clear()

    def check_texts(self) -> None:
        """Each text about a folder that nobody edited names exactly the photos that a run put or found there."""
        for data in self.out.rglob("photosort.json"):
            named = Counter(photo["file"] for photo in json.loads(data.read_text())["photos"])
            assert not named or max(named.values()) == 1, f"{data} names a photo twice"
            text = data.with_name("ABOUT.txt").read_text()
            assert all(name in text for name in named)

    def check_joined(self, month: int, card: Path) -> None:
        """What this month has brought is named where it lies."""
        coming = {sha(path) for path in card.glob("*.png")} - self.away
        for photo in self.out.rglob("*.png"):
            data = photo.with_name("photosort.json")
            if sha(photo) in coming and photo not in self.by_hand and data.exists():
                named = {one["file"] for one in json.loads(data.read_text())["photos"]}
                assert photo.name in named, f"{photo} of month {month} is not named in {data}"

    def bring(self, month: int, card: Path) -> None:
        """Import a card, by the command of the month; it may be killed, and is then finished or taken back."""
        command = self._command(month, card)
        before, whole = state(self.out, card), False
        coming = {sha(photo) for photo in card.glob("*.png")} - self.away
        done = self._maybe_killed(*command)
        if done.code == -signal.SIGKILL:
            self.check_nothing_lost()
            last = by_colour.run("runs", "--json").json["runs"][0]
            if last["state"] == "cut off" and self.random.random() < 0.5:
                done = self._until_done("resume", last["run"])
            else:
                if last["state"] == "cut off":
                    assert self._until_done("undo", last["run"]).code == 0
                elif last["state"] == "done" and coming <= set(self.lying()):
                    whole = True  # it died after its last file
                assert whole or state(self.out, card) == before
                done = done if whole else by_colour.run(*command)
        assert whole or done.code == 0, done.err
        if month % 4 == 3:
            assert by_colour.run("undo").code == 0
            assert state(self.out, card) == before, "an undo is exact"
            assert by_colour.run(*command).code == 0

    def _command(self, month: int, card: Path) -> tuple[object, ...]:
        if month == 1:
            return "organize", card, "--out", self.out, "--k", 2, "--fusion", "image", "--names", "keywords"
        if month % 3 == 0:
            return "organize", card, "--out", self.out, "--fusion", "image", "--names", "keywords"
        return ("add", card, "--mode", "move", "--yes") if month % 3 == 1 else ("add", card, "--to", self.out)

    def watch(self, card: Path) -> None:
        """Let a card arrive while the folder is watched; the first watch is killed while it files."""
        arriving = card.with_name("arriving")
        arriving.mkdir()
        first = by_colour.start("watch", arriving, "--to", self.out, die_at=self.random.randrange(40, STEPS // 2))
        for file in sorted(card.iterdir()):
            file.rename(arriving / file.name)
        assert first.wait(timeout=120) == -signal.SIGKILL
        first.communicate()
        self.kills += 1
        self.check_nothing_lost()
        second = by_colour.start("watch", arriving, "--to", self.out)
        wanted = {sha(path) for path in arriving.glob("*.png")} - self.away
        end = time.monotonic() + 120
        while not wanted <= set(self.lying()) and time.monotonic() < end and second.poll() is None:
            time.sleep(0.2)
        time.sleep(1)
        second.send_signal(signal.SIGINT)
        out, err = second.communicate(timeout=60)
        assert (second.returncode, "Ended after" in out) == (0, True), out + err
        if "photosort resume" in out:
            assert by_colour.run("resume").code == 0

    def _until_done(self, way: str, run: int) -> Finished:
        while (done := self._maybe_killed(way, run)).code == -signal.SIGKILL:
            self.check_nothing_lost()
        return done

    def _maybe_killed(self, *command: object) -> Finished:
        die_at = self.random.randrange(STEPS) if self.random.random() < 0.6 else None
        done = by_colour.run(*command, die_at=die_at)
        self.kills += done.code == -signal.SIGKILL
        return done

    def change(self, month: int) -> None:
        """Do by hand what a user does to a library, with no program that knows of photosort."""
        photos = sorted(path for path in self.out.rglob("*.png") if path not in self.by_hand)
        folders = sorted({path.parent for path in photos})
        photo = self.random.choice(photos)
        if month % 6 == 1:
            self._rename_folder(self.random.choice(folders), f"Album of month {month}")
        elif month % 6 == 2:
            self._move(photo, self.random.choice([folder for folder in folders if folder != photo.parent]) / photo.name)
        elif month % 6 == 3:
            self.away.add(sha(photo))
            photo.unlink()
        elif month % 6 == 4:
            self.away.add(sha(photo))
            with photo.open("ab") as file:
                file.write(b"edited in month %d" % month)
            self.by_hand[photo] = sha(photo)
        elif month % 6 == 5:
            self._move(photo, photo.with_name(f"The best of month {month}.png"))
        else:
            own = self.out / f"My own {month}"
            own.mkdir()
            self._move(photo, own / photo.name)
        if month == 9:
            smallest = min(folders, key=lambda folder: len(list(folder.iterdir())))
            self.away |= {sha(path) for path in smallest.glob("*.png")}
            self.by_hand = {path: of for path, of in self.by_hand.items() if path.parent != smallest}
            shutil.rmtree(smallest)

    def _rename_folder(self, folder: Path, name: str) -> None:
        new = folder.rename(folder.with_name(name))
        self.by_hand = {
            new / path.name if path.parent == folder else path: content for path, content in self.by_hand.items()
        }
        self.by_hand |= {path: sha(path) for path in new.glob("*.png")}

    def _move(self, photo: Path, place: Path) -> None:
        assert not place.exists()
        photo.rename(place)
        self.by_hand[place] = sha(place)

    def lying(self) -> Counter[str]:
        """The contents of the library."""
        return Counter(sha(path) for path in self.out.rglob("*.png"))

    def check_nothing_lost(self) -> None:
        """Every photo that ever came is somewhere, but for those that the user has thrown away or written over."""
        on_disk = set(self.lying()) | {sha(path) for path in self.cards.rglob("*.png")}
        # a copy on its way has a name of photosort's own: whole files alone count
        assert self.brought.keys() - self.away <= on_disk

    def check(self, before: dict[Path, str]) -> None:
        """What must hold when all is quiet."""
        self.check_nothing_lost()
        lying = self.lying()
        assert set(lying.values()) == {1}, "a photo lies there twice"
        assert lying.keys() >= self.brought.keys() - self.away, "a photo was not brought in"
        assert not lying.keys() & self.away, "what was thrown away came back"
        assert {path: sha(path) for path in self.by_hand if path.exists()} == self.by_hand
        moved = {path for path, content in before.items() if content and (not path.exists() or sha(path) != content)}
        assert {path for path in moved if not is_about_name(path.name)} == set(), "what lay there was touched"
        assert list(self.out.rglob(".photosort*")) == [], "an unfinished file is left"


def test_a_year_in_the_life(tmp_path: Path) -> None:
    library = Library(tmp_path, seed=int(os.environ.get("PHOTOSORT_TEST_SEED", "1")))
    for month in range(1, 13):
        card = library.card(month)
        before = state(library.out)
        if month == 6:
            library.watch(card)
        else:
            library.bring(month, card)
        library.check(before)
        library.check_texts()
        if month != 6:
            library.check_joined(month, card)
        library.bring_late()
        library.check_nothing_lost()
        library.change(month)
    assert library.kills >= 3, "a year without an accident shows little"
    assert len(library.by_hand) > 6
