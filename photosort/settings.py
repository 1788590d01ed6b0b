"""Every choice that can be set, from four places: defaults < config file < environment < flags."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_config_path, user_data_path
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableSettings

from photosort.errors import SettingsError

Mode = Literal["copy", "move", "hardlink", "symlink"]
Fusion = Literal["sum", "concat", "image", "text"]
Names = Literal["summary", "title", "keywords"]


def config_file() -> Path:
    """Where the config file is looked for."""
    return user_config_path("photosort", appauthor=False) / "config.toml"


class Settings(BaseSettings):
    """One run's choices. An environment variable is the name in capitals with PHOTOSORT_ before it."""

    model_config = SettingsConfigDict(env_prefix="PHOTOSORT_", frozen=True, extra="ignore")

    k: int | None = Field(None, ge=1, description="number of clusters; chosen where it is missing")
    min_k: int = Field(2, ge=1, description="least number of clusters to choose")
    max_k: int = Field(30, ge=1, description="largest number of clusters to choose")
    mode: Mode = Field("copy", description="what happens to the photos")
    fusion: Fusion = Field("concat", description="how image and text are brought together")
    weight: float | None = Field(None, ge=0, le=1, description="share of the text; the image has the rest")
    names: Names = Field("summary", description="what a folder's name is made of")
    writer: str = Field("auto", description="the language model that writes summaries")
    profile: str = Field("auto", description="models that work together: auto, builtin, fast, paper, best")
    captioner: str | None = Field(None, description="the model that captions photos; that of the profile if missing")
    image_encoder: str | None = Field(None, description="the model that turns photos into vectors; of the profile")
    text_encoder: str | None = Field(None, description="the model that turns texts into vectors; of the profile")
    samples: int | None = Field(None, ge=1, le=100, description="captions for each photo; of the profile")
    allow_upload: tuple[str, ...] = Field((), description="hosts other than this machine that may receive photos")
    exclude: tuple[str, ...] = Field((), description="patterns to pass over, in the syntax of .gitignore")
    follow_links: bool = Field(False, description="whether symbolic links are followed")
    seed: int = Field(42, ge=0, le=2**32 - 1, description="seed of everything that is random")
    starts: int | None = Field(None, ge=1, description="k-means starts; 20 to 400 by the number of photos if missing")
    device: str = Field("auto", description="where models run: auto, cuda, cuda:1, mps or cpu")
    engine: str = Field("local", pattern="^(local|ray(:[1-9][0-9]*)?)$", description="local, ray or ray:WORKERS")
    batch: int | None = Field(None, ge=1, description="photos that a model looks at together; by model and device")
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("photosort", appauthor=False),
        description="what can be computed again",
    )
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("photosort", appauthor=False),
        description="runs and the journal",
    )

    @field_validator("cache_dir", "data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @model_validator(mode="after")
    def _ordered(self) -> Settings:
        if self.min_k > self.max_k:
            raise ValueError(f"min_k ({self.min_k}) is larger than max_k ({self.max_k})")
        return self

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())


def load_settings(**flags: Any) -> Settings:
    """Settings from all four places; a flag that is None was not given.

    Raises SettingsError with the name of the setting and what is wrong with its value.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(
            f"{name} = {first.get('input')!r}: {message}" if first["loc"] else message,
            f"Set it by a flag, by PHOTOSORT_{name.upper()}, or in {config_file()}.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config_file()} is no valid TOML ({error})", "Mend or remove the file.") from error
    except UnreadableSettings as error:
        raise SettingsError(str(error), "A list is written as JSON: PHOTOSORT_EXCLUDE='[\"*.png\"]'") from error
