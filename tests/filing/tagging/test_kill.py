"""A process that writes tags, or takes them back, is really killed at every step, and its calls really fail.

Whatever happens: each sidecar is whole at any moment, as it was or as it is to be, and `undo` gives every file back
byte for byte.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from fakes.preload import build
from faulty import AFTER, FAIL, KILL, SCRIPT, Fault, Faulty
from filing_kit import open_runs, sha, tree, write
from killable import Killable
from tag_kit import RUN, TAGS

from photosort.errors import NoSuchRun
from photosort.filing.tagging.take_back import Untagged, untag
from photosort.filing.tagging.write import resume_tags
from photosort.photos.tags.xmp import Tags, merged
from photosort.store.journals.journal import FilingState
from photosort.store.journals.tag_journal import TagJournal

pytestmark = pytest.mark.slow

USERS = merged(None, Tags("Bello", ("Bello",), ())).replace(b"urn:photosort", b"urn:somebody")
FILES = {"a/IMG_1.JPG": "one", "a/IMG_1.JPG.xmp": USERS, "b/IMG_2.JPG": "two", "b/IMG_3.JPG": "three"}
WRITTEN = merged(USERS, TAGS)
CALLS = {
    "rename": errno.EIO,
    "unlink": errno.EIO,
    "create": errno.EACCES,
    "open": errno.ESTALE,
    "look": errno.ESTALE,
    "stat": errno.EACCES,
    "write": errno.ENOSPC,
    "fsync": errno.EIO,
    "close": errno.EDQUOT,
    "fchmod": errno.EIO,
    "utime": errno.EIO,
}
MOST = 10
"""Calls of a kind that are tried, spread over all of them."""


class Scene:
    """A folder of photos that can be tagged again and again."""

    def __init__(self, root: Path) -> None:
        self.folder, self.data = root / "photos", root / "data"
        self.reset()
        self.before = tree(self.folder)

    @property
    def database(self) -> Path:
        return self.data / "runs"

    def reset(self) -> None:
        for folder in (self.folder, self.data):
            shutil.rmtree(folder, ignore_errors=True)
        write(self.folder, FILES)
        self.data.mkdir()
        open_runs(self.database, RUN).close()

    def arguments(self, job: str) -> dict[str, str]:
        return {"database": str(self.database), **({"folder": str(self.folder)} if job == "tag" else {})}

    def check_photos(self) -> None:
        for name in ("a/IMG_1.JPG", "b/IMG_2.JPG", "b/IMG_3.JPG"):
            assert (self.folder / name).read_text() == FILES[name]

    def check_whole(self) -> None:
        """The user's sidecar is one of both, under its name or, after a step aside, under a temporary one."""
        self.check_photos()
        place = self.folder / "a/IMG_1.JPG.xmp"
        holders = [place, *(self.folder / "a").glob(".photosort-*")]
        assert any(path.exists() and path.read_bytes() in (USERS, WRITTEN) for path in holders)
        if place.exists():
            assert place.read_bytes() in (USERS, WRITTEN)

    def begun(self) -> bool:
        connection = open_runs(self.database, RUN)
        found = connection.execute("SELECT count(*) FROM taggings").fetchone()[0]
        connection.close()
        return bool(found)

    def resume(self) -> None:
        connection = open_runs(self.database, RUN)
        try:
            if TagJournal(connection, RUN).tagging.state is not FilingState.DONE:
                assert resume_tags(connection, RUN).stopped == ""
        finally:
            connection.close()

    def undo(self) -> Untagged | None:
        connection = open_runs(self.database, RUN)
        try:
            return untag(connection, RUN)
        except NoSuchRun:
            return None
        finally:
            connection.close()

    def check_back(self, why: object = "") -> None:
        for _ in range(2):
            self.undo()
        mode = 3 if "fchmod" in str(why) else 4  # permissions are kept as far as the disk sets them
        assert {name: entry[:mode] for name, entry in tree(self.folder).items()} == {
            name: entry[:mode] for name, entry in self.before.items()
        }, why


@pytest.fixture
def scene(memory: Path) -> Scene:
    return Scene(memory)


@pytest.mark.parametrize("by_links", [False, True], ids=["exchanged", "stepping aside"])
def test_killed_while_writing(scene: Scene, killable: Killable, by_links: bool) -> None:
    for step in count():
        for then in ("resume", "undo"):
            scene.reset()
            ended = killable.run("tag", die_at=step, by_links=by_links, **scene.arguments("tag"))
            scene.check_whole()
            if then == "resume":
                scene.resume()
                assert sha(scene.folder / "a/IMG_1.JPG.xmp") == sha_of(WRITTEN)
                assert (scene.folder / "b/IMG_2.JPG.xmp").exists() and (scene.folder / "b/IMG_3.JPG.xmp").exists()
            scene.check_back(step)
        if ended:
            break
    assert step > 20


@pytest.mark.parametrize("by_links", [False, True], ids=["exchanged", "stepping aside"])
def test_killed_while_taking_back(scene: Scene, killable: Killable, by_links: bool) -> None:
    for step in count():
        scene.reset()
        assert killable.run("tag", **scene.arguments("tag"))
        ended = killable.run("untag", die_at=step, by_links=by_links, **scene.arguments("untag"))
        scene.check_whole()
        scene.check_back(step)
        if ended:
            break
    assert step > 20


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("faults", tmp_path_factory.mktemp("library"))


@pytest.fixture
def faulty(library: Path, scene: Scene) -> Iterator[Faulty]:
    process = Faulty(library, (scene.folder, scene.folder))
    yield process
    process.close()


@pytest.mark.parametrize("job", ["tag", "untag"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_goes_wrong(scene: Scene, faulty: Faulty, job: str, call: str) -> None:
    def prepare() -> None:
        scene.reset()
        if job == "untag":
            assert faulty.run("tag", **scene.arguments("tag")).said == ""

    prepare()
    calls = faulty.run(job, Fault(call, -1, FAIL), **scene.arguments(job)).counted
    actions = [FAIL, *([AFTER] if call in ("rename", "unlink") else []), KILL]
    for nth in range(0, calls, max(1, calls // MOST)):
        for action in actions:
            prepare()
            faulty.run(job, Fault(call, nth, action, CALLS[call]), **scene.arguments(job))
            scene.check_whole()
            scene.check_back((job, call, nth, action))


@pytest.mark.parametrize("job", ["tag", "untag"])
def test_somebody_edits_right_after_a_call(scene: Scene, faulty: Faulty, job: str) -> None:
    """The user's edit is never lost, whichever call it follows."""
    place = scene.folder / "a/IMG_1.JPG.xmp"
    script = f"printf edited > '{place}.new' && mv '{place}.new' '{place}'"
    for call in ("rename", "fsync", "open", "unlink"):
        for nth in range(12):
            scene.reset()
            if job == "untag":
                assert faulty.run("tag", **scene.arguments("tag")).said == ""
            ended = faulty.run(job, Fault(call, nth, SCRIPT, script=script), **scene.arguments(job))
            scene.check_photos()
            if nth < ended.counted:
                assert place.read_text() == "edited", (call, nth)


def sha_of(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
