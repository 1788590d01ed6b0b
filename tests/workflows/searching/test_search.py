"""Photos found in a real cache, by a real encoder of photos and texts that has few weights; only vectors are made up.

Each photo has the vector of the text that it is named after, so that what has to be found is plain.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import tiny_models
from fakes.filing_kit import FOLDERS, plan_for, sha
from fakes.photos import crops

from photosort.describing.decoding.look import HEADER
from photosort.errors import NothingFound, NotLookedAt, SettingsError
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.models.facts.faces import FaceCounter
from photosort.models.selected import ModelSet, select_models
from photosort.photos.facts.header import Header
from photosort.searching.doubt import looks_like, other_things
from photosort.searching.filters import filters_of
from photosort.searching.query import parse
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache, text_key
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.searching.listing import listing
from photosort.workflows.searching.other_things import kept_directions
from photosort.workflows.searching.search import Hit, Searched, search

FILES = {name: name for name in ("dog.jpg", "cat.jpg", "beach.jpg", "house.jpg", "more/tree.jpg")}
MARGIN = 1e-3


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.open_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def models(clip: Path) -> ModelSet:
    return select_models(load_settings(image_encoder=f"local:{clip}", device="cpu"))


@pytest.fixture
def looked_at(models: ModelSet, source: Path) -> Path:
    """The folder of FILES, with every photo in the cache."""
    remember(models, *sorted(source.rglob("*.jpg")))
    return source


def remember(models: ModelSet, *photos: Path) -> None:
    """What a look at the photos would have kept; the vector is that of the text in the file, to which no text is
    nearer.
    """
    space = models.search_space(lambda encoder: encoder)
    with open_cache(models.settings.cache_dir) as cache:
        for photo in photos:
            stat = photo.stat()
            text = photo.read_text().removesuffix(".jpg").rpartition("/")[2]
            cache.put_digests([(photo, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, sha(photo))])
            cache.put_vectors(models.image_encoder.identity, [sha(photo)], 3 * space.of_texts([text]))


def know(models: ModelSet, photo: Path, taken: str = "", people: int = 0) -> None:
    """The facts of a photo."""
    with open_cache(models.settings.cache_dir) as cache:
        cache.put_texts(HEADER, {sha(photo): Header(taken=taken).as_text()})
        cache.put_texts(
            FaceCounter.identity, {sha(photo): json.dumps({"count": people, "portrait": False, "sure": 0.9})}
        )


def filed(
    models: ModelSet, source: Path, *, mode: str = "copy", file: bool = True, captioner: str = "tags"
) -> tuple[int, Path]:
    """A run that puts the photos of a folder into two folders by turns; its number, and where they went. The caption of
    each says what the photo is called.
    """
    photos = sorted(source.rglob("*.jpg"))
    labels = [number % 2 for number in range(len(photos))]
    plan = plan_for(source, source.with_name(f"{source.name}-{mode}"), mode, labels=labels)
    with open_history(models.settings.data_dir) as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=plan.destination,
            mode=mode,
            settings={"captioner": captioner},
            clusters=[
                ClusterRecord(number, folder.name, folder.name, "", (), "keywords", 0.9)
                for number, folder in enumerate(plan.folders)
            ],
            members=[
                MemberRecord(
                    file.source, file.digest, FOLDERS.index(folder.name), rank, f"a {file.source.stem}", 0.9, 0, 0.1
                )
                for number, folder in enumerate(plan.folders)
                for rank, file in enumerate(folder.files)
            ],
            left=[],
        )
        if file:
            runs.start(run)
            apply(plan, run, connection)
    return run, plan.destination


def found(models: ModelSet, query: str, *, inside: str = "", top: int = 20, **filters: str) -> Searched:
    return search(parse(query), models, filters=filters_of(**filters), inside=inside, top=top)


def names(searched: Searched) -> list[str]:
    return [hit.path.name for hit in searched.hits]


def only(searched: Searched) -> Hit:
    return searched.hits[0]


@pytest.mark.parametrize("name", ["dog", "cat", "beach", "house"])
def test_the_photo_that_a_text_names_comes_first(models: ModelSet, looked_at: Path, name: str) -> None:
    searched = found(models, name)
    assert only(searched).path == looked_at / f"{name}.jpg"
    assert abs(only(searched).similarity - 1) < MARGIN, "a cosine, of vectors of any length"
    assert len(searched.hits) == searched.among == 5
    scores = [hit.similarity for hit in searched.hits]
    assert scores == sorted(scores, reverse=True)
    assert names(found(models, name, top=2)) == names(searched)[:2]
    assert only(searched).copies == 1 and not only(searched).caption and not only(searched).run


def test_terms_are_added_and_taken_away(models: ModelSet, looked_at: Path) -> None:
    def scores(query: str) -> dict[str, float]:
        return {hit.path.name: hit.similarity for hit in found(models, query).hits}

    dog, beach = scores("dog"), scores("beach")
    for query, weights in {
        "dog + beach": (0.5, 0.5),
        "beach - dog": (-0.5, 0.5),
        "3:dog - beach": (0.75, -0.25),
    }.items():
        expected = {name: weights[0] * dog[name] + weights[1] * beach[name] for name in dog}
        assert scores(query) == pytest.approx(expected, abs=MARGIN)
        assert next(iter(scores(query))) == max(expected, key=lambda name: expected[name])


def test_a_photo_finds_its_like_and_not_itself(models: ModelSet, looked_at: Path) -> None:
    dog = looked_at / "dog.jpg"
    near = names(found(models, str(dog)))
    assert "dog.jpg" not in near and len(near) == 4
    assert near == names(found(models, "dog"))[1:], "its vector is that of the text"
    assert names(search(parse("", dog), models)) == near


def test_a_photo_that_was_never_seen_is_looked_at(models: ModelSet, looked_at: Path, tmp_path: Path) -> None:
    temple, other, flower = [*crops("china.jpg", 2), *crops("flower.jpg", 1)]
    for name, image in {"temple": temple, "other": other, "flower": flower}.items():
        image.save(tmp_path / f"{name}.png")
    assert len(names(search(parse("", tmp_path / "temple.png"), models))) == 5
    assert "temple.png" in names(search(parse("", tmp_path / "flower.png"), models)), "it is known from now on"
    assert names(search(parse("", tmp_path / "other.png"), models))[0] in ("temple.png", "flower.png")


def test_a_photo_alone_has_no_like(models: ModelSet, source: Path) -> None:
    remember(models, source / "dog.jpg")
    with pytest.raises(NothingFound, match=r"No photo is known but the one that is compared with"):
        search(parse("", source / "dog.jpg"), models)


def test_equal_photos_are_one(models: ModelSet, looked_at: Path) -> None:
    twin = looked_at / "more" / "twin.jpg"
    twin.write_bytes((looked_at / "dog.jpg").read_bytes())
    remember(models, twin)
    searched = found(models, "dog")
    assert searched.among == 5 and only(searched).copies == 2
    assert set(only(searched).places) == {twin, looked_at / "dog.jpg"}
    assert only(found(models, "dog", inside=str(looked_at / "more"))).path == twin


@pytest.mark.parametrize("mode", ["copy", "move", "symlink", "hardlink"])
def test_a_filed_photo_is_shown_in_its_folder(models: ModelSet, looked_at: Path, mode: str) -> None:
    run, destination = filed(models, looked_at, mode=mode)
    hit = only(found(models, "dog"))
    assert hit.path == destination / hit.folder / "dog.jpg" and hit.folder in FOLDERS
    assert (hit.run, hit.caption, hit.copies) == (run, "a dog", 1)
    assert len(hit.places) == (1 if mode == "move" else 2)
    assert found(models, "dog").gone == 0


def test_a_run_that_was_undone_has_no_say(models: ModelSet, looked_at: Path) -> None:
    first, _ = filed(models, looked_at)
    with open_history(models.settings.data_dir) as connection:
        undo(connection, first)
    hit = only(found(models, "dog"))
    assert hit.path == looked_at / "dog.jpg"
    assert (hit.run, hit.caption) == (first, "a dog"), "what it said of the photo is still known"


def test_a_preview_does_not_hide_a_run(models: ModelSet, looked_at: Path) -> None:
    run, _ = filed(models, looked_at)
    filed(models, looked_at, file=False)
    assert only(found(models, "dog")).run == run


@pytest.mark.parametrize("change", ["gone", "longer", "touched"])
def test_what_is_gone_or_changed_is_left_out(models: ModelSet, looked_at: Path, change: str) -> None:
    dog = looked_at / "dog.jpg"
    if change == "gone":
        dog.unlink()
    elif change == "longer":
        stat = dog.stat()
        dog.write_text("something else")
        os.utime(dog, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    else:
        os.utime(dog, ns=(1, 1))
    searched = found(models, "dog", top=2)
    assert len(searched.hits) == 2 and "dog.jpg" not in names(searched) and searched.gone == 1


def test_the_original_stands_in_for_a_copy_that_is_gone(models: ModelSet, looked_at: Path) -> None:
    filed(models, looked_at)
    only(found(models, "dog")).path.unlink()
    searched = found(models, "dog")
    assert only(searched).path == looked_at / "dog.jpg" and searched.gone == 0


def test_nothing_lies_where_it_was(models: ModelSet, looked_at: Path) -> None:
    for photo in looked_at.rglob("*.jpg"):
        photo.unlink()
    with pytest.raises(NothingFound, match="None of the 5 photos that fit lies where it was looked at, unchanged"):
        found(models, "dog")


def test_a_folder_on_disk_or_of_the_last_run(models: ModelSet, looked_at: Path) -> None:
    run, destination = filed(models, looked_at)
    assert names(found(models, "dog", inside=str(looked_at / "more"))) == ["tree.jpg"]
    assert only(found(models, "dog", inside=str(looked_at / "more"))).path == looked_at / "more" / "tree.jpg"
    dogs = {path.name for path in (destination / FOLDERS[0]).glob("*.jpg")}
    assert set(names(found(models, "dog", inside=str(destination / FOLDERS[0])))) == dogs
    assert set(names(found(models, "dog", inside="DOGS"))) == dogs and 0 < len(dogs) < 5
    with pytest.raises(NothingFound, match=f"cars is neither a folder on disk nor .* of a folder of run {run}"):
        found(models, "dog", inside="cars")
    (looked_at / "empty").mkdir()
    with pytest.raises(NothingFound, match=r"No known photo lies in .*empty"):
        found(models, "dog", inside=str(looked_at / "empty"))


@pytest.mark.slow
def test_written_captions_count_where_only_labels_are_known(looked_at: Path, shared_models: Path) -> None:
    builtin = select_models(load_settings(profile="builtin"))
    (builtin.settings.cache_dir / "models").symlink_to(shared_models)
    photos = sorted(looked_at.rglob("*.jpg"))
    alike = np.tile(np.random.default_rng(0).random((1, 1280), dtype=np.float32), (len(photos), 1))
    with open_cache(builtin.settings.cache_dir) as cache:
        cache.put_vectors(builtin.image_encoder.identity, [sha(photo) for photo in photos], alike)
    filed(builtin, looked_at, captioner="openai:gpt-4o-mini")
    for name in ("house", "tree", "cat"):
        assert only(found(builtin, f"a {name}")).path.name == f"{name}.jpg"
        assert names(found(builtin, f"animal - {name}"))[-1] == f"{name}.jpg" or name == "cat"
    filed(builtin, looked_at, file=False)
    assert only(found(builtin, "a tree")).path.name == "tree.jpg", "tags say less, and hide no caption"


def test_facts_choose_among_photos(models: ModelSet, looked_at: Path) -> None:
    know(models, looked_at / "dog.jpg", "2023-05-17T10:00:00", people=2)
    know(models, looked_at / "cat.jpg", "2024-01-01T00:00:00")
    know(models, looked_at / "beach.jpg", people=3)
    assert names(found(models, "dog", after="2023", before="2024")) == ["dog.jpg"]
    assert found(models, "dog", after="2023").unknown == 3, "one without a date, two without facts"
    assert set(names(found(models, "dog", people="2+"))) == {"dog.jpg", "beach.jpg"}
    assert names(found(models, "dog", people="group")) == ["beach.jpg"]
    assert names(found(models, "dog", people="2+", after="2023", inside=str(looked_at))) == ["dog.jpg"]
    assert len(names(found(models, "dog", kind="photo"))) == 3
    with pytest.raises(NothingFound, match=r"None of the 5 known photos fits the filters. Of 3 it is not known"):
        found(models, "dog", after="2025")


def test_filters_alone_list_photos_by_date(models: ModelSet, looked_at: Path) -> None:
    know(models, looked_at / "dog.jpg", "2023-05-01T10:00:00", 2)
    know(models, looked_at / "cat.jpg", "2024-05-01T10:00:00", 2)
    know(models, looked_at / "beach.jpg", "2022-05-01T10:00:00", 0)
    listed = listing(models, filters_of(people="2+"))
    assert [(hit.path.name, hit.taken, hit.similarity) for hit in listed.hits] == [
        ("cat.jpg", "2024-05-01", None),
        ("dog.jpg", "2023-05-01", None),
    ]
    assert (listed.among, listed.unknown, listed.doubtful) == (2, 2, "")
    assert names(listing(models, filters_of(after="2023"), top=1)) == ["cat.jpg"]
    assert names(listing(models, filters_of(), inside=str(looked_at)))[:3] == ["cat.jpg", "dog.jpg", "beach.jpg"]
    assert names(listing(models, filters_of(), inside=str(looked_at / "more"))) == ["tree.jpg"]
    with pytest.raises(NothingFound, match="None of the 5 known photos fits the filters"):
        listing(models, filters_of(people="9"))


@pytest.mark.parametrize("query", ["dog", "something else altogether"])
def test_the_best_photo_has_to_look_like_the_query(models: ModelSet, looked_at: Path, query: str) -> None:
    """The best photo has the vector of its text, so that its scores are those of the text."""
    searched = found(models, query)
    space = models.search_space(lambda encoder: encoder)
    (own,), others = space.of_texts([only(searched).path.stem]), space.of_texts(other_things())
    fits = looks_like(float(own @ space.of_texts([query])[0]), others @ own)
    assert searched.doubtful == ("" if fits else query)
    assert found(models, "dog + cat").doubtful == "", "of several terms nothing is said"
    assert search(parse("", looked_at / "dog.jpg"), models).doubtful == "", "nor of photos"


def test_facts_that_are_switched_off_filter_nothing(clip: Path, looked_at: Path) -> None:
    off = select_models(load_settings(image_encoder=f"local:{clip}", device="cpu", facts=False))
    assert only(found(off, "dog")).path.name == "dog.jpg"
    with pytest.raises(SettingsError, match="Filters need facts, which are switched off"):
        found(off, "dog", people="1")


def test_an_empty_cache_says_how_to_begin(models: ModelSet) -> None:
    with pytest.raises(NotLookedAt, match=r"No photo was looked at yet.* photosort organize DIR --dry-run looks"):
        found(models, "dog")


def test_photos_of_another_encoder_are_named(models: ModelSet, looked_at: Path) -> None:
    builtin = select_models(load_settings(profile="builtin"))
    with pytest.raises(NotLookedAt, match=r"The 5 known photos were looked at by local:/.* Add --image-encoder local"):
        found(builtin, "dog")
    older = replace(builtin.image_encoder.identity, revision="0")
    with open_cache(models.settings.cache_dir) as cache:
        cache.put_digests([(looked_at / "new.jpg", 1, 1, 1, "ab" * 32)])
        seen = ["ab" * 32, *(sha(path) for path in looked_at.rglob("*.jpg"))]
        cache.put_vectors(older, [*seen, text_key("dog")], np.ones((7, 1280), np.float32))
    with pytest.raises(NotLookedAt, match=r"The 6 known photos were .* by an older efficientnet-lite2.* Look again"):
        found(builtin, "dog")


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        ("nothing.jpg", "no such file"),
        ("torn.jpg", "not an image"),
        (".", "is a directory"),
        ("note.txt", "not an image"),
    ],
)
def test_what_cannot_be_compared_with_is_named(models: ModelSet, looked_at: Path, photo: str, reason: str) -> None:
    for name in ("torn.jpg", "note.txt"):
        (looked_at / name).write_text("no picture")
    with pytest.raises(SettingsError, match=rf"cannot be compared with \({reason}.* Give the path of a photo"):
        search(parse("", looked_at / photo), models)


def test_a_photo_that_the_user_has_moved_is_shown_where_it_lies(models: ModelSet, looked_at: Path) -> None:
    run, destination = filed(models, looked_at)
    put = only(found(models, "dog")).path
    assert put.is_relative_to(destination)
    new = destination / "Our dogs" / "rex.jpg"
    new.parent.mkdir()
    put.rename(new)
    hit = only(found(models, "dog"))
    assert (hit.path, hit.run, hit.copies) == (new, run, 1)
    text = new.read_text()
    new.write_text(text[::-1])
    os.utime(new, ns=(0, (looked_at / "dog.jpg").stat().st_mtime_ns))
    assert only(found(models, "dog")).path == looked_at / "dog.jpg", "equal size and time are not enough"


@pytest.mark.parametrize("where", ["below the destination", "elsewhere"])
def test_a_photo_that_was_moved_into_a_folder_is_found_in_it(models: ModelSet, looked_at: Path, where: str) -> None:
    run, destination = filed(models, looked_at)
    put = only(found(models, "dog")).path
    mine = (destination if where == "below the destination" else looked_at.with_name("other")) / "Mine"
    mine.mkdir(parents=True)
    put.rename(mine / "rex.jpg")
    searched = found(models, "dog", inside=str(mine))
    (hit,) = searched.hits
    assert (hit.path, hit.run, hit.copies, searched.among) == (mine / "rex.jpg", run, 1, 1)
    assert (mine / "rex.jpg") in [one.path for one in listing(models, filters_of(), inside=str(mine)).hits]
    assert put.name not in names(found(models, "dog", inside=str(put.parent)))


def test_a_copy_that_the_user_has_made_is_found_in_its_folder(models: ModelSet, looked_at: Path) -> None:
    filed(models, looked_at)
    put, mine = only(found(models, "dog")).path, looked_at.with_name("mine")
    mine.mkdir()
    shutil.copy2(put, mine / "rex.jpg")
    (hit,) = found(models, "dog", inside=str(mine)).hits
    assert hit.path == mine / "rex.jpg" and {put, looked_at / "dog.jpg"} < {*hit.places}
    assert hit.copies == 2, "the user's own: where it was seen, and here"
    text = put.read_text()
    (mine / "rex.jpg").write_text(text[::-1])
    os.utime(mine / "rex.jpg", ns=(0, put.stat().st_mtime_ns))
    with pytest.raises(NothingFound):
        found(models, "dog", inside=str(mine))


def test_a_folder_that_the_user_has_renamed_is_shown_by_its_new_name(models: ModelSet, looked_at: Path) -> None:
    _, destination = filed(models, looked_at)
    folder = only(found(models, "dog")).path.parent
    folder.rename(destination / "Mine")
    assert only(found(models, "dog")).path == destination / "Mine" / "dog.jpg"


def test_photos_are_chosen_by_town_and_country(models: ModelSet, looked_at: Path) -> None:
    places = {"dog.jpg": (48.8566, 2.3522), "cat.jpg": (-23.5505, -46.6333), "beach.jpg": None}
    for name, place in places.items():
        know(models, looked_at / name)
        with open_cache(models.settings.cache_dir) as cache:
            cache.put_texts(HEADER, {sha(looked_at / name): Header(place=place).as_text()})
    for place in ("Paris", "paris", "FRANCE", "Paris, France"):
        assert names(found(models, "dog", place=place)) == ["dog.jpg"]
    assert names(found(models, "dog", place="sao paulo")) == ["cat.jpg"]
    listed = listing(models, filters_of(place="Brazil"))
    assert (names(listed), listed.unknown) == (["cat.jpg"], 3)
    with pytest.raises(NothingFound, match=r"None of the 5 known photos fits the filters\. Of 3 it is not known"):
        found(models, "dog", place="Rome")


def test_what_a_query_is_compared_with_is_made_once(models: ModelSet, looked_at: Path) -> None:
    assert found(models, "dog").doubtful == found(models, "dog").doubtful
    with open_cache(models.settings.cache_dir) as cache:
        space = models.search_space(lambda encoder: encoder)
        kept = kept_directions(space, cache)
        assert np.abs(kept - space.of_texts(other_things())).max() < MARGIN

        class Dumb:
            identity = space.identity

        assert (kept_directions(Dumb(), cache) == kept).all(), "no text is encoded again"  # type: ignore[arg-type]
