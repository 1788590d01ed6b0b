"""What a run knew of its photos is read again by its own settings, whatever is set today, and no model is loaded."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from photosort.errors import SettingsError
from photosort.models.selected import select_models
from photosort.settings.settings import Settings
from photosort.store.cache import open_cache
from photosort.store.runs.runs import Run
from photosort.workflows.earlier_runs.recalled import image_vectors, models_of, settings_of
from photosort.workflows.sorting.categories import CATEGORIES

DIGESTS = [f"{number:064x}" for number in range(3)]


def run_of(settings: dict[str, Any]) -> Run:
    return Run(7, datetime.now(UTC), Path("/in"), Path("/out"), "copy", previewed=False, settings=settings)


def stored(**settings: Any) -> dict[str, Any]:
    """Settings as a run keeps them: every model is named, and the categories lie beside them."""
    chosen = select_models(Settings(device="cpu", **settings)).settings
    return {**chosen.model_dump(mode="json"), CATEGORIES: [["Dogs", "", "", ""]]}


def test_the_settings_of_the_run_hold_and_not_those_of_today(
    monkeypatch: pytest.MonkeyPatch, own_folders: Path
) -> None:
    run = run_of(stored(k=5, seed=3, fusion="text"))
    (own_folders / "config" / "photosort").mkdir(parents=True)
    (own_folders / "config" / "photosort" / "config.toml").write_text("seed = 11\nthis is no TOML")
    for name, value in {"K": "9", "METHOD": "ntk", "CAPTIONER": "blip", "DEVICE": "cuda:3", "TAC": "nonsense"}.items():
        monkeypatch.setenv(f"PHOTOSORT_{name}", value)
    settings = settings_of(run)
    assert (settings.k, settings.seed, settings.fusion, settings.method) == (5, 3, "text", "fusion")
    assert settings.device == "auto"
    del run.settings["tac"]
    assert settings_of(run).tac == "no-train"
    assert models_of(run).settings.captioner == "tags"


def test_the_cache_may_have_moved() -> None:
    run = run_of(stored())
    assert settings_of(run).cache_dir == Path(run.settings["cache_dir"])
    assert models_of(run, Path("/elsewhere")).settings.model_folder == Path("/elsewhere/models")


def test_a_device_that_is_gone_does_not_matter() -> None:
    run = run_of({**stored(), "device": "cuda:7"})
    assert models_of(run).image_encoder.identity.model == "efficientnet-lite2"


def test_models_that_were_not_kept_are_those_of_the_profile() -> None:
    models = models_of(run_of({}))
    assert (models.settings.captioner, models.settings.text_encoder) == ("tags", "minilm")


def test_settings_that_are_not_known_any_more_are_said_to_be_so() -> None:
    with pytest.raises(SettingsError, match=r"Run 7 was made with settings that this version .* Organize its photos"):
        settings_of(run_of({**stored(), "fusion": "product"}))


def test_vectors_come_from_the_cache_as_unit_rows(tmp_path: Path) -> None:
    run = run_of(stored())
    before = set(sys.modules)
    with open_cache(tmp_path) as cache:
        known, vectors = image_vectors(run, DIGESTS, cache)
        assert (known.tolist(), vectors.shape) == ([False] * 3, (3, 0))
        identity = models_of(run).image_encoder.identity
        cache.put_vectors(identity, DIGESTS[1:], np.array([[3, 4], [0, 2]], dtype=np.float32))
        known, vectors = image_vectors(run, [*DIGESTS, DIGESTS[1]], cache)
    assert known.tolist() == [False, True, True, True]
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[0, 0], pytest.approx([0.6, 0.8]), [0, 1], pytest.approx([0.6, 0.8])]
    assert not (set(sys.modules) - before) & {"torch", "onnxruntime", "transformers"}


def test_no_photo_has_no_vector(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        known, vectors = image_vectors(run_of(stored()), [], cache)
    assert known.shape == (0,) and vectors.shape == (0, 0)
