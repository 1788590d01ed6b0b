"""What goes in comes out, under its own identity only."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from photosort.errors import StoreDamaged
from photosort.store.cache import Cache, open_cache, set_aside, text_key
from photosort.store.identity import Identity

LITE = Identity("lite", "1")
KEYS = [text_key(str(number)) for number in range(1200)]


@pytest.fixture
def cache(tmp_path: Path):
    with open_cache(tmp_path) as cache:
        yield cache


def test_vectors_come_back_in_the_order_asked(cache: Cache) -> None:
    vectors = np.arange(1200 * 3, dtype=np.float32).reshape(1200, 3) / 64
    cache.put_vectors(LITE, KEYS, vectors)
    backwards = cache.matrix(LITE, KEYS[::-1])
    assert backwards.dtype == np.float32
    assert np.allclose(backwards, vectors[::-1], rtol=1e-3)
    assert cache.keys(LITE) == set(KEYS)


def test_all_vectors_of_a_model_come_at_once(cache: Cache) -> None:
    vectors = np.arange(1200 * 3, dtype=np.float32).reshape(1200, 3) / 64
    cache.put_vectors(LITE, KEYS, vectors)
    cache.put_vectors(Identity("other", "1"), KEYS[:1], np.ones((1, 5), np.float32))
    keys, found = cache.all_vectors(LITE)
    assert set(keys) == set(KEYS) and found.shape == (1200, 3)
    assert np.allclose(found.astype(np.float32), cache.matrix(LITE, keys))
    assert cache.all_vectors(Identity("none", "1"))[0] == []
    cache.put_texts(Identity("said", "1"), {KEYS[0]: "a dog"})
    assert set(cache.models()) == {LITE, Identity("other", "1")}


def test_vectors_of_other_lengths_are_damage(cache: Cache) -> None:
    cache.put_vectors(LITE, KEYS[:1], np.ones((1, 1), np.float32))
    cache.put_vectors(LITE, KEYS[1:2], np.ones((1, 3), np.float32))
    with pytest.raises(StoreDamaged, match=r"cache\.sqlite is damaged \(vectors of one model differ in their length\)"):
        cache.all_vectors(LITE)


def test_files_are_listed_with_what_tells_a_change(cache: Cache, tmp_path: Path) -> None:
    cache.put_digests([(tmp_path / "b.jpg", 2, 20, 21, "b"), (tmp_path / "a.jpg", 1, 10, 11, "a")])
    first, second = os.fsencode(tmp_path / "a.jpg"), os.fsencode(tmp_path / "b.jpg")
    assert list(cache.files()) == [(first, 1, 10, "a"), (second, 2, 20, "b")]


def test_another_model_revision_or_prompt_knows_nothing(cache: Cache) -> None:
    cache.put_texts(LITE, {KEYS[0]: "a dog"})
    for other in (Identity("heavy", "1"), Identity("lite", "2"), Identity("lite", "1", "What is it?")):
        assert cache.texts(other, KEYS) == {}
    assert cache.texts(LITE, KEYS[:3]) == {KEYS[0]: "a dog"}
    assert cache.all_texts(LITE) == {KEYS[0]: "a dog"}


def test_a_missing_vector_is_an_error_not_a_guess(cache: Cache) -> None:
    cache.put_vectors(LITE, KEYS[:1], np.ones((1, 2), np.float32))
    with pytest.raises(KeyError):
        cache.matrix(LITE, KEYS[:2])


def test_only_a_changed_file_is_read_again(cache: Cache, tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_text("one")
    stat = photo.stat()
    assert cache.digest_of(photo, lambda path: "first") == cache.digest_of(photo, lambda path: "second") == "first"
    while photo.stat().st_ctime_ns == stat.st_ctime_ns:
        photo.write_text("two")
        os.utime(photo, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert cache.digest_of(photo, lambda path: "third") == "third"


def test_digests_and_texts_survive_closing(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.put_digests([(Path("/photos/a.jpg"), 5, 7, 9, KEYS[0])])
        cache.put_texts(LITE, {KEYS[1]: "naïve\n"})
    with open_cache(tmp_path) as cache:
        assert cache.digests() == {(b"/photos/a.jpg", 5, 7, 9): KEYS[0]}
        assert cache.texts(LITE, KEYS[:2]) == {KEYS[1]: "naïve\n"}


def test_a_new_cache_replaces_one_set_aside_which_is_kept(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "cache.sqlite").write_text(f"damage {number}")
        (tmp_path / "cache.sqlite-wal").write_text(f"log {number}")
        assert set_aside(tmp_path) == tmp_path / f"cache.sqlite.damaged-{number}"
        assert (tmp_path / f"cache.sqlite.damaged-{number}").read_text() == f"damage {number}"
        assert (tmp_path / f"cache.sqlite.damaged-{number}-wal").read_text() == f"log {number}"
        assert not [*tmp_path.glob("cache.sqlite-*"), *tmp_path.glob("cache.sqlite")]
    with open_cache(tmp_path) as cache:
        assert cache.digests() == {}


@pytest.mark.parametrize("value", ["x'010203'", "NULL", "'text'", "x'0102'"])
def test_a_vector_that_no_cache_has_kept_is_damage(cache: Cache, tmp_path: Path, value: str) -> None:
    cache.put_vectors(LITE, KEYS[:2], np.ones((2, 3), np.float32))
    with closing(sqlite3.connect(tmp_path / "cache.sqlite")) as connection:
        connection.execute(f"UPDATE vectors SET vector = {value} WHERE rowid = 1")
        connection.commit()
    with pytest.raises(StoreDamaged, match=r"cache\.sqlite is damaged .*nothing is lost but time") as caught:
        cache.matrix(LITE, KEYS[:2])
    assert caught.value.path == tmp_path / "cache.sqlite"
