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

WAIT_ASLEEP = {
    "OMP_WAIT_POLICY": "PASSIVE",  # GNU's OpenMP, which PyTorch brings on Linux
    "KMP_BLOCKTIME": "0",  # that of LLVM and Intel, on macOS and Windows
}
"""Lets threads of OpenMP sleep while they wait for each other; a user's own choice stands.

By default they spin: where another program needs the core, one spins while the other cannot run, and a network takes
twenty times as long. OpenMP reads it when torch is loaded.
"""

os.environ.update(NO_TELEMETRY)
for _name, _value in WAIT_ASLEEP.items():
    os.environ.setdefault(_name, _value)
