"""Settings that come from one place alone."""

from __future__ import annotations

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from photosort.settings.settings import Settings


class GivenSettings(Settings):
    """The settings that are given by name, and the defaults; the environment and the config file are not read."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given, and nothing else."""
        return (init_settings,)
