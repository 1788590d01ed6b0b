"""Every choice that can be set, from four places: defaults < config file < environment < flags."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path, user_data_path
from pydantic import (
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnreadableSettings

from photosort.errors import SettingsError
from photosort.settings import choices
from photosort.settings.config_file import config_file, may_set, read_config
from photosort.settings.criteria import checked_criteria, checked_text, set_aside
from photosort.settings.messages import cut, nearest, refused_line, wrong_value
from photosort.settings.model_settings import ModelSettings
from photosort.settings.name_settings import NameSettings

PREFIX = "PHOTOSORT_"
"""What the variables of the environment begin with."""

Loaded = TypeVar("Loaded", bound="Places")


class Places(BaseSettings):
    """Where photosort keeps what must not be lost. No mistake elsewhere keeps a run from being taken back."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("photosort", appauthor=False),
        description="runs and the journal",
    )

    @field_validator("data_dir", "cache_dir", check_fields=False)
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then environment, then the config file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _said_by_file(settings_cls))


class Settings(NameSettings, ModelSettings, Places):
    """One run's choices. An environment variable is the name in capitals with PHOTOSORT_ before it."""

    model_config = SettingsConfigDict(extra="forbid")

    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("photosort", appauthor=False),
        description="what can be computed again",
    )
    k: int | None = Field(None, ge=1, description="number of clusters; chosen where it is missing")
    min_k: int = Field(2, ge=1, description="least number of clusters to choose")
    max_k: int | None = Field(None, ge=1, description="largest number to choose; 30, or the root of n, if missing")
    mode: choices.FilingMode = Field("copy", description="what happens to the photos")
    method: str = Field("fusion", description="how photos are grouped; that of the profile if missing")
    texts: choices.TextSource | None = Field(
        None, description="what the method text asks; ask where there are questions, or caption"
    )
    ask: tuple[str, ...] = Field((), description="the questions for texts = ask")
    by: tuple[str, ...] = Field((), description="criteria that a language model sorts photos by")
    into: str | None = Field(
        None, description="categories to sort photos into: a list, a file, or a folder of examples"
    )
    other: str = Field(
        "Other", max_length=80, description="the folder for photos that fit none of the categories; empty for none"
    )
    assign: choices.Assign | None = Field(
        None, description="what puts photos into categories; by the models if missing"
    )
    names_from: int | None = Field(None, description="the run whose categories are taken again")
    tac: choices.Tac = Field("no-train", description="whether the method tac trains two heads, or clusters by k-means")
    nouns: choices.NounChoice = Field("softmax", description="how the methods tac and ntk choose nouns")
    balance: float = Field(
        5.0, ge=0, allow_inf_nan=False, description="how much training wants clusters of equal size; 0 for not at all"
    )
    captions: int | None = Field(
        None, ge=1, le=100, description="texts for each photo; 6 for the method text, else those of the profile"
    )
    vectors: choices.TextVectors = Field("sbert", description="what the method text makes of texts")
    outliers: bool = Field(False, description="whether photos with a small margin get a folder of their own")
    fusion: choices.FusionMode = Field("concat", description="how image and text are fused; by profile if missing")
    weight: float | None = Field(None, ge=0, le=1, description="share of the text; the image has the rest")
    facts: bool = Field(True, description="whether faces are counted, and screenshots, papers and dates recognised")
    exclude: tuple[str, ...] = Field((), description="patterns to pass over, in the syntax of .gitignore")
    respect_moves: bool = Field(True, description="whether photos that you moved between folders draw new ones along")
    follow_links: bool = Field(False, description="whether symbolic links are followed")
    seed: int = Field(42, ge=0, le=2**32 - 1, description="seed of everything that is random")
    restarts: int | None = Field(
        None, ge=1, description="k-means restarts; 20 to 400 by the number of photos if missing"
    )

    _usual: frozenset[str] = PrivateAttr(frozenset())

    @property
    def k_is_usual(self) -> bool:
        """Whether k is what this user usually wants, by the file or the environment; not for every folder it fits."""
        return self.k is not None and "k" in self._usual

    @property
    def model_folder(self) -> Path:
        """Where weights that are fetched or converted are kept."""
        return self.cache_dir / "models"

    @field_validator("k", mode="wrap")
    @classmethod
    def _number_or_auto(cls, k: Any, number: ValidatorFunctionWrapHandler) -> Any:
        try:
            return None if k == "auto" else number(k)
        except ValidationError as error:
            raise ValueError("is not valid; it must be a positive integer or 'auto'") from error

    @field_validator("ask")
    @classmethod
    def _each_once(cls, ask: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ask))

    @field_validator("by")
    @classmethod
    def _criteria(cls, by: tuple[str, ...]) -> tuple[str, ...]:
        return checked_criteria(by)

    @field_validator("into", "other")
    @classmethod
    def _in_unicode(cls, text: str | None, info: ValidationInfo) -> str | None:
        return checked_text(text, empty=info.field_name == "other")

    @model_validator(mode="before")
    @classmethod
    def _by_or_into(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take the method from the flags that only it reads."""
        meant = "criterion" if given.get("by") else "into" if given.get("into") is not None else None
        if meant is None:
            return given
        if given.get("method", meant) != meant:
            flag = "--by" if given.get("by") else "--into"
            raise ValueError(f"{flag} is a way to sort of its own; leave out --method {given['method']}")
        return {**given, "method": meant}

    @model_validator(mode="after")
    def _ordered(self) -> Settings:
        if self.max_k is not None and self.min_k > self.max_k:
            raise ValueError(f"--min-k ({self.min_k}) must not be larger than --max-k ({self.max_k})")
        if self.texts == "ask" and not self.ask:
            raise ValueError('texts = ask needs a question, such as --ask "Which activity is shown?"')
        if self.ask and self.texts not in (None, "ask"):
            raise ValueError(f"with texts = {self.texts} no question of yours is asked; leave out texts, or ask")
        if self.method == "criterion" and not self.by:
            raise ValueError('--method criterion needs a criterion, such as --by "the mood of the scene"')
        if self.method == "into" and self.into is None:
            raise ValueError('--method into needs categories, such as --into "people, food, landscapes"')
        if self.names_from is not None and (len(self.by) != 1 or self.into is not None):
            raise ValueError("--names-from takes the categories of an earlier run for one --by, without --into")
        if self.events and (self.by or self.into is not None):
            raise ValueError("--events is a way to sort of its own; leave out --by and --into")
        if not self.facts and (self.events or self.layout.facts):
            raise ValueError("--events and levels such as {year} need facts; leave out --no-facts (facts = false)")
        if not self.layout.name and (self.events or self.by or self.into is not None):
            raise ValueError(f"--levels {self.levels} leaves no level for other folders; write {self.levels},auto")
        if len(self.by) > 1 and self.into is not None:
            raise ValueError("--into takes one --by at most: its folders are the categories of that one")
        return self


def load_settings(**flags: Any) -> Settings:
    """Return the settings from all four places; a flag that is None was not given.

    Raises SettingsError with the flag, the variable or the line of the file that is wrong, and what it may be.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    settings = _loaded(Settings, {**set_aside(given), **given})
    settings._usual = frozenset(settings.model_fields_set - given.keys())
    return settings


def load_places() -> Places:
    """Return where photosort keeps what must not be lost. Raises SettingsError where that cannot be told."""
    return _loaded(Places, {})


def _loaded(kind: type[Loaded], given: dict[str, Any]) -> Loaded:
    try:
        return kind(**given)
    except ValidationError as error:
        raise _refused(error.errors()[0], given) from error
    except UnreadableSettings as error:
        variable = next(name for name in os.environ if _set_by(name) and f'"{_set_by(name)}"' in str(error))
        hint = f"""A list is written as JSON: {variable}='["a", "b"]'"""
        raise SettingsError(f"{_assignment(variable)} must be a list", hint) from error


def _said_by_file(kind: type[BaseSettings]) -> dict[str, Any]:
    """Return what the config file says; of one that cannot be read, nothing, where places alone are asked and it has
    none.
    """
    try:
        return read_config()
    except SettingsError:
        if kind is Places and ("data_dir" in map(_set_by, os.environ) or not may_set("data_dir")):
            return {}
        raise


def unknown_variables() -> list[str]:
    """Return a line on each variable of the environment that begins like ours and sets nothing.

    Unlike an unknown key in the file it is only a warning: other programs name variables after photosort too
    (Kubernetes sets PHOTOSORT_PORT where a service is called photosort).
    """
    lines = []
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and not _set_by(name):
            meant = nearest(name[len(PREFIX) :], Settings.model_fields)
            hint = f" Did you mean {PREFIX}{meant.upper()}?" if meant else ""
            lines.append(f"{name} is ignored: there is no such setting.{hint}")
    return lines


def _refused(error: Mapping[str, Any], flags: dict[str, Any]) -> SettingsError:
    """Return the failure in our words, with the place that the value comes from."""
    if not error["loc"]:
        message = error["msg"].removeprefix("Value error, ")
        return SettingsError(message, f"Check the flags, the {PREFIX} variables or {config_file()}.")
    name = str(error["loc"][0])
    if name in flags:
        return wrong_value(f"--{name.replace('_', '-')} {cut(shlex.quote(str(error['input'])))}", error)
    if variable := variable_of(name):
        return wrong_value(_assignment(variable), error)
    return refused_line(error, Settings.model_fields)


def variable_of(setting: str) -> str:
    """Return the variable of the environment that sets this; empty where none does."""
    return next((variable for variable in os.environ if _set_by(variable) == setting), "")


def _set_by(variable: str) -> str:
    """Return the setting that a variable of the environment sets; empty where it is none."""
    prefix, name = variable[: len(PREFIX)], variable[len(PREFIX) :].lower()
    return name if prefix.upper() == PREFIX and name in Settings.model_fields else ""


def _assignment(variable: str) -> str:
    return f"{variable}={cut(shlex.quote(os.environ[variable]))}"
