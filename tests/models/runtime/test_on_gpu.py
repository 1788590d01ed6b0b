"""Every model and the steps of k-means on a stand-in for a GPU: nothing is left behind in main memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import tiny_models

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("on_gpu.py")
CAPTIONERS = [f"{name} x{count}" for name in {**tiny_models.CAPTIONERS, **tiny_models.CHATS} for count in (1, 3)]
ENCODERS = [f"{name} {what}" for name in ("clip", "siglip", "blip_itm") for what in ("photos", "texts")]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("gpu")
    done = subprocess.run(
        [sys.executable, SCRIPT, folder],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_tensors_of_two_devices_do_not_meet(said: Any) -> None:
    assert "expected all tensors on one device" in said["refused"]


@pytest.mark.parametrize("name", CAPTIONERS)
def test_a_captioner_says_the_same_on_it(said: Any, name: str) -> None:
    here, there = said["answers"][name]
    assert here == there and any(here)


@pytest.mark.parametrize("name", [*ENCODERS, "blip photos", "sentences"])
def test_an_encoder_gives_the_same_vectors_on_it(said: Any, name: str) -> None:
    here, there = said["answers"][name]
    assert np.allclose(here, there, atol=1e-5) and np.abs(here).max() > 0


@pytest.mark.parametrize("step", ["take", "products", "nearest", "sums"])
def test_k_means_takes_the_same_steps_on_it(said: Any, step: str) -> None:
    here, there = (steps[step] for steps in said["answers"]["k-means"])
    if step == "nearest":
        assert here[0] == there[0]
        here, there = here[1], there[1]
    assert np.allclose(here, there, rtol=1e-4, atol=1e-4)
