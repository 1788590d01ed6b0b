"""Groups of photos that show the same: every member is like the best one, and shots of one moment are not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from fakes.photos import crops
from fakes.versions import cropped, edits, shots
from PIL import Image

from photosort.duplicates.groups import Group, all_groups, exact_groups
from photosort.duplicates.shots import Shot
from photosort.photos.pixels.sketch import SIDE, sketch

TEMPLE, ROOF = crops("china.jpg", 2, seed=1)
FLOWER = crops("flower.jpg", 1, seed=2)[0]
RNG = np.random.default_rng(4)


def drawn(picture: Image.Image) -> np.ndarray:
    return sketch(np.asarray(picture))[1:].reshape(SIDE, SIDE)


def shot(name: str, picture: Image.Image, **facts: object) -> Shot:
    return replace(Shot(Path("/p") / name, name, size=9_000, width=picture.width, height=picture.height), **facts)


def grouped(*photos: tuple[Shot, Image.Image]) -> tuple[list[Group], list[Group]]:
    sketches = np.stack([drawn(picture) for _, picture in photos])
    return all_groups([each for each, _ in photos], lambda numbers: sketches[numbers])


def names(group: Group) -> dict[str, str]:
    return {group.best.path.name: "best", **{member.shot.path.name: member.relation for member in group.others}}


def test_edits_are_around_the_original_and_say_what_they_are() -> None:
    made = dict(edits(TEMPLE, RNG))
    small, part, grey = made["resized to half"], made["cropped by 5 %"], made["colour"]
    groups, bursts = grouped(
        (shot("small.jpg", small), small),
        (shot("temple.jpg", TEMPLE, mtime_ns=5), TEMPLE),
        (shot("part.jpg", part), part),
        (shot("grey.jpg", grey, size=8_000), grey),
        (shot("flower.jpg", FLOWER), FLOWER),
        (shot("copy.jpg", TEMPLE, digest="temple.jpg", mtime_ns=1), TEMPLE),
    )
    assert bursts == []
    assert [names(group) for group in groups] == [
        {
            "copy.jpg": "best",
            "temple.jpg": "exact copy",
            "grey.jpg": "recompressed or edited",
            "part.jpg": "cropped",
            "small.jpg": "smaller",
        }
    ]
    assert (groups[0].kind, groups[0].why) == ("near", "no difference found; the older file")


def test_shots_of_one_moment_are_a_burst_and_no_copies() -> None:
    moved = {name: pair for name, *pair in shots(TEMPLE, FLOWER, RNG)}["something moved"]
    camera = {"camera": "Canon", "taken": "2024-05-01T12:00:00"}
    later = {**camera, "taken": "2024-05-01T12:00:01"}
    groups, bursts = grouped(
        (shot("1.jpg", moved[0], **camera, faces=1), moved[0]),
        (shot("2.jpg", moved[1], **later, faces=2), moved[1]),
        (shot("3.jpg", FLOWER, **later), FLOWER),
    )
    assert groups == []
    assert [names(group) for group in bursts] == [{"2.jpg": "best", "1.jpg": "same moment"}]
    assert (bursts[0].kind, bursts[0].why) == ("burst", "most faces: 2, the next has 1")


def test_equal_pixels_of_two_times_are_two_shots() -> None:
    one = shot("1.jpg", TEMPLE, camera="Canon", taken="2024-05-01T12:00:00")
    two = replace(one, path=Path("/p/2.jpg"), digest="2", taken="2024-05-01T12:00:01")
    groups, bursts = grouped((one, TEMPLE), (two, TEMPLE))
    assert (groups, len(bursts)) == ([], 1)
    groups, bursts = grouped((one, TEMPLE), (replace(two, taken=one.taken), TEMPLE))
    assert (len(groups), bursts) == (1, [])


def test_other_edges_at_the_same_size_are_another_aim() -> None:
    part = cropped(TEMPLE, 0.94, RNG)
    aimed = part.resize(TEMPLE.size)
    assert grouped((shot("1.jpg", TEMPLE), TEMPLE), (shot("2.jpg", aimed), aimed))[0] == []
    assert len(grouped((shot("1.jpg", TEMPLE), TEMPLE), (shot("2.jpg", part), part))[0]) == 1


def test_what_is_like_a_member_alone_is_not_in_the_group() -> None:
    width, height = TEMPLE.size
    left = TEMPLE.crop((0, 0, int(width * 0.9), height))
    right = TEMPLE.crop((int(width * 0.1), 0, width, height))
    groups, _ = grouped((shot("l.jpg", left), left), (shot("r.jpg", right, size=9_500), right))
    assert groups == [], "each shows what the other does not"
    groups, _ = grouped((shot("whole.jpg", TEMPLE), TEMPLE), (shot("l.jpg", left), left), (shot("r.jpg", right), right))
    assert [names(group) for group in groups] == [{"whole.jpg": "best", "l.jpg": "cropped", "r.jpg": "cropped"}]


def test_exact_groups_look_at_digests_alone() -> None:
    shots_ = [Shot(Path(f"/p/{name}.jpg"), digest, size=5) for name, digest in (("b", "1"), ("a", "1"), ("c", "2"))]
    groups = exact_groups(shots_)
    assert [(names(group), group.kind) for group in groups] == [({"a.jpg": "best", "b.jpg": "exact copy"}, "exact")]
    assert exact_groups([]) == []


def test_no_photos_and_one_photo_are_no_group() -> None:
    none = np.empty((0, SIDE, SIDE), dtype=np.float32)
    assert all_groups([], lambda numbers: none) == ([], [])
    assert grouped((shot("1.jpg", ROOF), ROOF)) == ([], [])
