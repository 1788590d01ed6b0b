"""Pages for reports: three folders of made photos, with hostile texts where they are asked for."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

from PIL import Image

from photosort.photos.facts.facts import Facts, People
from photosort.report.page import Page, PageFolder, PagePhoto

HOSTILE = "</script><script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
WORDS = ("dog", "lake", "Été")


def page(*, each: int = 12, hostile: str = "", spots: bool = True) -> Page:
    """Three folders of `each` photos, the first with dates in 2019, the second in 2020; `hostile` is in every text."""
    photos = [
        PagePhoto(
            name=f"{word}-{rank}{hostile}.jpg",
            path=f"in/{word}-{rank}{hostile}.jpg",
            folder=number,
            rank=rank,
            caption=f"a photo of a {word} number {rank}{hostile}",
            similarity=0.9 - rank / 100,
            next=(number + 1) % 3,
            next_similarity=0.4,
            facts=Facts(people=People(2, False, 0.9), taken=f"{2019 + number}-0{1 + rank % 9}-11", taken_by="EXIF")
            if number < 2
            else Facts(),
            spot=((number + rank / each) / 3, rank / each) if spots else None,
        )
        for number, word in enumerate(WORDS)
        for rank in range(each)
    ]
    folders = [
        PageFolder(
            number,
            f"{word}s{hostile}",
            (f"All of {word}{hostile}",),
            ((f"{word}{hostile}", each),),
            0.9,
            tuple(range(number * each, (number + 1) * each)),
            f"A note{hostile}" if hostile else "",
        )
        for number, word in enumerate(WORDS)
    ]
    return Page(
        run=3,
        started="2026-01-02T03:04:05+00:00",
        source=f"/photos/Pictures{hostile}",
        destination=f"/photos/Pictures-sorted{hostile}",
        mode="copy",
        state="previewed",
        folders=tuple(folders),
        photos=tuple(photos),
        left=((f"in/broken{hostile}.jpg", f"truncated{hostile}"), ("in/empty.jpg", "empty file")),
        settings={"k": 3, "exclude": [f"*.tmp{hostile}"], "by": None},
        map_note="Photos that look alike lie near each other.",
        photosort="0.1",
    )


def addresses(count: int) -> Callable[[int], str]:
    """A picture for each index, as a data address."""
    made = []
    for number in range(count):
        content = io.BytesIO()
        Image.new("RGB", (24, 16), ((number * 40) % 256, (number * 90) % 256, 120)).save(content, "WEBP")
        made.append(f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode()}")
    return lambda index: made[index]
