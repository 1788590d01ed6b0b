"""Processes decode what threads decode, and one that dies takes no other photo with it."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import dying_decoder
from PIL import Image

from photosort.describing.decoding import decoders
from photosort.describing.decoding.decoders import STOPPED, Decoded, Decoders
from photosort.describing.decoding.look import Known, Look, load_frames, needed_frames
from photosort.describing.decoding.ring import Ring, ring_for
from photosort.describing.decoding.shares import Shares
from photosort.errors import ModelFailed
from photosort.models.protocols import Frame
from photosort.photos.files.scan import Found, scan
from photosort.support import lookahead

FRAMES = (Frame(16, "crop"), Frame(24), Frame(20, "inside"))
NOTHING = Known({}, [set(), set(), set()], {}, set())

pytestmark = pytest.mark.slow


@dataclass
class Run:
    """What came of all files."""

    looks: dict[str, Look] = field(default_factory=dict)
    hired: set[int] = field(default_factory=set)

    def steps(self, found: tuple[Found, ...], ring: Ring, known: Known = NOTHING, most: int = 2) -> Iterator[Decoders]:
        """Decode all, with a stop after each file that is done."""
        with Decoders(found, FRAMES, known, ring, most) as processes:
            while processes.busy:
                processes.hand_out()
                self.hired |= set(processes.pids)
                for decoded in processes.take(wait(processes.connections, 1.0)):
                    self._add(decoded, ring)
                    processes.free([] if decoded.slot is None else [decoded.slot])
                    yield processes
            assert sorted(processes._free) == list(range(ring.slots))
            assert processes._shares._free == processes._shares.total

    def all(self, found: tuple[Found, ...], ring: Ring | None = None, known: Known = NOTHING) -> "Run":
        """Decode all."""
        for _ in self.steps(found, ring or ring_for(FRAMES, 8, 1), known):
            pass
        return self

    def _add(self, decoded: Decoded, ring: Ring) -> None:
        look = decoded.look
        if decoded.slot is not None:
            pictures = decoded.pictures or ring.pictures(decoded.slot, decoded.shapes)
            names = needed_frames(look.wanted, FRAMES)
            look.pixels = {frame: picture.copy() for frame, picture in zip(names, pictures, strict=True)}
        assert look.found.path.name not in self.looks, "each file once"
        self.looks[look.found.path.name] = look


@pytest.fixture
def found(photos: Path) -> tuple[Found, ...]:
    (photos / "page.jpg").write_text("<html>")
    return scan(photos).photos


def by_threads(found: tuple[Found, ...], known: Known = NOTHING) -> dict[str, Look]:
    return {look.found.path.name: look for look in load_frames(found, FRAMES, known, most=8)}


def assert_same(ours: dict[str, Look], theirs: dict[str, Look]) -> None:
    assert set(ours) == set(theirs)
    for name, look in ours.items():
        other = theirs[name]
        assert (look.digest, look.wanted, look.header, look.problem) == (
            other.digest,
            other.wanted,
            other.header,
            other.problem,
        )
        assert (look.lasting, look.decoded, set(look.pixels)) == (other.lasting, other.decoded, set(other.pixels))
        assert all(np.array_equal(look.pixels[frame], other.pixels[frame]) for frame in look.pixels)


@pytest.mark.parametrize("ring", [ring_for(FRAMES, 8, 1), ring_for(FRAMES, 1, 1), Ring(tuple(sorted(FRAMES)), 8)])
def test_processes_decode_what_threads_decode(found: tuple[Found, ...], ring: Ring) -> None:
    assert_same(Run().all(found, ring).looks, by_threads(found))


def test_what_is_known_is_asked_for(found: tuple[Found, ...]) -> None:
    digests = [look.digest for look in by_threads(found).values()]
    known = Known({}, [set(digests[:20]), set(digests[:10]), set(digests[:20])], {digests[30]: "damaged"}, set(digests))
    ours = Run().all(found, known=known).looks
    assert_same(ours, by_threads(found, known))
    assert [look.wanted for look in sorted(ours.values(), key=lambda look: look.found.path)][9:21] == [
        (),
        *[(1,)] * 10,
        (0, 1, 2),
    ]


def test_a_photo_that_kills_its_decoder_is_a_problem_of_its_own(
    found: tuple[Found, ...], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "decode_files", dying_decoder.decode_files)
    sound = by_threads(found)
    for number, name in ((3, "03-segfault.png"), (20, "20-killed.png"), (21, "21-odd.png")):
        (photos / name).write_bytes((photos / sorted(sound)[number]).read_bytes())
    run = Run().all(scan(photos).photos)
    dead = [run.looks.pop(name) for name in ("03-segfault.png", "20-killed.png")]
    assert [(look.problem, look.lasting, look.pixels) for look in dead] == [(STOPPED, False, {})] * 2
    assert run.looks.pop("21-odd.png").problem == "could not be decoded (LookupError)"
    assert_same(run.looks, sound)
    assert 2 + decoders.TRIES <= len(run.hired) <= 2 + 2 * decoders.TRIES


def test_a_decoder_that_is_killed_from_outside_costs_no_photo(found: tuple[Found, ...]) -> None:
    run, killed = Run(), set[int]()
    for number, processes in enumerate(run.steps(found, ring_for(FRAMES, 8, 1))):
        if number in (4, 30):
            pid = next(pid for pid in processes.pids if pid not in killed)
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
    assert_same(run.looks, by_threads(found))
    assert len(run.hired) >= 3


def test_a_photo_that_takes_too_long_is_given_up(
    found: tuple[Found, ...], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoders, "decode_files", dying_decoder.decode_files)
    monkeypatch.setattr(lookahead, "PATIENCE", 5.0)
    (photos / "04-hangs.png").write_bytes((photos / found[0].path.name).read_bytes())
    run = Run().all(scan(photos).photos)
    assert run.looks.pop("04-hangs.png").problem == "not read within 5 seconds"
    assert_same(run.looks, by_threads(found))


def test_decoders_that_do_not_begin_end_the_run(found: tuple[Found, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "decode_files", dying_decoder.never_begins)
    with pytest.raises(ModelFailed, match=r"processes that decode photos do not start \(exit status 7\)") as failure:
        Run().all(found)
    assert "goes on from there" in failure.value.hint


def test_large_photos_take_turns_where_memory_is_short(
    found: tuple[Found, ...], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Noted(Shares[Any]):
        def ask(self, who: Any, size: int) -> None:
            asked.append(size)
            super().ask(who, size)
            assert len(self._held) <= 1

    monkeypatch.setattr(decoders, "BYTES_AT_ONCE", 0)
    monkeypatch.setattr(decoders, "Shares", Noted)
    for number in range(4):
        Image.new("RGB", (2000, 1200), (number, 0, 0)).save(photos / f"large{number}.png")
    large = scan(photos).photos
    assert_same(Run().all(large).looks, by_threads(large))
    assert asked == [12 * 2000 * 1200] * 4
