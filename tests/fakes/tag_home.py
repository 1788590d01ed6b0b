"""Photos that a run has described and filed, without any model."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fakes.filing_kit import photos_in, plan_for
from photosort.filing.journaled.apply import apply
from photosort.photos.facts.facts import Facts, Kind, People
from photosort.settings.settings import Settings
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.tagging.plan import TagPlan
from photosort.workflows.tagging.tag import TagResult, TagWish, tag

FOLDERS = ("Animals", "2019/Beach days", "Mixed")
CAPTIONS = {
    "dog.jpg": (0, "a photo of a dog, probably a beagle"),
    "cat.png": (0, "a photo of an animal, maybe a cat"),
    "sea.jpg": (1, "two people on a beach"),
    "odd.jpg": (2, "maybe a photo of a tool"),
    "slip.jpg": (2, "a receipt"),
}
STEMS = {name.partition(".")[0]: said for name, said in CAPTIONS.items()}
FACTS = {
    "sea.jpg": Facts(People(2, portrait=False, sure=0.9)),
    "slip.jpg": Facts(kind=Kind("receipt", 0.9, ("pixels",))),
}


def picture(seed: int, kind: str = "JPEG", **more: object) -> bytes:
    """A small picture unlike that of any other seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 32, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **more)
    return file.getvalue()


@dataclass
class Home:
    """The user's folders, and a run that has described the photos in one of them."""

    source: Path
    out: Path
    settings: Settings

    def organize(self, mode: str = "copy", *, file: bool = True) -> int:
        """Describe the photos, and file them."""
        photos = [photo for photo in photos_in(self.source, skip=self.out) if photo.path.stem in STEMS]
        labels = [STEMS[photo.path.stem][0] for photo in photos]
        clusters = [
            ClusterRecord(number, name, name.rpartition("/")[2], name, (), "keywords", 0.9)
            for number, name in enumerate(FOLDERS)
        ]
        members = [
            MemberRecord(
                photo.path,
                photo.digest,
                label,
                rank,
                STEMS[photo.path.stem][1],
                0.9,
                label,
                0.1,
                FACTS.get(photo.path.name, Facts()).as_dict(),
            )
            for rank, (photo, label) in enumerate(zip(photos, labels, strict=True))
        ]
        with open_history(self.settings.data_dir) as connection:
            runs = Runs(connection)
            run = runs.add(
                source=self.source,
                destination=self.out,
                mode=mode,
                settings=self.settings.model_dump(mode="json"),
                clusters=clusters,
                members=members,
                left=(),
            )
            if file:
                plan = plan_for(self.source, self.out, mode, labels=labels, folders=FOLDERS)
                runs.start(run)
                assert apply(plan, run, connection).failed == ()
        return run

    def tag(self, argument: object = None, *, embed: bool = False, dry_run: bool = False, **wish: object) -> TagResult:
        """Tag without a question."""
        named = None if argument is None else str(argument)
        wished = TagWish(named, embed=embed, dry_run=dry_run, **wish)  # type: ignore[arg-type]
        return tag(self.settings, wished, review=_agree)

    def sidecars(self, root: Path | None = None) -> set[str]:
        """The names of all sidecars."""
        root = root or self.out
        return {path.relative_to(root).as_posix() for path in root.rglob("*.xmp")}


def _agree(plan: TagPlan) -> None:
    pass


def make_home(folder: Path) -> Home:
    """Write five photos of three folders; their runs are up to the test."""
    source = folder / "photos"
    source.mkdir()
    for seed, name in enumerate(CAPTIONS):
        (source / name).write_bytes(picture(seed, "PNG" if name.endswith(".png") else "JPEG"))
        (source / name).chmod(0o640)
    return Home(source, folder / "photos-sorted", Settings(device="cpu"))
