"""Whether a text is in the language that was asked for.

py3langid compares counts of letter groups (Lui and Baldwin 2012, "langid.py"), with tables that come in its wheel.
"""

from __future__ import annotations

from functools import cache

CERTAIN = 12.0
"""How much more likely (in nats) another language has to be. Of two names in twelve languages, the nearest wrong ones
lie 12 apart, but for Danish and Norwegian or Bulgarian and Russian, which cannot be told apart in ten words."""


def is_known(language: str) -> bool:
    """Return whether texts can be checked for this language: a code of ISO 639-1, with or without a region ("de", "pt-
    BR").
    """
    return _code(language) in _languages()


def is_another(text: str, language: str) -> bool:
    """Return whether `text` is certainly not in `language`; False where that cannot be known."""
    if not is_known(language):
        return False
    from py3langid import rank

    likely = dict(rank(text))
    return bool(max(likely.values()) - likely[_code(language)] > CERTAIN)


def _code(language: str) -> str:
    return language.partition("-")[0].lower()


@cache
def _languages() -> frozenset[str]:
    from py3langid import rank

    return frozenset(code for code, _ in rank("a"))
