from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photosort.naming.folder_name import MAX_BYTES, name_key
from photosort.naming.folders import folder_names
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName

WORDS = (Keyword("dog", 7, 9), Keyword("beach", 5, 9), Keyword("ball", 3, 9), Keyword("sofa", 1, 9))


def name(title: str, summary: str = "Dogs play on a beach.", source: str = "llm") -> ClusterName:
    return ClusterName(title, summary, WORDS, source)


def test_folders_are_called_by_summary_or_by_counted_title() -> None:
    names = [name("Dogs at play"), name("Cats", "Cats and sofas", "keywords")]
    assert folder_names(names, [9, 3]) == ["Dogs play on a beach", "Cats"]
    assert folder_names(names, [9, 3], "title") == ["Dogs at play", "Cats"]


def test_a_template_puts_names_together() -> None:
    names = [name("Dogs at play"), name("Hunde", "Hunde.")]
    template = "{index:02d} {title} ({photos}) {keywords}"
    assert folder_names(names, [9, 3], "title", template) == [
        "01 Dogs at play (9) dog, beach, ball",
        "02 Hunde (3) dog, beach, ball",
    ]
    assert folder_names(names, [9, 3], "title", "{name} - {summary}")[1] == "Hunde - Hunde"


def test_a_template_may_name_facts_and_leaves_no_gap_without_them() -> None:
    facts = [{"year": "2019", "kind": "", "people": "portraits"}, {"year": "", "kind": "", "people": ""}]
    names = [name("Dogs"), name("Cats")]
    assert folder_names(names, [1, 1], "title", "{year} - {title}", facts) == ["2019 - Dogs", "Cats"]
    assert folder_names(names, [1, 1], "title", "{title} ({photos}), {people}", facts)[1] == "Cats (1)"


def test_equal_summaries_give_way_to_the_title() -> None:
    assert folder_names([name("Dogs"), name("Puppies")], [1, 1]) == ["Dogs play on a beach", "Puppies"]


LONG = (
    "Several happy dogs of many breeds running with red and yellow balls along a wide and sandy beach "
    "in the evening sun of the summer"
)


def test_a_summary_without_room_gives_way_to_the_title_and_is_never_cut() -> None:
    assert folder_names([name("Dogs", LONG)], [1]) == ["Dogs"]
    assert folder_names([name("Dogs", LONG[:110])], [1]) == [LONG[:110]]
    assert folder_names([name("Dogs", LONG[:117])], [1], template="{index:02d} {name}") == [f"01 {LONG[:117]}"]
    assert folder_names([name("Dogs", LONG[:118])], [1], template="{index:02d} {name}") == ["01 Dogs"]


def test_what_has_no_room_with_the_title_either_is_cut_where_a_phrase_ends() -> None:
    (cut,) = folder_names([name("Dogs", LONG)], [1], template="{title}: {summary}")
    assert (
        cut == "Dogs Several happy dogs of many breeds running with red and yellow balls along a wide and sandy beach"
    )


@given(
    st.lists(st.builds(name, st.text(max_size=80), st.text(max_size=300)), max_size=6),
    st.sampled_from(["{name}", "{index} {name}", "{title} {summary}", "{summary}"]),
    st.sampled_from(["summary", "title"]),
)
def test_folders_always_differ_and_fit(names: list[ClusterName], template: str, made_of: str) -> None:
    folders = folder_names(names, [1] * len(names), made_of, template)  # type: ignore[arg-type]
    assert len({name_key(folder) for folder in folders}) == len(names)
    assert all(1 <= len(folder.encode()) <= MAX_BYTES for folder in folders)
