"""SmolLM2-135M-Instruct, a language model small enough for any machine: a `LanguageModel` on llama.cpp.

Allal et al. 2025, https://arxiv.org/abs/2502.02737. Weights: four-bit GGUF (Apache-2.0) that
`photosort models pull smollm2` brings; engine: xllamacpp, llama.cpp with prebuilt wheels (MIT). It follows
examples better than instructions, and what it writes is to be checked word by word.
"""

from __future__ import annotations

import importlib.util
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any

from photosort.errors import ModelMissing
from photosort.models.protocols import Identity, WriterForm
from photosort.models.weights.pinned import SMOLLM2, verify
from photosort.models.weights.pull import smollm2_path
from photosort.support.pip import pip_install

CONTEXT = 2048
"""Tokens that prompt and answer may have together."""

MAX_TOKENS = 120
"""Longest answer: about 30 words, a title and the JSON around them."""

THREADS = 1
"""Measured on two busy cores: 60 tokens/s with one thread, 2 to 28 with two, which wait for each other. One
thread also gives the same answer on any number of cores."""

SEED = 42

REINSTALL = f"{pip_install('--force-reinstall', '--no-deps', 'xllamacpp')}, or go without: --writer keywords"


class SmolLM2:
    """Prompts to JSON, in this process, without a network.

    The engine starts at the first question. It opens a port on the loopback interface, which cannot be
    switched off: a random `key` keeps other programs and web pages out.
    """

    identity = Identity("smollm2", f"{SMOLLM2.sha256[:12]}-2")
    form: WriterForm = "small"
    parallel = 1
    budget = CONTEXT - MAX_TOKENS
    used = None

    def __init__(self, cache_dir: Path) -> None:
        """Find engine and weights, or raise ModelMissing; `cache_dir` is the model cache."""
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelMissing("The language model smollm2 needs xllamacpp", pip_install("xllamacpp"))
        self.key = secrets.token_hex()
        self._path = smollm2_path(cache_dir)
        self._remembered = cache_dir / SMOLLM2.model / "verified.json"
        if not self._path.is_file():
            raise ModelMissing(f"The weights of smollm2 are not at {self._path}", SMOLLM2.remedy)

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return 0: it runs on this machine."""
        return 0.0

    def check(self) -> None:
        """Engine and weights were found by the constructor."""

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer, which follows `schema` unless it was cut off; empty where the engine gives none.

        Raises WeightsMismatch at the first call where the weights are not the pinned ones, and ModelMissing where
        the engine cannot be imported, cannot load them, or breaks down.
        """
        request = {
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
            "max_tokens": MAX_TOKENS,
            "temperature": 0,
            "seed": SEED,
            "cache_prompt": False,
        }
        server = self._server
        try:
            answer = server.handle_chat_completions(request)
        except RuntimeError as error:
            raise _failed("xllamacpp broke down over a question", error, REINSTALL) from error
        choices = answer.get("choices") or [{}]
        return str(choices[0].get("message", {}).get("content") or "")

    @cached_property
    def _server(self) -> Any:
        verify(SMOLLM2, self._path, self._remembered)
        try:
            import xllamacpp
        except (ImportError, OSError) as error:
            raise _failed("xllamacpp is installed but cannot be imported", error, REINSTALL) from error
        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx = CONTEXT
        params.n_parallel = 1
        params.n_gpu_layers = 0
        params.cpuparams.n_threads = THREADS
        params.cpuparams_batch.n_threads = THREADS
        params.sampling.seed = SEED
        params.sampling.temp = 0.0
        params.verbosity = -1
        params.warmup = False
        params.offline = True
        params.ui = False
        params.endpoint_slots = False
        params.cache_ram_mib = 0
        params.api_keys = [self.key]
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise _failed(f"xllamacpp cannot load {self._path}", error, SMOLLM2.remedy) from error


def _failed(problem: str, error: Exception, hint: str) -> ModelMissing:
    return ModelMissing(f"{problem} ({' '.join(str(error).split())})", hint)
