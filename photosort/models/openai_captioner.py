"""A captioner behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, or one on the internet.

Photos are reduced before they leave this process. They go to one host, which is this machine, or one that the user has
allowed by name; a redirect to anywhere is an error.
"""

from __future__ import annotations

import base64
import io
import ipaddress
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image

from photosort.errors import ModelFailed, SettingsError
from photosort.models.batch_size import BatchSize
from photosort.models.chat_captioner import CAPTION
from photosort.models.generating import Asking, tidy
from photosort.models.protocols import Frame, Identity, Pixels
from photosort.photos import decode

REVISION = "1"
"""Part of the identity; changes with anything here that may change a text."""
ADDRESS = "OPENAI_BASE_URL"
SIDE = 512
QUALITY = 85
IN_FLIGHT = 16
BATCH = 64
RETRIES = 5
"""The library waits half a second before the first, twice as long before each further one, or as the server says."""
PATIENCE = 120.0
"""Seconds for one answer."""


@dataclass(frozen=True, slots=True)
class Server:
    """Who receives the pictures: the address as OPENAI_BASE_URL has it, and its host."""

    address: str
    host: str
    here: bool
    encrypted: bool

    @property
    def sending(self) -> str:
        """What is sent and where, in one line."""
        where = "on this machine" if self.here else "over the network" + ("" if self.encrypted else ", NOT encrypted")
        return f"Each new photo is sent, reduced to {SIDE} pixels and without its metadata, to {self.host} ({where})"


def server(allowed: Sequence[str]) -> Server:
    """The server of OPENAI_BASE_URL. Loads nothing.

    Raises SettingsError where there is none, and where its host is another machine which is not among those `allowed`.
    """
    address = os.environ.get(ADDRESS, "").strip()
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"{ADDRESS} does not say which server captions the photos ('{address}')"
            if address
            else f"{ADDRESS} is not set",
            f"For Ollama on this machine: export {ADDRESS}=http://localhost:11434/v1",
        )
    here = _is_here(parts.hostname)
    if not here and parts.hostname not in {host.lower() for host in allowed}:
        raise SettingsError(
            f"Photos would be sent to {parts.hostname}, which is not this machine",
            f"If you want that, allow it by name: --allow-upload {parts.hostname}",
        )
    return Server(address, parts.hostname, here, parts.scheme == "https")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OpenAICaptioner:
    """Photos to answers, and to captions where nothing is asked (a `Captioner`).

    Drawn texts are asked for one by one, each with a seed of its own; whether the same seed gives the same text again
    is up to the server.
    """

    reads: Literal["pixels"] = "pixels"
    frame = Frame(SIDE, "inside")

    def __init__(self, model: str, to: Server, asking: Asking, most: int | None = None) -> None:
        self._model, self._server, self._asking = model, to, asking
        self.batch = BatchSize(most or BATCH)
        revision = f"{to.address.rstrip('/')}-{REVISION}-{decode.REVISION}-{SIDE}q{QUALITY}"
        self.identity = Identity(f"server:{model}", revision, asking.prompt(CAPTION))

    def caption(self, pixels: Sequence[Pixels]) -> list[tuple[str, ...]]:
        """B pictures of the frame -> for each `samples` texts, none of them empty; many are asked for at a time.

        Raises ModelFailed where the server cannot be reached, refuses, or answers with something else than a text.
        """
        client = self._client
        pictures = [_jpeg(picture) for picture in pixels]
        numbers = range(self._asking.samples)
        with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="photosort-server") as pool:
            asked = [pool.submit(self._ask, client, picture, number) for picture in pictures for number in numbers]
            try:
                texts = [answer.result() for answer in asked]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return tidy(texts, self._asking)

    def _ask(self, client: Any, picture: str, number: int) -> str:
        import openai

        content = [
            {"type": "text", "text": self._asking.question or CAPTION},
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
        ]
        try:
            answer = client.chat.completions.create(
                model=self._model,
                messages=[{"role": "user", "content": content}],
                max_tokens=self._asking.most_tokens,
                temperature=1.0 if self._asking.drawn else 0.0,
                seed=(self._asking.seed + number) % 2**31,
            )
            text = answer.choices[0].message.content
        except openai.APIStatusError as error:
            raise self._failed(_refusal(error)) from error
        except openai.APIError as error:
            raise self._failed(str(error.__cause__ or error)) from error
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise self._failed("its answer is none of a chat model") from error
        if text is not None and not isinstance(text, str):
            raise self._failed("its answer is none of a chat model")
        return text or ""

    def _failed(self, reason: str) -> ModelFailed:
        return ModelFailed(
            f"The server {self._server.host} gave no caption ({' '.join(reason.split())[:200]})",
            "What was captioned is kept; the same command goes on from there.",
        )

    @cached_property
    def _client(self) -> Any:
        """A client that follows no redirect and, for this machine, goes through no proxy."""
        import openai

        return openai.OpenAI(
            base_url=self._server.address,
            api_key=os.environ.get("OPENAI_API_KEY") or "none",
            max_retries=RETRIES,
            timeout=PATIENCE,
            http_client=openai.DefaultHttpxClient(follow_redirects=False, trust_env=not self._server.here),
        )


def _refusal(error: Any) -> str:
    if 300 <= error.status_code < 400:
        place = urlsplit(error.response.headers.get("location", "")).netloc or "another place"
        return f"it points to {place}, which was not followed"
    said = error.body.get("message") if isinstance(error.body, dict) else error.body
    return f"status {error.status_code}: {said or 'no reason given'}"


def _jpeg(pixels: Pixels) -> str:
    """A picture as base64 of a JPEG; what the camera wrote beside the pixels is not in it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()
