"""What `photosort models check` asks of the models."""

from __future__ import annotations

import pytest

from photosort.errors import ModelMissing
from photosort.models import registry
from photosort.settings.settings import Settings, load_settings
from photosort.workflows import check_models


@pytest.mark.slow
def test_one_caption_is_asked_of_each_captioner_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str | None, int | None] = {}

    def captioner(settings: Settings) -> None:
        asked[settings.captioner] = settings.captions
        raise ModelMissing("broken", "Bring it again.")

    monkeypatch.setattr(registry, "captioner", captioner)
    monkeypatch.setattr(check_models, "find", lambda source, _: source if source.name == "blip" else None)
    results = {(result.role, result.model): result for result in check_models.check_all(load_settings(captions=3))}
    assert asked["blip"] == 1
    assert results["captioner", "blip"].problem == "broken. Bring it again."
    assert results["image encoder", "efficientnet-lite2"].said == "1280 dimensions"
    assert results["text encoder", "minilm"].said == "384 dimensions"
