"""What captioners have in common that write word by word: how they choose words, and how their texts are tidied."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photosort.models.captioners.chat_answers import cleaned
from photosort.models.captioners.tags import UNCLEAR
from photosort.models.protocols import Pictures
from photosort.support.printable import one_line

if TYPE_CHECKING:
    import torch

CAPTION_TOKENS = 40
ANSWER_TOKENS = 80
TOP = 50
"""Tokens among which the next one is drawn: the default of transformers, which the code of "Text-Guided Image
Clustering" leaves as it is."""
BARE = "Answer with the keywords alone, separated by commas."


@dataclass(frozen=True, slots=True)
class Asking:
    """What is wanted of each photo.

    question  empty for a caption
    samples   1: the text that the model gives by itself; more: as many different ones, drawn at temperature 1
    seed      of the drawing
    bare      whether the answer is a list, which a chat model has to be asked for without anything else
    """

    question: str = ""
    samples: int = 1
    seed: int = 42
    bare: bool = False

    @property
    def drawn(self) -> bool:
        """Whether the texts are drawn at random."""
        return self.samples > 1

    @property
    def most_tokens(self) -> int:
        """The longest text, in tokens."""
        return ANSWER_TOKENS if self.question or self.drawn else CAPTION_TOKENS

    def said(self, caption: str) -> str:
        """Return the question as a chat model is asked it; `caption` is the one that asks for a caption."""
        return f"{self.question} {BARE}" if self.bare else self.question or caption

    def prompt(self, question: str = "") -> str:
        """Return what the identity of a captioner says of this; `question` is the one that stands for a caption."""
        drawing = f"{self.samples} samples, seed {self.seed}, top {TOP}, " if self.drawn else ""
        return f"{self.question or question} [{drawing}{self.most_tokens} tokens]".strip()


def keys_of(pixels: Pictures, digests: Sequence[str]) -> Sequence[str]:
    """Return what the random numbers of each photo follow from: its digest, or that of its picture without any."""
    return digests or [hashlib.sha256(picture.tobytes()).hexdigest() for picture in pixels]


def arguments(asking: Asking, keys: Sequence[str], device: str) -> dict[str, Any]:
    """Return the arguments of `generate` of transformers for the photos of these keys."""
    if not asking.drawn:
        return {"max_new_tokens": asking.most_tokens, "do_sample": False}
    from transformers import LogitsProcessorList

    return {
        "max_new_tokens": asking.most_tokens,
        "do_sample": True,
        "num_beams": 1,
        "num_return_sequences": asking.samples,
        "temperature": 1.0,
        "top_k": 0,
        "top_p": 1.0,
        "logits_processor": LogitsProcessorList([_OwnDraw(asking, keys, device)]),
    }


def tidy(texts: Iterable[str], asking: Asking, *, chat: bool = False) -> list[tuple[str, ...]]:
    """Turn texts in the order of the photos, `asking.samples` for each, into one tuple for each photo.

    What a `chat` model writes around its answers is cut off, and so is an echoed question; white space is folded. An
    empty text is left out; where a photo has no other, it gets "something unclear", which is what the model said of it.
    """
    answers = [_without(cleaned(text) if chat else one_line(text), asking.question) for text in texts]
    groups = (answers[start : start + asking.samples] for start in range(0, len(answers), asking.samples))
    return [tuple(text for text in group if text) or (UNCLEAR,) for group in groups]


def _without(text: str, question: str) -> str:
    question = " ".join(question.split())
    return text[len(question) :].lstrip(" :") if question and text.casefold().startswith(question.casefold()) else text


def _seed(key: str, seed: int) -> int:
    """Return the seed of one photo: it follows from the photo alone, so that those beside it in a batch and the models
    beside this one do not matter.
    """
    digest = hashlib.blake2b(key.encode(), digest_size=7, key=str(seed).encode())
    return int.from_bytes(digest.digest(), "big")


class Draw:
    """Draws the next token of each text, among the TOP most probable ones, with random numbers of the photo's own.

    The token with the largest p / e, where every e is drawn from the exponential distribution, is a draw from p (the
    Gumbel-max trick; Maddison, Tarlow and Minka, "A* sampling", NeurIPS 2014).
    """

    def __init__(self, asking: Asking, keys: Sequence[str], device: str) -> None:
        import torch

        self._samples = asking.samples
        self._own = [torch.Generator(device).manual_seed(_seed(key, asking.seed)) for key in keys]

    def __call__(self, logits: torch.Tensor, photos: Sequence[int]) -> torch.Tensor:
        """(places * samples, words) logits -> one token for each row, (places * samples,).

        photos  the numbers of the photos at the first places; what is drawn at the other places means nothing
        """
        import torch

        exponential = torch.empty(logits.shape, dtype=torch.float32, device=logits.device)
        for place, photo in enumerate(photos):
            exponential[place * self._samples : (place + 1) * self._samples].exponential_(generator=self._own[photo])
        exponential[len(photos) * self._samples :] = 1
        least = logits.topk(min(TOP, logits.shape[-1]), dim=-1).values[:, -1:]
        among = logits.float().masked_fill(logits < least, -torch.inf)
        return (among.log_softmax(-1) - exponential.log()).argmax(-1)


class _OwnDraw:
    """A logits processor that draws for `generate`: every other token gets minus infinity, so that the drawing of
    `generate` itself has no choice left.
    """

    def __init__(self, asking: Asking, keys: Sequence[str], device: str) -> None:
        self._draw, self._photos = Draw(asking, keys, device), range(len(keys))

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """(photos * samples, vocabulary) logits -> the same shape, with one finite score in each row."""
        import torch

        chosen = self._draw(scores, self._photos)[:, None]
        return torch.full_like(scores, -torch.inf).scatter(-1, chosen, 0.0)
