"""Photos found by the installed command with the builtin models, and opened as the desktop does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fakes.command import Command


@pytest.fixture
def sorted_pictures(pictures: Path, photosort_cold: Command) -> Path:
    """Where twelve pieces of a temple and eight of a flower were filed."""
    out = pictures.with_name("out")
    done = photosort_cold("organize", pictures, "--out", out, "--k", 2, "--yes", "--profile", "builtin")
    assert done.code == 0, done.err
    return out


def test_photos_are_found_where_they_were_filed(sorted_pictures: Path, pictures: Path, photosort_cold: Command) -> None:
    found = photosort_cold("search", "a flower in bloom", "--top", 5, "--json").json
    assert found["among"] == 20 and found["left_out"] == {"gone": 0, "unknown": 0}
    for photo in found["photos"]:
        filed, seen = map(Path, photo["places"])
        assert filed == Path(photo["path"]) and filed.is_relative_to(sorted_pictures)
        assert filed.parent.name == photo["folder"] and photo["caption"]
        assert seen.parent == pictures / "f" and photo["copies"] == 1
    scores = [photo["similarity"] for photo in found["photos"]]
    assert scores == sorted(scores, reverse=True)

    temples = {path.read_bytes() for path in (pictures / "c").glob("*.JPG")}
    for query in ("an old temple", "building - flower", str(pictures / "c" / "IMG_0000.JPG")):
        lines = photosort_cold("search", query, "--top", 8, "--quiet").out.splitlines()
        assert len(lines) == 8 and sum(Path(line).read_bytes() in temples for line in lines) >= 7, query
    alike = photosort_cold("search", "--like", pictures / "f" / "IMG_0000.JPG", "--top", 3, "--quiet").out.splitlines()
    assert len(alike) == 3 and not any(Path(line).read_bytes() in temples for line in alike)


def test_what_does_not_fit_or_was_changed_is_left_out(sorted_pictures: Path, photosort_cold: Command) -> None:
    none = photosort_cold("search", "flower", "--people", "5+")
    assert (none.code, none.out) == (29, "")
    assert "None of the 20 known photos fits the filters" in none.err
    faceless = photosort_cold("search", "flower", "--people", 0, "--kind", "photo", "--top", 3, "--quiet")
    assert faceless.code == 0 and len(faceless.out.splitlines()) == 3
    best = photosort_cold("search", "flower", "--top", 1, "--json").json["photos"][0]
    for place in best["places"]:
        with Path(place).open("ab") as file:
            file.write(b"edited")
    again = photosort_cold("search", "flower", "--top", 1)
    assert again.code == 0 and best["path"] not in again.out
    assert "1 photo left out: gone or changed since photosort looked at them" in again.err


def test_the_best_photo_is_opened(sorted_pictures: Path, photosort_cold: Command, tmp_path: Path) -> None:
    viewer, seen = tmp_path / "bin" / "xdg-open", tmp_path / "seen"
    viewer.parent.mkdir()
    viewer.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{seen}.new" && mv "{seen}.new" "{seen}"\n')
    viewer.chmod(0o755)
    done = photosort_cold("search", "flower", "--top", 1, "--quiet", "--open", PATH=f"{viewer.parent}:/usr/bin:/bin")
    until = time.monotonic() + 20
    while not seen.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert seen.read_text() == done.out.strip()
