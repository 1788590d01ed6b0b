"""A captioner behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, or one on the internet.

Photos are reduced before they leave this process. They go to one host, which is this machine, or one that the user has
allowed by name; a redirect to anywhere is an error.
"""

from __future__ import annotations

import base64
import io
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, Literal

from PIL import Image

from photosort.errors import ModelFailed, SettingsError
from photosort.models.captioners.chat_captioner import CAPTION
from photosort.models.captioners.generating import Asking, tidy
from photosort.models.protocols import Frame, Identity, Pictures, Pixels
from photosort.models.remote.pace import Pace
from photosort.models.remote.refusal import PhotoRefused
from photosort.models.remote.request_form import LIMITS, REFUSALS, RequestForm
from photosort.models.remote.server import (
    ADDRESS,
    BROKEN,
    KEY,
    Server,
    one_line,
    reason_of,
    redirected,
    server_at,
    texts_of,
)
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.photos.pixels import decode
from photosort.support.threads import at_once

REVISION = "2"
"""Part of the identity; changes with anything here that may change a text."""
DRAWING = "n"
"""The same for drawn texts alone."""
SIDE = 512
QUALITY = 85
IN_FLIGHT = 256
"""Requests under way at once to a server on this machine, where its answers stay fast: what vLLM works on together."""
IN_FLIGHT_ELSEWHERE = 16
"""The same for another machine, which may be shared or count requests; the user can say more."""
BATCH = 16
"""Photos that are decoded ahead go by this."""
RETRIES = 5
PATIENCE = 120.0
"""Seconds for one answer."""


def receiver(allowed: Sequence[str]) -> Server:
    """Return the server that gets the photos. Loads nothing.

    Raises SettingsError where there is none, and where its host is another machine which is not among those `allowed`.
    """
    url = os.environ.get(ADDRESS, "").strip()
    if not url:
        raise SettingsError(
            f"{ADDRESS} is not set", f"For Ollama on this machine: export {ADDRESS}=http://localhost:11434/v1"
        )
    server = server_at(url)
    if not server.here and server.host not in {host.lower() for host in allowed}:
        raise SettingsError(
            f"Photos would be sent to {server.host}, which is not this machine",
            f"If you want that, allow it by name: --allow-upload {server.host}",
        )
    return server


def sending(to: Server) -> str:
    """Return what is sent and where, in one line."""
    where = "on this machine" if to.here else "over the network" + ("" if to.encrypted else ", NOT encrypted")
    return f"Each new photo is sent, reduced to {SIDE} pixels and without its metadata, to {to.host} ({where})"


def usual_in_flight(to: Server) -> int:
    """Return how many requests are under way at once at most, where the user names no number."""
    return IN_FLIGHT if to.here else IN_FLIGHT_ELSEWHERE


class OpenAICaptioner:
    """Photos to answers, and to captions where nothing is asked (a `Captioner`, and `Streamed`).

    The drawn texts of a photo are asked for in one request; where a server gives fewer, the others follow one by one,
    each with a seed of its own. Whether the same seed gives the same text again is up to the server.
    """

    reads: Literal["pixels"] = "pixels"
    frame = Frame(SIDE, "inside")
    device = CPU

    def __init__(
        self, model: str, to: Server, asking: Asking, most: int | None = None, in_flight: int | None = None
    ) -> None:
        """`most` photos in a batch, `in_flight` requests under way at once; both have usual numbers."""
        self._model, self._server, self._asking = model, to, asking
        self.batch = BatchSize(most or BATCH)
        drawing = f"-{DRAWING}" if asking.drawn else ""
        revision = f"{to.address}-{REVISION}-{decode.REVISION}-{SIDE}q{QUALITY}{drawing}"
        self.identity = Identity(f"server:{model}", revision, asking.prompt(CAPTION))
        self.in_flight = in_flight or usual_in_flight(to)
        self.pace = Pace(1 if to.here else min(self.in_flight, IN_FLIGHT_ELSEWHERE), self.in_flight, PATIENCE)
        temperature = 1.0 if asking.drawn else 0.0
        self._form = RequestForm({"temperature": temperature, "seed": asking.seed}, LIMITS)
        self._draws_several = True
        self._lock = threading.Lock()

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures of the frame -> for each `samples` texts, none of them empty; many are asked for at a time.

        Raises ModelFailed where the server cannot be reached, fails, or answers with something else than a text, and
        PhotoRefused where it does not take one of the pictures.
        """
        texts: dict[int, tuple[str, ...]] = {}
        stopped = threading.Event()
        try:
            ask = partial(self.ask, stopped=stopped.is_set)
            for number, answer in at_once(lambda picture: ask(self.form(picture)), list(pixels), self.in_flight):
                texts[number] = answer
        finally:
            stopped.set()
        return [texts[number] for number in range(len(pixels))]

    def form(self, picture: Pixels) -> str:
        """Return a picture as base64 of a JPEG; what the camera wrote beside the pixels is not in it."""
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=QUALITY)
        return base64.b64encode(buffer.getvalue()).decode()

    def ask(self, sent: str, stopped: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
        """Return the texts of one photo, by its JPEG. Raises what `Streamed.ask` raises."""
        texts: list[str] = []
        while (left := self._asking.samples - len(texts)) > 0:
            wanted = left if self._draws_several else 1
            given = self._asked(sent, len(texts), wanted, stopped)
            if len(given) < wanted:
                self._draws_several = False
            texts += given
        return tidy(texts, self._asking, chat=True)[0]

    def _asked(self, picture: str, number: int, wanted: int, stopped: Callable[[], bool]) -> list[str]:
        """Return up to `wanted` texts, of which the first is sample number `number` of the picture.

        A server that refuses to give several is asked for one.
        """
        import openai

        messages: Any = [{"role": "user", "content": self._content(picture)}]
        form = self._form
        while True:
            arguments = form.arguments(self._asking.most_tokens) | ({"n": wanted} if wanted > 1 else {})
            if "seed" in form.parts:
                arguments["seed"] = (self._asking.seed + number) % 2**31
            try:
                with self.pace.turn(stopped):
                    answer = self._client.chat.completions.create(model=self._model, messages=messages, **arguments)
                texts = texts_of(answer, wanted)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                named = form.named(error)
                simpler = form.without(named, limited=True) if named else None
                if simpler is not None:
                    form = simpler
                elif wanted > 1:
                    wanted = 1
                else:
                    raise PhotoRefused(f"{self._server.host} refuses it ({_told(error)})") from error
            except openai.APIStatusError as error:
                if wanted == 1 or error.status_code not in REFUSALS:
                    raise self._failed(redirected(error) or _told(error)) from error
                wanted = 1
            except openai.APIError as error:
                raise self._failed(str(error.__cause__ or error)) from error
            except BROKEN as error:
                raise self._failed("its answer is none of a chat model") from error
            else:
                self._form = form
                return texts

    def _content(self, picture: str) -> list[dict[str, Any]]:
        return [
            {"type": "text", "text": self._asking.said(CAPTION)},
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
        ]

    def _failed(self, reason: str) -> ModelFailed:
        return ModelFailed(
            f"The server {self._server.host} gave no caption ({one_line(reason)})",
            "What was captioned is kept; the same command goes on from there.",
        )

    @property
    def _client(self) -> Any:
        with self._lock:
            return self._connected

    @cached_property
    def _connected(self) -> Any:
        return self._server.client(os.environ.get(KEY, ""), PATIENCE, RETRIES, self.in_flight)


def _told(error: Any) -> str:
    return f"status {error.status_code}: {reason_of(error)}"


def share_pace(captioners: Sequence[object]) -> None:
    """Let captioners on the same server take turns: what one asks counts for all."""
    asking = [each for each in captioners if isinstance(each, OpenAICaptioner)]
    for other in asking[1:]:
        other.pace = asking[0].pace
