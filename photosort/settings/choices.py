"""What a setting may be where it is one of a few words; the flags and the settings share it."""

from __future__ import annotations

from typing import Literal

FilingMode = Literal["copy", "move", "hardlink", "symlink"]
FusionMode = Literal["sum", "concat", "image", "text"]
TextSource = Literal["caption", "keywords", "ask"]
TextVectors = Literal["tfidf", "sbert"]
Names = Literal["summary", "title", "keywords"]
Keywords = Literal["winner", "paper", "tfidf"]
Count = Literal["photos", "occurrences"]
Geometries = Literal["both", "spherical", "euclidean"]
Tac = Literal["no-train", "train"]
NounChoice = Literal["softmax", "gradnorm"]
Assign = Literal["llm", "text", "joint"]
