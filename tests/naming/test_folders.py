from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from photosort.naming.folder_name import MAX_BYTES, name_key
from photosort.naming.folders import folder_names
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName

WORDS = (Keyword("dog", 7, 9), Keyword("beach", 5, 9), Keyword("ball", 3, 9), Keyword("sofa", 1, 9))


def name(title: str, summary: str = "Dogs play on a beach.", source: str = "llm", *topics: str) -> ClusterName:
    return ClusterName(title, summary, WORDS, source, topics=topics)


def test_folders_are_called_by_summary_or_by_counted_title() -> None:
    names = [name("Dogs at play"), name("Cats", "Cats and sofas", "keywords")]
    assert folder_names(names, [9, 3]) == ["Dogs play on a beach", "Cats"]
    assert folder_names(names, [9, 3], "title") == ["Dogs at play", "Cats"]


def test_a_template_puts_names_together() -> None:
    names = [name("Dogs at play"), name("Hunde", "Hunde.", "llm", "Hund", "Strand")]
    template = "{index:02d} {title} ({photos}) {keywords}"
    assert folder_names(names, [9, 3], "title", template) == [
        "01 Dogs at play (9) dog, beach, ball",
        "02 Hunde (3) Hund, Strand",
    ]
    assert folder_names(names, [9, 3], "title", "{name} - {summary}")[1] == "Hunde - Hunde"


def test_a_template_may_name_facts_and_leaves_no_gap_without_them() -> None:
    facts = [{"year": "2019", "kind": "", "people": "portraits"}, {"year": "", "kind": "", "people": ""}]
    names = [name("Dogs"), name("Cats")]
    assert folder_names(names, [1, 1], "title", "{year} - {title}", facts) == ["2019 - Dogs", "Cats"]
    assert folder_names(names, [1, 1], "title", "{title} ({photos}), {people}", facts)[1] == "Cats (1)"


def test_equal_summaries_give_way_to_the_title() -> None:
    assert folder_names([name("Dogs"), name("Puppies")], [1, 1]) == ["Dogs play on a beach", "Puppies"]


def test_a_long_summary_is_cut_between_words() -> None:
    long = (
        "Several happy dogs of many breeds running with red and yellow balls along a wide and sandy beach "
        "in the evening sun of the summer"
    )
    (cut,) = folder_names([name("Dogs", long)], [1])
    assert cut == long[: long.index(" of the summer")]
    (numbered,) = folder_names([name("Dogs", long)], [1], template="{index:02d} {name}")
    assert numbered == "01 " + long[: long.index(" of the summer")] and len(numbered) <= MAX_BYTES


@given(
    st.lists(st.builds(name, st.text(max_size=80), st.text(max_size=300)), max_size=6),
    st.sampled_from(["{name}", "{index} {name}", "{title} {summary}", "{summary}"]),
    st.sampled_from(["summary", "title"]),
)
def test_folders_always_differ_and_fit(names: list[ClusterName], template: str, made_of: str) -> None:
    folders = folder_names(names, [1] * len(names), made_of, template)  # type: ignore[arg-type]
    assert len({name_key(folder) for folder in folders}) == len(names)
    assert all(1 <= len(folder.encode()) <= MAX_BYTES for folder in folders)
