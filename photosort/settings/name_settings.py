"""The settings of folder names."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field, field_validator

from photosort.settings import choices
from photosort.settings.levels import TWO, Layout, checked_levels, layout_of
from photosort.settings.name_template import checked_template


class NameSettings(BaseModel):
    """What folders are called, which lie in which, who writes that, and what is written into them."""

    names: choices.Names = Field("summary", description="what a folder's name is made of")
    writer: str = Field("auto", description="the language model that writes summaries")
    max_cost: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="US dollars that a remote writer may cost"
    )
    language: str = Field("en", description="the language of titles and summaries")
    style: str = Field("", max_length=200, description="how titles and summaries are to sound")
    name_template: str = Field("{name}", description="what a folder's name is put together of")
    levels: str = Field("auto", description="what the levels of folders are: auto, 2, year,auto, year,month and so on")
    events: bool = Field(False, description="whether photos are split into events, by gaps in time")
    keywords: choices.Keywords = Field(
        "winner", description="how words are ranked, and who keeps one of several folders"
    )
    about: bool = Field(True, description="whether a folder gets files that say what it holds")

    @field_validator("language")
    @classmethod
    def _is_language(cls, language: str) -> str:
        if not re.fullmatch(r"[^\W\d_][\w -]{1,39}", language):
            raise ValueError("is not valid; it must be a language: a code such as de or pt-BR, or a name")
        return language

    @field_validator("name_template")
    @classmethod
    def _is_template(cls, template: str) -> str:
        return checked_template(template)

    @field_validator("levels", mode="before")
    @classmethod
    def _are_levels(cls, levels: object) -> str:
        return checked_levels(levels)

    @property
    def layout(self) -> Layout:
        """The levels of folders."""
        return layout_of(self.levels, self.name_template)

    @property
    def two_levels(self) -> bool:
        """Whether clusters that are akin get a folder above them."""
        return self.levels.rpartition(",")[2] == TWO
