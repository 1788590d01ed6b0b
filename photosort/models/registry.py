"""From the name in a setting to the model. Nothing is loaded before it is asked something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    from photosort.models.encoders.blip_vision import BlipVision
    from photosort.models.encoders.conse import ConSE
    from photosort.models.encoders.search_space import SearchSpace


def image_encoder(settings: Settings) -> ImageEncoder:
    """Return the model that turns photos into vectors.

    Raises SettingsError for an unknown name, ModelMissing for one that is not on this machine.
    """
    name = _named(settings, "image_encoder")
    if name == EFFICIENTNET:
        from photosort.models.encoders.efficientnet import EfficientNetLite2

        return EfficientNetLite2(settings.model_folder, device=settings.device, batch=settings.batch)
    return _encoder(settings, name) or unknown("image_encoder", name)


def text_encoder(settings: Settings) -> TextEncoder:
    """Return the model that turns texts into vectors. Raises what `image_encoder` raises."""
    name = _named(settings, "text_encoder")
    if name == MINILM:
        from photosort.models.encoders.minilm import MiniLM

        return MiniLM()
    if name.startswith(SENTENCES):
        from photosort.models.encoders.sentence_transformers import SentenceTexts

        return SentenceTexts(located(sentences_source(name)), _placement(settings))
    return _dual(settings, name) or unknown("text_encoder", name)


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

        server = receiver(settings.allow_upload)
        return OpenAICaptioner(name.removeprefix(SERVER), server, asking, settings.batch, settings.in_flight)
    source = source_of(name, CAPTIONERS) or unknown("captioner", name)
    return local_captioner(located(source, settings.model_folder), asking, _placement(settings))


def captioners(settings: Settings, questions: Sequence[str]) -> tuple[Captioner | FeatureCaptioner, ...]:
    """Return a `captioner` for each question; those on a server together ask it no more at once than one would."""
    made = tuple(captioner(settings, question) for question in questions)
    if _named(settings, "captioner").startswith(SERVER):
        from photosort.models.captioners.openai_captioner import share_pace

        share_pace(made)
    return made


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


def in_flight(settings: Settings) -> int | None:
    """Return how many requests to the server of the captioner may be under way at once; None where it is on none."""
    if not _named(settings, "captioner").startswith(SERVER):
        return None
    from photosort.models.captioners.openai_captioner import receiver, usual_in_flight

    return settings.in_flight or usual_in_flight(receiver(settings.allow_upload))


def joint_encoder(settings: Settings, texts: TextEncoder) -> JointEncoder | None:
    """Return the model that puts photos into a space of texts, from the vectors of the image encoder.

    That is the image encoder itself where it encodes texts too, for that of the installation ConSE in the space of
    `texts`, and None for one that reads photos alone.
    """
    name = _named(settings, "image_encoder")
    return _conse(settings, texts) if name == EFFICIENTNET else dual_encoder(settings)


def has_joint(settings: Settings) -> bool:
    """Return whether there is a space of photos and texts. Raises what `image_encoder` raises."""
    return _named(settings, "image_encoder") == EFFICIENTNET or has_towers(settings)


def has_towers(settings: Settings) -> bool:
    """Return whether the image encoder encodes texts too. Raises what `image_encoder` raises."""
    return _named(settings, "image_encoder") != EFFICIENTNET and dual_encoder(settings) is not None


def soft_captions(settings: Settings, texts: TextEncoder) -> SoftEncoder | None:
    """Return the encoder that says in full what the captions of this captioner say in a few words; None where there is
    none.

    A tag is the most probable noun, put into words; ConSE is the mean of all probable nouns, as a vector.
    """
    return _conse(settings, texts) if _tagged(settings) else None


def subject_reader(settings: Settings, texts: TextEncoder) -> SubjectReader | None:
    """Return what reads the subjects of folders out of the vectors that the captions come from; None where captions
    come from pixels, and say more.
    """
    if not _tagged(settings):
        return None
    from photosort.models.encoders.efficientnet import LabelHead
    from photosort.models.encoders.subjects import LabelSubjects

    return LabelSubjects(LabelHead(settings.model_folder), _conse(settings, texts))


def category_reader(settings: Settings, texts: TextEncoder) -> CategoryReader | None:
    """Return what tells how well photos fit folders that the user names, from the vectors of the image encoder.

    That is the image encoder itself where it encodes texts too, for that of the installation what its labels mean in
    the space of `texts`, and None for one that reads photos alone. Raises what `image_encoder` raises.
    """
    if _named(settings, "image_encoder") == EFFICIENTNET:
        from photosort.models.encoders.efficientnet import LabelHead
        from photosort.models.encoders.label_categories import LabelCategories

        return LabelCategories(LabelHead(settings.model_folder), _conse(settings, texts))
    from photosort.models.encoders.prompted import PromptedCategories

    encoder = dual_encoder(settings)
    return PromptedCategories(encoder) if encoder else None


def search_space(settings: Settings, remembered: Callable[[TextEncoder], TextEncoder]) -> SearchSpace:
    """Return what photos and queries are compared in, by the vectors of the image encoder.

    That is the image encoder itself where it encodes texts too, and else its labels and the space of the text encoder.
    Texts are encoded by what `remembered` makes of the encoder. Raises what `image_encoder` raises.
    """
    if _named(settings, "image_encoder") == EFFICIENTNET:
        from photosort.models.encoders.efficientnet import LabelHead
        from photosort.models.encoders.label_space import LabelSpace

        return LabelSpace(LabelHead(settings.model_folder), _conse(settings, remembered(text_encoder(settings))))
    from photosort.models.encoders.search_space import JointSpace

    encoder = dual_encoder(settings)
    if encoder is None:
        raise SettingsError(
            f"{settings.image_encoder} reads photos and no words", "Search with another --image-encoder, or --profile."
        )
    return JointSpace(encoder, remembered(encoder))


def dual_encoder(settings: Settings) -> DualEncoder | None:
    """Return the image encoder, where it encodes texts too; else None. Raises what `image_encoder` raises."""
    from photosort.models.encoders.blip_vision import BlipVision

    name = _named(settings, "image_encoder")
    found = _encoder(settings, name) or unknown("image_encoder", name)
    return None if isinstance(found, BlipVision) else found


def _dual(settings: Settings, name: str) -> DualEncoder | None:
    from photosort.models.encoders.blip_vision import BlipVision

    found = _encoder(settings, name)
    if isinstance(found, BlipVision):
        raise SettingsError(f"{name} reads photos and no texts", "Use --text-encoder minilm, or blip-itm.")
    return found


def _encoder(settings: Settings, name: str) -> DualEncoder | BlipVision | None:
    from photosort.models.encoders.dual_encoders import encoder_named

    return encoder_named(name, settings.device, settings.batch, settings.model_folder)


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


def _tagged(settings: Settings) -> bool:
    """Return whether captions are tags; a method without captions may go by vectors that tags cannot be read from."""
    return _named(settings, "captioner") == TAGS and _named(settings, "image_encoder") == EFFICIENTNET


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
