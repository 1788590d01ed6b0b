"""Names without a model."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from fakes.writer import ScriptedWriter, answer

from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.counted import summary, titles, without_nested
from photosort.naming.keywords import Keyword
from photosort.naming.prompt import ClusterText
from photosort.naming.subject import Subject
from photosort.naming.summary import name_clusters


def first_titles(*clusters: list[str]) -> list[str]:
    return [name.title for name in name_clusters(cluster_texts(clusters))]


def test_countable_things_are_named_in_the_plural() -> None:
    assert first_titles(["a photo of a goose"] * 2, ["a photo of grass"] * 2, ["a photo of a fox"]) == [
        "Geese",
        "Grass",
        "Fox",
    ]


def test_a_second_word_is_named_where_it_is_half_as_frequent() -> None:
    assert first_titles(["a dog", "a dog", "a dog", "a dog", "a ball", "a ball"]) == ["Dogs and balls"]
    assert first_titles(["a dog", "a dog", "a dog", "a dog", "a dog", "a ball", "a ball"]) == ["Dogs"]
    assert first_titles(["a dog", "a dog", "a ball"]) == ["Dogs"], "one ball is no trait of the folder"
    assert first_titles(["an animal", "an animal", "a starfish", "a starfish"]) == ["Animals"], "a starfish is one"


def test_a_broad_name_lists_what_is_there_in_brackets() -> None:
    animals = [f"a photo of {name} (animal)" for name in ["a pig", "a pig", "a hare", "a hare", "a cat", "an ox"]]
    (text,) = cluster_texts([animals])
    assert next(titles(ClusterText(text.captions, keywords=text.keywords[1:3], broad="animal"))) == (
        "Animal (hare, pig)"
    )


def test_a_proper_name_keeps_its_capitals() -> None:
    assert first_titles(["A bridge by Van Gogh", "A café by Van Gogh", "van gogh"]) == ["Van Gogh"]


UNCLEAR = Counter({"a photo of something unclear": 3})


def test_nameless_clusters_differ_by_tone_or_by_when_they_were_taken() -> None:
    blue = ClusterText(UNCLEAR, broad="mixed", tone="mostly blue")
    photo = ClusterText(UNCLEAR, broad="mixed", marks=("June 2019", "2019"))
    names = [name.title for name in name_clusters([blue, photo, photo, ClusterText({})])]
    assert names == ["Mixed (mostly blue)", "June 2019", "June 2019 (2)", "Unnamed"]


def test_one_photo_alone_is_not_mixed() -> None:
    assert first_titles(["a photo of something unclear"], ["a photo of something unclear"] * 2) == ["Unclear", "Mixed"]


def test_a_number_is_the_last_resort_and_never_stands_alone() -> None:
    same = ClusterText(UNCLEAR, broad="mixed", tone="mostly blue")
    names = [name.title for name in name_clusters([same] * 3)]
    assert names == ["Mixed (mostly blue)", "Mixed (mostly blue, 2)", "Mixed (mostly blue, 3)"]


def test_equal_clusters_get_ever_more_keywords() -> None:
    (same,) = cluster_texts([["a dog on a beach"] * 5 + ["two dogs with a ball", "a ball", "a sofa"]])
    assert list(islice(titles(same), 3)) == [
        "Dogs and beaches",
        "Dogs and beaches (balls)",
        "Dogs and beaches (balls, sofa)",
    ]
    assert [name.title for name in name_clusters([same] * 2)] == list(islice(titles(same), 2))


def test_a_summary_lists_what_more_than_one_photo_shows() -> None:
    (text,) = cluster_texts([["a dog"] * 20 + ["a ball"] * 2 + ["a gun"]])
    assert summary(text) == "Dogs and balls"


def test_what_few_photos_show_names_no_mixed_folder() -> None:
    mixed = [f"a {word}" for word in ("car", "car", "hat", "hat", "fox", "elk", "bee", "ant", "owl")]
    (text,) = cluster_texts([mixed])
    assert (next(titles(text)), summary(text)) == ("Mixed", "Mixed (cars and hats)")


def test_the_subject_names_a_cluster_and_its_keywords_stand_behind_it() -> None:
    subject = Subject("Dogs", 0.9, beside=("snow", "sleds"), apart=("Dogs in the snow",))
    (text,) = cluster_texts([["a dog in the snow"] * 5 + ["a ball"] * 2], subjects=[subject])
    assert list(islice(titles(text), 4)) == ["Dogs", "Dogs in the snow", "Dogs (snow)", "Dogs (snow, sleds)"]
    assert summary(text) == "Dogs (snow and balls)"


def test_a_keyword_stands_in_brackets_where_more_than_half_of_the_photos_show_it() -> None:
    for many, found in ((6, ["Mammals", "Mammals (oxen)"]), (4, ["Mammals"])):
        (text,) = cluster_texts([["an ox"] * many + ["a photo"] * (10 - many)], subjects=[Subject("Mammals", 0.9)])
        assert list(titles(text)) == found


def test_a_small_writer_is_not_asked_without_counted_words() -> None:
    writer = ScriptedWriter([answer("Dogs", "Dogs.")])
    empty = ClusterText(UNCLEAR)
    assert [name.title for name in name_clusters([empty, ClusterText({})], writer)] == [
        "Unnamed",
        "Unnamed (2)",
    ]
    assert not writer.asked


def test_a_keyword_within_another_is_said_once() -> None:
    words = [
        Keyword("cat", 41, 52),
        Keyword("tabby cat", 12, 52),
        Keyword("sofa", 9, 52),
        Keyword("red sofa", 8, 52),
    ]
    assert [word.term for word in without_nested(words)] == ["cat", "red sofa"]
