"""From the name in a setting to the model. Nothing is loaded before it is asked something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from photosort.errors import SettingsError
from photosort.methods.specs import KEYWORD_QUESTION
from photosort.methods.specs import samples as texts_wanted
from photosort.models.captioners.choice import cannot_answer, local_captioner
from photosort.models.captioners.generating import Asking
from photosort.models.catalogue import (
    CAPTIONERS,
    EFFICIENTNET,
    MINILM,
    SENTENCES,
    SERVER,
    TAGS,
    sentences_source,
    source_of,
    unknown,
)
from photosort.models.profiles import Profile, choose
from photosort.models.protocols import (
    Captioner,
    CategoryReader,
    DualEncoder,
    FactModels,
    FeatureCaptioner,
    ImageEncoder,
    JointEncoder,
    SoftEncoder,
    SubjectReader,
    TextEncoder,
)
from photosort.models.runtime.placement import BATCH_SIZES, DevicePlacement
from photosort.models.weights.hub import located
from photosort.settings.settings import Settings

if TYPE_CHECKING:
    from photosort.models.encoders.conse import ConSE


def image_encoder(settings: Settings) -> ImageEncoder:
    """Return the model that turns photos into vectors.

    Raises SettingsError for an unknown name, ModelMissing for one that is not on this machine.
    """
    name = _named(settings, "image_encoder")
    if name == EFFICIENTNET:
        from photosort.models.encoders.efficientnet import BATCH, EfficientNetLite2

        return EfficientNetLite2(settings.model_folder, device=settings.device, batch=settings.batch or BATCH)
    return _towers(settings, name) or unknown("image_encoder", name)


def text_encoder(settings: Settings) -> TextEncoder:
    """Return the model that turns texts into vectors. Raises what `image_encoder` raises."""
    name = _named(settings, "text_encoder")
    if name == MINILM:
        from photosort.models.encoders.minilm import MiniLM

        return MiniLM()
    if name.startswith(SENTENCES):
        from photosort.models.encoders.sentence_transformers import SentenceTexts

        return SentenceTexts(located(sentences_source(name)), _placement(settings))
    return _towers(settings, name) or unknown("text_encoder", name)


def captioner(settings: Settings, question: str = "", samples: int | None = None) -> Captioner | FeatureCaptioner:
    """Return the model that captions photos, or answers a question about them, with `samples` texts for each.

    Without `samples` there are as many as the settings or the profile say. Raises SettingsError for an unknown name,
    and where the model cannot follow a question; ModelMissing for one that is not on this machine.
    """
    name = _named(settings, "captioner")
    asking = Asking(question, samples or _captions(settings), settings.seed, bare=question == KEYWORD_QUESTION)
    if name == TAGS:
        return _tags(settings, question)
    if name.startswith(SERVER):
        from photosort.models.captioners.openai_captioner import OpenAICaptioner, receiver

        return OpenAICaptioner(name.removeprefix(SERVER), receiver(settings.allow_upload), asking, settings.batch)
    source = source_of(name, CAPTIONERS) or unknown("captioner", name)
    return local_captioner(located(source, settings.model_folder), asking, _placement(settings))


def fact_models(settings: Settings) -> FactModels | None:
    """Return the models that tell facts; None where the user wants none."""
    if not settings.facts:
        return None
    from photosort.models.facts.faces import FaceCounter
    from photosort.models.facts.kinds import KindHead

    builtin = _named(settings, "image_encoder") == EFFICIENTNET
    return FactModels(FaceCounter(), KindHead() if builtin else None)


def photos_sent(settings: Settings) -> str:
    """Return which photos go to a server, and to which, in one line; empty where none do."""
    if not _named(settings, "captioner").startswith(SERVER):
        return ""
    from photosort.models.captioners import openai_captioner

    return openai_captioner.sending(openai_captioner.receiver(settings.allow_upload))


def joint_encoder(settings: Settings, texts: TextEncoder) -> JointEncoder:
    """Return the model that puts photos into a space of texts, from the vectors of the image encoder.

    That is the image encoder itself where it encodes texts too, and else ConSE in the space of `texts`.
    """
    name = _named(settings, "image_encoder")
    return _conse(settings, texts) if name == EFFICIENTNET else dual_encoder(settings)


def soft_captions(settings: Settings, texts: TextEncoder) -> SoftEncoder | None:
    """Return the encoder that says in full what the captions of this captioner say in a few words; None where there is
    none.

    A tag is the most probable noun, put into words; ConSE is the mean of all probable nouns, as a vector.
    """
    return _conse(settings, texts) if _named(settings, "captioner") == TAGS else None


def subject_reader(settings: Settings, texts: TextEncoder) -> SubjectReader | None:
    """Return what reads the subjects of folders out of the vectors that the captions come from; None where captions
    come from pixels, and say more.
    """
    if _named(settings, "captioner") != TAGS:
        return None
    from photosort.models.encoders.efficientnet import LabelHead
    from photosort.models.encoders.subjects import LabelSubjects

    return LabelSubjects(LabelHead(settings.model_folder), _conse(settings, texts))


def category_reader(settings: Settings, texts: TextEncoder) -> CategoryReader:
    """Return what tells how well photos fit folders that the user names, from the vectors of the image encoder.

    That is the image encoder itself where it encodes texts too, and else what its labels mean in the space of `texts`.
    Raises what `image_encoder` raises.
    """
    if _named(settings, "image_encoder") == EFFICIENTNET:
        from photosort.models.encoders.efficientnet import LabelHead
        from photosort.models.encoders.label_categories import LabelCategories

        return LabelCategories(LabelHead(settings.model_folder), _conse(settings, texts))
    from photosort.models.encoders.prompted import PromptedCategories

    return PromptedCategories(dual_encoder(settings))


def dual_encoder(settings: Settings) -> DualEncoder:
    """Return the image encoder, where it encodes texts too. Raises what `image_encoder` raises."""
    name = _named(settings, "image_encoder")
    return _towers(settings, name) or unknown("image_encoder", name)


def _towers(settings: Settings, name: str) -> DualEncoder | None:
    from photosort.models.encoders.dual_encoders import dual_encoder as named

    return named(name, settings.device, settings.batch, settings.model_folder)


def _tags(settings: Settings, question: str) -> FeatureCaptioner:
    from photosort.models.captioners.tags import TagCaptioner
    from photosort.models.encoders.efficientnet import LabelHead

    encoder = _named(settings, "image_encoder")
    if question:
        raise cannot_answer(TAGS)
    if encoder != EFFICIENTNET:
        raise SettingsError(
            f"The captioner tags reads the vectors of {EFFICIENTNET}, not of {encoder}",
            f"Use --image-encoder {EFFICIENTNET}, or another captioner.",
        )
    return TagCaptioner(LabelHead(settings.model_folder), LabelHead.revision)


def _placement(settings: Settings) -> DevicePlacement:
    return DevicePlacement(settings.device, settings.batch, settings.model_folder / BATCH_SIZES)


def _named(settings: Settings, role: str) -> str:
    """Return the name of the model for this role: the user's, or that of the profile."""
    return str(getattr(settings, role) or getattr(_profile(settings), role))


def _captions(settings: Settings) -> int:
    return settings.captions or texts_wanted(settings, _profile(settings).captions)


def _profile(settings: Settings) -> Profile:
    return choose(settings.profile, settings.device, settings.model_folder).profile


def _conse(settings: Settings, texts: TextEncoder) -> ConSE:
    from photosort.models.encoders.conse import ConSE
    from photosort.models.encoders.efficientnet import LabelHead

    return ConSE(LabelHead(settings.model_folder), texts, LabelHead.revision)
