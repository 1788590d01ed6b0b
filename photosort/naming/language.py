"""Whether a text is in the language that was asked for, and what that language is called.

py3langid compares counts of letter groups (Lui and Baldwin 2012, "langid.py"), with tables that come in its wheel.
"""

from __future__ import annotations

import re
from functools import cache

CERTAIN = 12.0
"""How much more likely (in nats) another language has to be. Of two names in twelve languages, the nearest wrong ones
lie 12 apart, but for Danish and Norwegian or Bulgarian and Russian, which cannot be told apart in ten words."""

NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""What models call the languages that have a code in ISO 639-1; of others they know the code."""


def code_of(language: str) -> str:
    """Return the code of a language: "de" for "de", "de-AT", "de_AT" and "German"; lower case for what has none."""
    wanted = language.strip().casefold()
    named = next((code for code, name in NAMES.items() if name.casefold() == wanted), "")
    return named or re.split(r"[-_]", wanted)[0]


def written_out(language: str) -> str:
    """Return a language as a question names it: "German" for "de", "Portuguese (pt-BR)", else as it is."""
    name = NAMES.get(code_of(language))
    if not name:
        return language
    return f"{name} ({language})" if re.search(r"[-_]", language) else name


def is_known(language: str) -> bool:
    """Return whether texts can be checked for this language: one of NAMES or a code of ISO 639-1 ("de", "pt-BR")."""
    return code_of(language) in _languages()


def is_another(text: str, language: str) -> bool:
    """Return whether `text` is certainly not in `language`; False where that cannot be known."""
    if not is_known(language):
        return False
    from py3langid import rank

    likely = dict(rank(text))
    return bool(max(likely.values()) - likely[code_of(language)] > CERTAIN)


@cache
def _languages() -> frozenset[str]:
    from py3langid import rank

    return frozenset(code for code, _ in rank("a"))
