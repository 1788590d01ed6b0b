"""The models of one run, chosen once from its settings and handed down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from photosort.methods.specs import METHODS, asks_writer, questions, samples
from photosort.models import registry
from photosort.models.encoders.search_space import SearchSpace
from photosort.models.language import writers
from photosort.models.profiles import Choice, Profile, choose
from photosort.models.protocols import (
    Captioner,
    CategoryReader,
    FactModels,
    FeatureCaptioner,
    ImageEncoder,
    JointEncoder,
    LanguageModel,
    SoftEncoder,
    SubjectReader,
    TextEncoder,
)
from photosort.models.runtime.devices import check_device
from photosort.settings.settings import Settings

EVEN = 0.5
TEXT_WEIGHT = {"tags": 0.2}
"""The share of the text in a fusion, where it is not one half. Tags come from the image encoder's own network: they
name what its vectors already know, so they get less than what a captioner has seen for itself."""


class ModelSet:
    """The models of one run. Each is made when it is first used, and loads its weights when it is first called.

    Pickled, it is its settings alone: another process makes models of its own.

    settings  those of the run, with every model named
    choice    the profile that names what the user left open, and why it was chosen
    """

    def __init__(self, settings: Settings, choice: Choice) -> None:
        self.settings, self.choice = settings, choice

    def __reduce__(self) -> tuple[type[ModelSet], tuple[Settings, Choice]]:
        """Leave out the models, which may hold gigabytes and handles of a device."""
        return ModelSet, (self.settings, self.choice)

    def on_each(self, devices: Sequence[str]) -> list[ModelSet]:
        """Return the same models for each of some devices, such as cuda:1, in processes that ask `among` them.

        Devices for which no request is left get none.
        """
        shared = self.among(len(devices)).settings
        return [
            ModelSet(shared.model_copy(update={"device": device}), self.choice) for device in devices[: self.in_flight]
        ]

    def among(self, processes: int) -> ModelSet:
        """Return the same models for one of several processes, which together keep to `in_flight` requests at once,
        as long as they are not more than that themselves.
        """
        if not self.in_flight:
            return self
        share = max(1, self.in_flight // processes)
        return ModelSet(self.settings.model_copy(update={"in_flight": share}), self.choice)

    @property
    def in_flight(self) -> int | None:
        """The requests to the server of the captioner that may be under way at once; None where it is on none."""
        return registry.in_flight(self.settings) if questions(self.settings) else None

    def make_all(self) -> None:
        """Make every model now, to fail before any photo is read.

        Raises SettingsError for an unknown name, and ModelMissing for a model that is not on this machine.
        """
        _ = self.image_encoder, self.text_encoder, self.captioners, self.language_model

    @cached_property
    def image_encoder(self) -> ImageEncoder:
        """Photos to vectors."""
        return registry.image_encoder(self.settings)

    @cached_property
    def text_encoder(self) -> TextEncoder:
        """Texts to vectors."""
        return registry.text_encoder(self.settings)

    @cached_property
    def captioners(self) -> tuple[Captioner | FeatureCaptioner, ...]:
        """One captioner for each question of the method."""
        return registry.captioners(self.settings, questions(self.settings))

    @cached_property
    def fact_models(self) -> FactModels | None:
        """What tells facts; None where the user wants none."""
        return registry.fact_models(self.settings)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model that names the folders; None where keywords do."""
        return writers.writer(self.settings) if asks_writer(self.settings) else None

    def joint(self, texts: TextEncoder) -> JointEncoder | None:
        """Return what puts photos into a space of texts: that of the image encoder, or else that of `texts`; None where
        the image encoder reads photos alone.
        """
        return registry.joint_encoder(self.settings, texts)

    def soft_captions(self, texts: TextEncoder) -> SoftEncoder | None:
        """Return what says in full, as a vector, what the captions say in a few words; None where there is nothing."""
        return registry.soft_captions(self.settings, texts)

    def subjects(self, texts: TextEncoder) -> SubjectReader | None:
        """Return what reads the subjects of folders; None where names are made of captions alone."""
        return registry.subject_reader(self.settings, texts)

    @property
    def has_joint(self) -> bool:
        """Whether there is a space of photos and texts."""
        return registry.has_joint(self.settings)

    @property
    def has_towers(self) -> bool:
        """Whether the image encoder encodes texts too."""
        return registry.has_towers(self.settings)

    def categories(self, texts: TextEncoder) -> CategoryReader | None:
        """Return what tells how well photos fit categories; None where the image encoder reads photos alone."""
        return registry.category_reader(self.settings, texts)

    def search_space(self, remembered: Callable[[TextEncoder], TextEncoder]) -> SearchSpace:
        """Return what photos and queries of a search are compared in; texts are encoded by what `remembered` makes of
        their encoder.
        """
        return registry.search_space(self.settings, remembered)

    @property
    def named_by(self) -> str:
        """What names the folders: a language model, "keywords", an earlier run, or "you"."""
        if self.settings.names_from is not None:
            return f"run {self.settings.names_from}"
        if self.settings.into is not None:
            return "you"
        return self.language_model.identity.model if self.language_model else "keywords"

    @property
    def text_weight(self) -> float:
        """The share of the text in a fusion, 0 to 1."""
        default = TEXT_WEIGHT.get(self.settings.captioner or "", EVEN)
        return default if self.settings.weight is None else self.settings.weight

    @property
    def photos_sent(self) -> str:
        """Which photos go to a server, and to which, in one line; empty where none do."""
        return registry.photos_sent(self.settings) if questions(self.settings) else ""

    @property
    def texts_sent(self) -> str:
        """Which texts go to a language model on a server, and to which, in one line; empty where none do."""
        if self.settings.by:
            return writers.texts_sent(self.language_model, "descriptions, labels, folder names and your criterion")
        if self.settings.into is not None:
            return writers.texts_sent(self.language_model, "captions and your folders")
        return writers.texts_sent(self.language_model)


def select_models(settings: Settings) -> ModelSet:
    """Name every model of a run, and the method: what the user left open comes from the profile. Loads nothing.

    Raises SettingsError for an unknown profile or device.
    """
    check_device(settings.device)
    choice = choose(settings.profile, settings.device, settings.model_folder)
    settings = settings.model_copy(update=_grouping(settings, choice.profile))
    usual = {name: getattr(choice.profile, name) for name in ("captioner", "image_encoder", "text_encoder")}
    usual["captions"] = samples(settings, choice.profile.captions)
    left_open = {name: value for name, value in usual.items() if getattr(settings, name) is None}
    return ModelSet(settings.model_copy(update=left_open), choice)


def _grouping(settings: Settings, profile: Profile) -> dict[str, str]:
    """Return the method and the fusion of the profile, where no flag, variable or line of the file has set them.

    Who sets what only the method fusion reads means that method.
    """
    given = settings.model_fields_set
    method = {} if given & {"method", *METHODS["fusion"].flags} else {"method": profile.method}
    return method | ({} if "fusion" in given else {"fusion": profile.fusion})
