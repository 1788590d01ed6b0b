"""Facts on their way through the describing stage: read once, kept by content, said by captions."""

from pathlib import Path

import numpy as np
import pytest
from fakes.models import ColourCaptioner, ColourEncoder, RedFaces
from PIL import Image

from photosort.describing.decoding import look
from photosort.describing.describe import Described, describe
from photosort.models.protocols import FactModels
from photosort.photos.facts.facts import People, Said
from photosort.photos.files.scan import scan
from photosort.store.cache import Cache
from photosort.store.identity import Identity


class SayingCaptioner(ColourCaptioner):
    """Says what it was told. `told` are the facts of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Said] = []

    def caption(self, vectors: np.ndarray, tones: object, said: Said) -> list[str]:
        self.told.append(said)
        self.asked += len(vectors)
        return [f"{said.kind} {said.people}".strip() or "nothing"] * len(vectors)


def run(folder: Path, cache: Cache, faces: RedFaces, captioner: SayingCaptioner | None = None) -> Described:
    captioner = captioner or SayingCaptioner()
    return describe(scan(folder).photos, ColourEncoder(), [captioner], cache, facts=FactModels(faces))


def test_every_photo_gets_its_own_facts_and_captions_say_them(photos: Path, cache: Cache) -> None:
    (photos / "05-green.png").rename(photos / "Screenshot_2019-07-14-12-33-01.png")
    exif = Image.Exif()
    exif[0x0132] = "2020:01:02 03:04:05"
    Image.new("RGB", (30, 20), "blue").save(photos / "dated.jpg", exif=exif)
    found = run(photos, cache, RedFaces())
    names = [photo.path.name for photo in found.photos]
    by_name = dict(zip(names, zip(found.facts, found.captions, strict=True), strict=True))
    assert by_name["00-red.png"][0].people == People(1, portrait=False, sure=0.9)
    assert by_name["00-red.png"][1] == "a person"
    assert by_name["01-green.png"][1] == "nothing"
    shot, said = by_name["Screenshot_2019-07-14-12-33-01.png"]
    assert (said, shot.taken, shot.taken_by) == ("screenshot", "2019-07-14T12:33:01", "name")
    dated = by_name["dated.jpg"][0]
    assert (dated.taken, dated.taken_by) == ("2020-01-02T03:04:05", "EXIF")


def test_a_second_look_reads_nothing_and_counts_nothing(
    photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(photos, cache, RedFaces())
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("read again"))
    faces, captioner = RedFaces(), SayingCaptioner()
    second = run(photos, cache, faces, captioner)
    assert (faces.seen, captioner.asked, second.looked) == (0, 0, 0)
    assert (first.facts, first.captions) == (second.facts, second.captions)


def test_facts_are_added_to_what_an_older_version_knew(
    photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = describe(scan(photos).photos, ColourEncoder(), [ColourCaptioner()], cache)
    assert before.facts[0].people is None
    encoder, faces = ColourEncoder(), RedFaces()
    found = describe(scan(photos).photos, encoder, [SayingCaptioner()], cache, facts=FactModels(faces))
    assert (encoder.seen, faces.seen) == (0, 40)
    assert found.facts[0].people is not None


def test_a_known_header_alone_missing_is_read_without_decoding(
    photos: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(photos, cache, RedFaces())
    monkeypatch.setattr("photosort.describing.describe.HEADER", Identity("header", "another"))
    monkeypatch.setattr("photosort.describing.facts.HEADER", Identity("header", "another"))
    monkeypatch.setattr(look, "decode", lambda *_: pytest.fail("decoded again"))
    assert run(photos, cache, RedFaces()).looked == 0


def test_a_renamed_photo_gets_the_caption_of_its_new_name(photos: Path, cache: Cache) -> None:
    run(photos, cache, RedFaces())
    (photos / "01-green.png").rename(photos / "Screenshot (1).png")
    found = run(photos, cache, RedFaces())
    assert "screenshot" in found.captions
    assert found.looked == 0


def test_captions_are_asked_for_once_for_all_photos_of_the_same_facts(photos: Path, cache: Cache) -> None:
    captioner = SayingCaptioner()
    run(photos, cache, RedFaces(), captioner)
    assert sorted(captioner.told) == [Said("", ""), Said("", "a person")]


def test_without_facts_nothing_is_counted_or_said(photos: Path, cache: Cache) -> None:
    captioner = SayingCaptioner()
    found = describe(scan(photos).photos, ColourEncoder(), [captioner], cache)
    assert captioner.told == [Said()]
    assert {facts.people for facts in found.facts} == {None}
