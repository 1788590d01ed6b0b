from __future__ import annotations

import pytest

from photosort.naming.language import is_another, is_known

SAID = {
    "en": "Geese and ducks. Geese and ducks swim on a quiet lake.",
    "de": "Bergseen. Ruhige Bergseen mit Spiegelungen.",
    "fr": "Lacs alpins. Lacs et crêtes.",
    "es": "Perros en la playa. Perros jugando con pelotas.",
    "nl": "Honden op het strand. Honden spelen met ballen.",
    "it": "Cani in spiaggia. Cani che giocano con la palla.",
    "ja": "海辺の犬。砂浜で遊ぶ犬たち。",
    "zh": "海滩上的狗。狗在沙滩上玩球。",
    "ru": "Собаки на пляже. Собаки играют с мячом.",
}


@pytest.mark.parametrize("language", SAID)
def test_a_name_in_its_language_is_told_from_all_others(language: str) -> None:
    for asked in SAID:
        assert is_another(SAID[language], asked) == (asked != language)


def test_a_region_of_a_language_changes_nothing() -> None:
    assert not is_another(SAID["de"], "de-AT")
    assert not is_another(SAID["de"], "Plattdeutsch")
    assert is_known("pt-BR") and not is_known("klingon")
    assert not is_another("Hunde på stranden. Hunde leger med bolde.", "no")
