"""A captioner behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, LM Studio, or one on the internet.

Photos are reduced before they leave this process. They go to one host, which is this machine, or one that the user has
allowed by name; a redirect to anywhere is an error.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Literal

from PIL import Image

from photosort.errors import ModelFailed, SettingsError
from photosort.models.captioners.chat_captioner import CAPTION
from photosort.models.captioners.generating import Asking, tidy
from photosort.models.protocols import Frame, Identity, Pictures, Pixels
from photosort.models.remote.pace import Pace
from photosort.models.remote.refusal import PhotoRefused
from photosort.models.remote.request_form import LIMITS, RequestForm
from photosort.models.remote.server import (
    ADDRESS,
    BROKEN,
    KEY,
    Server,
    one_line,
    reason_of,
    redirected,
    server_at,
    text_of,
)
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.photos.pixels import decode
from photosort.support.threads import at_once

REVISION = "2"
"""Part of the identity; changes with anything here that may change a text."""
SIDE = 512
QUALITY = 85
IN_FLIGHT = 16
BATCH = 64
RETRIES = 5
PATIENCE = 120.0
"""Seconds for one answer."""

Question = tuple[str, int]
"""A picture as it is sent, and which of its samples is wanted."""


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


class OpenAICaptioner:
    """Photos to answers, and to captions where nothing is asked (a `Captioner`).

    Drawn texts are asked for one by one, each with a seed of its own; whether the same seed gives the same text again
    is up to the server.
    """

    reads: Literal["pixels"] = "pixels"
    frame = Frame(SIDE, "inside")
    device = CPU

    def __init__(self, model: str, to: Server, asking: Asking, most: int | None = None) -> None:
        self._model, self._server, self._asking = model, to, asking
        self.batch = BatchSize(most or BATCH)
        revision = f"{to.address}-{REVISION}-{decode.REVISION}-{SIDE}q{QUALITY}"
        self.identity = Identity(f"server:{model}", revision, asking.prompt(CAPTION))
        self._pace = Pace(1 if to.here else IN_FLIGHT, IN_FLIGHT, PATIENCE)
        self._answers: dict[Question, str | PhotoRefused] = {}

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures of the frame -> for each `samples` texts, none of them empty; many are asked for at a time.

        Raises ModelFailed where the server cannot be reached, fails, or answers with something else than a text, and
        PhotoRefused where it does not take one of the pictures. What it said of the others is kept then, so that they
        can be asked for one by one at no further cost.
        """
        pictures = [_jpeg(picture) for picture in pixels]
        questions = [(picture, number) for picture in pictures for number in range(self._asking.samples)]
        self._ask_all(question for question in dict.fromkeys(questions) if question not in self._answers)
        answers = [self._answers[question] for question in questions]
        refused = next((answer for answer in answers if isinstance(answer, PhotoRefused)), None)
        if refused is None or len(pictures) == 1:
            for question in set(questions):
                del self._answers[question]
        if refused is not None:
            raise PhotoRefused(refused.reason)
        return tidy(map(str, answers), self._asking, chat=True)

    def _ask_all(self, questions: Iterable[Question]) -> None:
        """Ask up to IN_FLIGHT at a time, as the server can take them."""
        asked, client = list(questions), self._client
        for number, answer in at_once(lambda question: self._ask(client, *question), asked, IN_FLIGHT):
            self._answers[asked[number]] = answer

    def _ask(self, client: Any, picture: str, number: int) -> str | PhotoRefused:
        import openai

        content = [
            {"type": "text", "text": self._asking.said(CAPTION)},
            {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
        ]
        messages = [{"role": "user", "content": content}]
        seed = (self._asking.seed + number) % 2**31
        form = RequestForm({"temperature": 1.0 if self._asking.drawn else 0.0, "seed": seed}, LIMITS)
        while True:
            arguments = form.arguments(self._asking.most_tokens)
            try:
                with self._pace.turn():
                    answer = client.chat.completions.create(model=self._model, messages=messages, **arguments)
                return text_of(answer)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                named = form.named(error)
                simpler = form.without(named, limited=True) if named else None
                if simpler is None:
                    return PhotoRefused(f"{self._server.host} refuses it ({_told(error)})")
                form = simpler
            except openai.APIStatusError as error:
                raise self._failed(redirected(error) or _told(error)) from error
            except openai.APIError as error:
                raise self._failed(str(error.__cause__ or error)) from error
            except BROKEN as error:
                raise self._failed("its answer is none of a chat model") from error

    def _failed(self, reason: str) -> ModelFailed:
        return ModelFailed(
            f"The server {self._server.host} gave no caption ({one_line(reason)})",
            "What was captioned is kept; the same command goes on from there.",
        )

    @cached_property
    def _client(self) -> Any:
        return self._server.client(os.environ.get(KEY, ""), PATIENCE, RETRIES)


def _told(error: Any) -> str:
    return f"status {error.status_code}: {reason_of(error)}"


def _jpeg(pixels: Pixels) -> str:
    """Return a picture as base64 of a JPEG; what the camera wrote beside the pixels is not in it."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY)
    return base64.b64encode(buffer.getvalue()).decode()
