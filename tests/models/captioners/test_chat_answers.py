"""Answers of chat models, as they write them."""

import pytest

from photosort.models.captioners.chat_answers import cleaned


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("A dog runs on a beach.", "A dog runs on a beach."),
        ("a dog\n on  a lawn", "a dog on a lawn"),
        ('"A dog on a lawn."', "A dog on a lawn."),
        ("“A dog on a lawn”", "A dog on a lawn"),
        ('"dog", "lawn"', '"dog", "lawn"'),
        ("<think>Is it a dog?</think>A cat.", "A cat."),
        ("It may be a dog.</think>\n\nA cat.", "A cat."),
        ("<think>Is it a dog? It never ends", ""),
        ("Here are the keywords that describe the image: dog, lawn, ball", "dog, lawn, ball"),
        ("Sure! Here are some keywords:\n\n1. **dog**\n2. lawn\n3. red ball.", "dog, lawn, red ball"),
        ("- dog\n- lawn", "dog, lawn"),
        ("**Keywords:** dog, lawn", "dog, lawn"),
        ("### Keywords\n* dog\n* lawn", "dog, lawn"),
        ("The keywords that describe the image are: dog, lawn", "dog, lawn"),
        ("Caption: a dog on a lawn", "a dog on a lawn"),
        ("```\na dog\n```", "a dog"),
        ("A sign that says: no dogs", "A sign that says: no dogs"),
        ("The street is wet: it has rained", "The street is wet: it has rained"),
        ("2 dogs on a lawn", "2 dogs on a lawn"),
        ("A clock shows 10:30", "A clock shows 10:30"),
        ("", ""),
    ],
)
def test_only_the_answer_is_left(answer: str, left: str) -> None:
    assert cleaned(answer) == left
