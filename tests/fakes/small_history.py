"""A small, fixed history with its cache: photos of dogs, lakes and cats, clustered in the space that fusion makes.

Every number follows from the vectors and captions here, so that views of it are the same on every machine. The models
are a ColourEncoder by name and LetterTexts; no file exists.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from fakes.models import ColourEncoder, LetterTexts
from photosort.clustering.kmeans import Clustering, from_labels
from photosort.methods.fusion import Fusion
from photosort.methods.method import Views
from photosort.models import registry
from photosort.models.selected import select_models
from photosort.photos.facts.facts import Facts, Kind, People
from photosort.settings.settings import Settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.journals.operation import Operation, State
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs

SOURCE, DESTINATION = Path("/home/ada/Pictures"), Path("/home/ada/Pictures-sorted")
CAPTIONS = (
    *("a dog on a beach", "a dog with a ball", "a brown dog on a beach", "two dogs in a park") * 4,
    *("a lake below mountains", "a boat on a lake", "a lake at dusk") * 3,
    *("a cat on a sofa", "a cat in a box", "a cat beside a dog"),
)
LABELS = np.array([0] * 16 + [1] * 9 + [2] * 3)
NAMES = ("Dogs at play", "Lakes", "Animals/Cats")
STRAY = 3
"""A photo of a dog whose picture is rather like those of lakes."""


def vectors() -> np.ndarray:
    """(28, 3), around one axis for each cluster."""
    rows = np.eye(3, dtype=np.float32)[LABELS] * 100
    rows += np.random.default_rng(4).normal(scale=25, size=rows.shape).astype(np.float32)
    rows[STRAY] = (92, 96, 10)
    return rows.astype(np.float16).astype(np.float32)


def paths() -> list[Path]:
    """Where the photos lie, in the order of `CAPTIONS`; sorted as a scan sorts them."""
    return [SOURCE / f"{2019 + label}" / f"IMG_{number:04}.JPG" for number, label in enumerate(LABELS, 1001)]


def digests() -> list[str]:
    return [f"{number:064x}" for number in range(1, len(CAPTIONS) + 1)]


def clustering() -> Clustering:
    views = Views(vectors(), ("",), ([(caption,) for caption in CAPTIONS],), LetterTexts().encode_texts)
    return from_labels(Fusion().fused(views), LABELS)


def facts(number: int) -> Facts:
    people = People(int(number % 4 == 1), portrait=False, sure=0.91)
    kind = Kind("screenshot", 0.97, ("name", "size")) if number == 8 else None
    return Facts(people, kind, f"{2019 + LABELS[number]}-07-14T12:33:01+02:00", "EXIF", (48.2, 16.37))


def use_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours and letters in place of the models that a run names."""
    monkeypatch.setattr(registry, "image_encoder", lambda settings: ColourEncoder())
    monkeypatch.setattr(registry, "text_encoder", lambda settings: LetterTexts())


def stored(home: Path, *, filed: bool = True, **settings: object) -> int:
    """Write the history and the cache below `home`; returns the number of the run."""
    chosen = select_models(Settings(device="cpu", captioner="blip", captions=1, **settings)).settings  # type: ignore[arg-type]
    found = clustering()
    members = [
        MemberRecord(
            path=paths()[photo],
            digest=digests()[photo],
            cluster=label,
            rank=rank,
            caption=CAPTIONS[photo],
            similarity=float(found.own[photo]),
            runner_up=int(found.runner_up[photo]),
            runner_up_similarity=float(found.similarity[photo, found.runner_up[photo]]),
            facts=facts(photo).as_dict(),
        )
        for label in range(3)
        for rank, photo in enumerate(found.members(label).tolist())
    ]
    keywords = ((("dog", 16), ("beach", 8), ("ball", 4)), (("lake", 9), ("mountain", 3)), (("cat", 3), ("dog", 1)))
    with open_history(home / "data") as connection:
        runs = Runs(connection)
        run = runs.add(
            source=SOURCE,
            destination=DESTINATION,
            mode="copy",
            settings=chosen.model_dump(mode="json"),
            clusters=[
                ClusterRecord(
                    label,
                    name,
                    name.rpartition("/")[2],
                    "Dogs run and play on the beach and in parks." if not label else name,
                    keywords[label],
                    "openai:gpt" if not label else "keywords",
                    float(found.own[label == LABELS].mean()),
                    support=0.0 if label else 0.94,
                )
                for label, name in enumerate(NAMES)
            ],
            members=members,
            left=[(SOURCE / "broken.jpg", "truncated"), (SOURCE / "film.mp4", "no photo")],
        )
        started = datetime(2026, 3, 1, 9, 30 + run, tzinfo=UTC).isoformat()
        connection.execute("UPDATE runs SET started = ? WHERE id = ?", (started, run))
        if filed:
            runs.start(run)
            _filed(connection, run, members)
        connection.commit()
    with open_cache(home / "cache") as cache:
        cache.put_vectors(ColourEncoder.identity, digests(), vectors())
    return run


def _filed(connection: object, run: int, members: list[MemberRecord]) -> None:
    operations = [
        Operation(
            member.path,
            DESTINATION / NAMES[member.cluster] / member.path.name,
            1000 + number,
            1,
            member.digest,
            number,
            main=True,
        )
        for number, member in enumerate(members)
    ]
    places = {"source": SOURCE, "destination": DESTINATION}
    journal = Journal.begin(connection, run, **places, mode="copy", operations=operations)  # type: ignore[arg-type]
    journal.mark(journal.operations(State.PLANNED), State.DONE)
    journal.turn(FilingState.DONE)
