"""What a setting may be where it is one of a few words; the flags and the settings share it."""

from __future__ import annotations

from typing import Literal

Mode = Literal["copy", "move", "hardlink", "symlink"]
Fusion = Literal["sum", "concat", "image", "text"]
Texts = Literal["caption", "keywords", "ask"]
TextVectors = Literal["tfidf", "sbert"]
Names = Literal["summary", "title", "keywords"]
Keywords = Literal["winner", "paper", "tfidf"]
