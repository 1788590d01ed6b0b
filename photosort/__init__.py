"""photosort: a folder of photos goes in, a few well-named folders come out, nothing is ever lost."""

import os

__version__ = "0.1.0"

NO_TELEMETRY = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, on by default from 1.29 on
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, transformers
    "HF_XET_TELEMETRY_ENABLED": "false",  # hf-xet, which downloads for huggingface_hub
    "RAY_USAGE_STATS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
"""Switches off what libraries report about their use. They read it once, while they are imported."""

os.environ.update(NO_TELEMETRY)
