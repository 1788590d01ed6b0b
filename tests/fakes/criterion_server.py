"""A server that answers the questions of IC|TC as real models do: mostly well, by a script that never varies."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np

from fakes.chat_server import ChatServer, Reply, failed
from photosort.methods.fusion import unit

KINDS = {
    "Beach": ("beach", "seaside", "shore", "sandy coast"),
    "Mountains": ("mountain", "alpine peak", "summit", "ridge"),
    "Kitchen": ("kitchen", "cooking place", "stove corner", "pantry"),
    "Street": ("street", "city road", "avenue", "crossing"),
    "Forest": ("forest", "woods", "pine grove", "jungle"),
    "Stadium": ("stadium", "sports ground", "arena", "soccer field"),
}
"""Name of a folder -> what photos that belong there are called."""

DIMENSIONS = 256
CRITERION = "Where it was taken. Do not consider gender"


def descriptions(count: int, *, start: int = 0) -> list[str]:
    """So many different texts, of all kinds and words in turn."""
    words = [word for several in zip(*KINDS.values(), strict=True) for word in several]
    return [
        f"The picture shows people at a {words[n % len(words)]}, seen for time {n}."
        for n in range(start, start + count)
    ]


def kind_of(text: str) -> str:
    """The kind that a text speaks of."""
    return next((kind for kind, words in KINDS.items() for word in (kind.lower(), *words) if word in text.lower()), "")


def word_of(text: str) -> str:
    """The word that it says that by."""
    return next((word for words in KINDS.values() for word in words if word in text.lower()), "")


def embed(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors in which texts of one kind are near each other, and others are not."""
    rows = [_vector(kind_of(text) or text, 1.0) + _vector(text.lower(), 0.3) for text in texts]
    return unit(np.array(rows, dtype=np.float32).reshape(len(texts), DIMENSIONS))


def _vector(text: str, scale: float) -> np.ndarray:
    return scale * unit(np.random.default_rng(crc32(text.encode())).normal(size=(1, DIMENSIONS)))[0]


@dataclass
class CriterionServer:
    """What `ChatServer.answer` gives.

    outside   the share of photos for which the first choice is outside the list
    hopeless  the share of these for which the second is, too
    sorry     the share of labels and of second choices that are apologies
    wild      labels come with noise, in JSON or in prose, and choices too
    fine      labels end with a number of the photo, so that no two are alike
    names     answers to questions for names, before good ones are given
    context   tokens that question and answer may have, 0 for any; a token has 3 bytes
    schemas   whether the server knows json_schema
    fails     after so many questions the server answers 503 for ever; 0 for never
    """

    outside: float = 0.0
    hopeless: float = 0.5
    sorry: float = 0.0
    wild: bool = False
    fine: bool = False
    names: list[str] = field(default_factory=list)
    context: int = 0
    schemas: bool = True
    fails: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    prompts: dict[str, list[str]] = field(default_factory=dict)
    tokens: Counter[str] = field(default_factory=Counter)
    seen: list[int] = field(default_factory=list)

    def server(self, **options: Any) -> ChatServer:
        return ChatServer([Reply("{}")], models=["tiny"], answer=self.answer, **options)

    def answer(self, body: dict[str, Any]) -> Reply:
        if not self.schemas and "response_format" in body:
            return failed(400, "response_format json_schema is not supported by this model")
        system, prompt = (message["content"] for message in body["messages"])
        size = len((system + prompt).encode()) // 3
        most = int(body.get("max_tokens", body.get("max_completion_tokens", 0)))
        self.seen.append(size)
        if self.context and size + most > self.context:
            told = f"This model's maximum context length is {self.context} tokens, but {size + most} were asked for."
            return failed(400, told, code="context_length_exceeded")
        if self.fails and sum(self.steps.values()) >= self.fails:
            return failed(503, "overloaded")
        step = "label" if "Say in 1 to 4" in system else "names" if "You name the folders" in system else "choice"
        content = {"label": self._label, "names": self._names, "choice": self._choice}[step](system, prompt)
        again = (
            " again"
            if "refused" in prompt or "is not on the list" in prompt or "did not name a folder" in prompt
            else ""
        )
        self.steps[step + again] += 1
        self.prompts.setdefault(step, []).append(f"{system}\n{prompt}")
        self.tokens["in"] += size
        self.tokens["out"] += len(content) // 3
        return Reply(content)

    def _label(self, system: str, prompt: str) -> str:
        word, chance = word_of(_described(prompt)), _chance(prompt)
        if chance < self.sorry:
            return "I'm sorry, but I cannot help with that."
        if self.fine:
            word += f" {prompt.rpartition('time ')[2].partition('.')[0]}"
        if not self.wild:
            return json.dumps({"label": word})
        forms = (
            json.dumps({"label": f"The {word}s".title()}),
            f"Answer: {word.upper()}.",
            f"<think>Perhaps a house? {{}}</think>```json\n{json.dumps({'label': word})}\n```",
            f'Sure! Here it is: {{"label": "{word}"}} I hope this helps.',
            f"**{word}**",
        )
        return forms[int(chance * 1000) % len(forms)]

    def _names(self, system: str, prompt: str) -> str:
        if self.names:
            return self.names.pop(0)
        labels = json.loads(prompt.partition("<labels>\n")[2].partition("\n</labels>")[0])
        wanted = re.search(r"exactly (\d+) folders|from (\d+) to (\d+)", system)
        assert wanted
        kinds = Counter[str]()
        for label, photos in labels.items():
            kinds[kind_of(label) or label] += photos
        most = int(wanted[1] or wanted[3])
        found = [kind for kind, _ in kinds.most_common(most)]
        found += [label for label in labels if label not in found and kind_of(label) not in found][: most - len(found)]
        if wanted[1]:
            found += [label for label in labels if label not in found][: most - len(found)]
            return json.dumps({"names": {str(number): name for number, name in enumerate(found, 1)}})
        return json.dumps({"why": "There are so many kinds of places.", "names": found})

    def _choice(self, system: str, prompt: str) -> str:
        listed = re.findall(r"^(\d+)\. ([^:;\n]+)", system, re.M)
        kind, chance = kind_of(_described(prompt)), _chance(_described(prompt))
        number, name = next(((number, name) for number, name in listed if kind_of(name) == kind), listed[0])
        again = "Answer with one name of the list" in prompt
        if chance < self.outside and (not again or chance < self.outside * self.hopeless):
            if again and _chance(prompt) < self.sorry:
                return "I apologize, but I am unable to choose."
            return json.dumps({"category": (word_of(_described(prompt)), "Spaceship")[int(chance * 10_000) % 4 == 0]})
        if not self.wild:
            return json.dumps({"category": name})
        forms = (
            json.dumps({"category": name}),
            json.dumps({"category": name.upper() + "."}),
            json.dumps({"category": f"{number}: {name}"}),
            json.dumps({"category": number}),
            f"Answer: {name}",
            f"This photo belongs into {name.lower()}, I would say.",
            f"<think>{listed[0][1]} or {listed[-1][1]}?</think>\n{name}s",
        )
        return forms[int(chance * 10_000) % len(forms)]


def _described(prompt: str) -> str:
    return str(json.loads(prompt.partition("<description>\n")[2].partition("\n</description>")[0]))


def _chance(text: str) -> float:
    return crc32(text.encode()) % 10_000 / 10_000
