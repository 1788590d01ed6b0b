"""Clusters spread over folders by facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photosort.naming.layout import parts_of, without_echo

YEARS = st.lists(st.sampled_from(["2019", "2020", "Undated"]), max_size=30)


def test_each_photo_comes_into_its_year() -> None:
    fields = [{"year": year} for year in ("2021", "2019", "2021", "2019")]
    parts = parts_of([[0, 1, 2], [3]], ["{year}"], [], fields)
    assert [(part.path(f"C{part.cluster}"), part.members) for part in parts] == [
        ("2019/C0", (1,)),
        ("2019/C1", (3,)),
        ("2021/C0", (0, 2)),
    ]


def test_levels_may_lie_above_and_below() -> None:
    fields = [{"country": "Italy", "month": "2019-07"}]
    (part,) = parts_of([[0]], ["In {country}"], ["{month}"], fields)
    assert part.path("Beach") == "In Italy/Beach/2019-07" and part.path("Zoo/Cats") == "In Italy/Zoo/Cats/2019-07"


def test_a_level_that_repeats_the_one_above_is_left_out() -> None:
    (part,) = parts_of([[0]], ["{year}", "{month}"], [], [{"year": "Undated", "month": "Undated"}])
    assert part.path("Beach") == "Undated/Beach" and part.path("Undated") == "Undated"


def test_one_town_in_two_spellings_is_one_folder() -> None:
    fields = [{"place": name} for name in ("São Paulo", "Sa\u0303o Paulo", "SÃO PAULO")]
    (part,) = parts_of([[0, 1, 2]], ["{place}"], [], fields)
    assert part.above == "São Paulo" and part.members == (0, 1, 2)


def test_names_from_files_are_no_paths() -> None:
    (part,) = parts_of([[0]], ["{place}"], [], [{"place": "../../etc/\u202epasswd"}])
    assert "/" not in part.above and ".." not in part.path("Beach").split("/")


def test_without_levels_every_cluster_is_one_folder_in_its_order() -> None:
    parts = parts_of([[0, 1], [], [2]], [], [], [])
    assert [(part.cluster, part.path("A"), part.members) for part in parts] == [
        (0, "A", (0, 1)),
        (1, "A", ()),
        (2, "A", (2,)),
    ]


@given(YEARS, st.integers(1, 4))
def test_no_photo_is_lost_and_none_is_twice(years: list[str], k: int) -> None:
    fields = [{"year": year} for year in years]
    members = [list(range(len(years)))[cluster::k] for cluster in range(k)]
    parts = parts_of(members, ["{year}"], [], fields)
    assert sorted(photo for part in parts for photo in part.members) == list(range(len(years)))
    assert all(fields[photo]["year"] == part.above for part in parts for photo in part.members)


def test_an_echo_is_only_what_stands_side_by_side() -> None:
    assert without_echo(["a", "A", "", "b", "a"]) == ["a", "b", "a"]
