"""The settings of the models that look at photos."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field, field_validator


class ModelSettings(BaseModel):
    """Which models look at photos, where they run, and who may receive photos."""

    profile: str = Field("auto", description="models that work together: auto, builtin, fast, paper, paper-text, best")
    captioner: str | None = Field(None, description="the model that captions photos; that of the profile if missing")
    image_encoder: str | None = Field(None, description="the model that turns photos into vectors; of the profile")
    text_encoder: str | None = Field(None, description="the model that turns texts into vectors; of the profile")
    allow_upload: tuple[str, ...] = Field((), description="hosts other than this machine that may receive photos")
    device: str = Field("auto", description="where models run: auto, cuda, cuda:1, mps or cpu")
    engine: str = Field("local", description="who looks at photos: local, ray or ray:WORKERS")
    batch: int | None = Field(None, ge=1, description="photos that a model looks at together; by device and memory")
    in_flight: int | None = Field(
        None, ge=1, le=256, description="requests to the server of a captioner that are under way at once; by server"
    )

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, engine: str) -> str:
        if not re.fullmatch(r"local|ray(:[1-9][0-9]*)?", engine):
            raise ValueError("is not known; choose local, ray, or ray:WORKERS such as ray:4")
        return engine
