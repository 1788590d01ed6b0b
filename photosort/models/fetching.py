"""Bring models of the Hugging Face hub into its cache on this machine: the one way in which photosort asks a hub.

Configurations, vocabularies and safetensors are fetched, nothing else; but for the few listed models that have a
pickled checkpoint alone, which is converted here. HF_HOME, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are obeyed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photosort.errors import ModelMissing, PhotosortError, SettingsError
from photosort.models.catalogue import (
    CAPTIONERS,
    ENCODERS,
    OPEN_CLIP_PREFIX,
    SENTENCES,
    SERVER,
    SMOLLM2,
    checkpoint_of,
    sentences_source,
    source_of,
)
from photosort.models.encoders.dual_encoders import open_clip_source
from photosort.models.profiles import PROFILES
from photosort.models.weights.conversion import PICKLED, Checkpoint, convert, converted_folder, drop_checkpoint
from photosort.models.weights.hub import HUB, OPEN_CLIP, Source, find
from photosort.support.progress import Bytes, Progress, silent

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

SMALL_FILES = ("*.json", "*.txt", "*.model", "*.jinja")
CONVERTER = "SFconvertbot"
"""The hub's own account that offers safetensors to repositories which have none, as a pull request of theirs."""
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Download:
    """What is to be fetched for a model, and from where.

    size        in bytes, of what is not there yet
    checkpoint  the pickled one that is converted, with an empty SHA-256 where photosort knows none; None for none
    kept        the bytes that come of the conversion; 0 where there is none
    fetched     whether the checkpoint is not there yet
    """

    source: Source
    repository: str
    revision: str
    patterns: tuple[str, ...]
    size: int
    host: str
    checkpoint: Checkpoint | None = None
    kept: int = 0
    fetched: bool = False


def sources_for(name: str, model_folder: Path) -> tuple[Source, ...]:
    """Return the models that a profile or a model's name stands for.

    Raises SettingsError for what cannot be fetched.
    """
    if name in PROFILES:
        return PROFILES[name].fetched
    if name.startswith(SENTENCES):
        found: Source | None = sentences_source(name)
    elif name.startswith(OPEN_CLIP_PREFIX):
        found = open_clip_source(name, model_folder)[0]
    else:
        found = _of_hub(name)
    if found is None or not found.repository:
        known = ", ".join((*PROFILES, SMOLLM2, *CAPTIONERS, *ENCODERS, "hf:ORG/NAME", f"{SENTENCES}NAME"))
        why = "is on a server" if name.startswith(SERVER) else "is not a model that can be downloaded"
        raise SettingsError(f"'{name}' {why}", f"Choose one of: {known}")
    return (found,)


def _of_hub(name: str) -> Source | None:
    """Return a listed model of either table; else what the name says, in the format in which it is here already."""
    found = [source for table in (CAPTIONERS, ENCODERS) if (source := source_of(name, table))]
    unlisted = [source for source in found if source.name.startswith(HUB)]
    if len(unlisted) < len(found) or not found:
        return next((source for source in found if source not in unlisted), None)
    other = replace(unlisted[0], weights=OPEN_CLIP)
    return other if find(other) else unlisted[0]


def plan(source: Source, model_folder: Path | None = None) -> Download | None:
    """Return what is to be fetched; None where the model is whole already.

    Of a repository that is not listed, the weights for open_clip are taken where it has them. Where the main branch
    has no safetensors, the checkpoint that photosort knows of a listed model is taken, from the commit that it knows
    or, where that is gone, from the main branch; of others, the hub's own conversion of their weights. Raises
    ModelMissing where the hub cannot be asked, or has no weights of this model.
    """
    if find(source, model_folder):
        return None
    from huggingface_hub import constants

    for revision in _revisions(source.repository):
        files = _listing(source, revision)
        if source.name.startswith(HUB) and any(file.filename == "open_clip_config.json" for file in files):
            source = replace(source, weights=OPEN_CLIP)
            files = _listing(source, revision)
        if any(file.filename.endswith(".safetensors") for file in files):
            size = sum(file.file_size or 0 for file in files if file.will_download)
            return Download(source, source.repository, revision, _patterns(source), size, constants.ENDPOINT)
    if known := checkpoint_of(source.repository):
        return _of_checkpoint(source, known)
    raise ModelMissing(
        f"{source.repository} has no {source.weights}.safetensors", "Other formats of weights are not loaded."
    )


def _of_checkpoint(source: Source, known: Checkpoint) -> Download:
    from huggingface_hub import constants

    patterns = (*SMALL_FILES, PICKLED)
    for wanted in (known, Checkpoint("main", "")):
        try:
            files = _listing(source, wanted.revision, patterns)
        except _RevisionGone:
            continue
        if weights := next((file for file in files if file.filename == PICKLED), None):
            size = sum(file.file_size or 0 for file in files if file.will_download)
            kept, fetched = int(weights.file_size or 0), bool(weights.will_download)
            rest = (constants.ENDPOINT, wanted, kept, fetched)
            return Download(source, source.repository, wanted.revision, patterns, size, *rest)
    raise ModelMissing(
        f"{source.repository} has no {source.weights}.safetensors and no {PICKLED}",
        "Other formats of weights are not loaded.",
    )


def fetch(download: Download, progress: Progress = silent, model_folder: Path | None = None) -> None:
    """Fetch it; `progress` counts bytes. What has come is kept where it stops, and the next try goes on from there.

    A pickled checkpoint is converted into `model_folder`, and then removed again if this call has fetched it.

    Raises ModelMissing where the disk is too small, the hub out of reach, or the model not whole afterwards, and
    WeightsMismatch for another checkpoint than the one that photosort knows.
    """
    from huggingface_hub import constants, snapshot_download

    cache = Path(constants.HF_HUB_CACHE)
    _make_sure_of_room(download.source.name, cache, download.size, "HF_HOME")
    if model_folder:
        _make_sure_of_room(download.source.name, model_folder, download.kept, "PHOTOSORT_CACHE_DIR")
    stage = f"pull {download.source.name}"
    progress(stage, 0, download.size, Bytes(0, download.size))
    with _reaching(download.source.name, download.repository):
        snapshot = snapshot_download(
            download.repository,
            revision=download.revision,
            cache_dir=cache,
            allow_patterns=list(download.patterns),
            tqdm_class=_told(progress, stage, download.size),
        )
    progress(stage, download.size, download.size, Bytes(download.size, download.size))
    if download.checkpoint and model_folder:
        _convert(download, Path(snapshot), model_folder, progress)
    if find(download.source, model_folder) is None:
        raise ModelMissing(
            f"The model {download.source.name} came without all of its weights", "Nothing can be done here."
        )


def _make_sure_of_room(name: str, folder: Path, size: int, variable: str) -> None:
    free = shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free
    if size > free:
        raise ModelMissing(
            f"{name} needs {size / 1e9:.1f} GB in {folder}, where {free / 1e9:.1f} GB are free",
            f"Make room there, or name another folder in {variable}.",
        )


def _convert(download: Download, snapshot: Path, model_folder: Path, progress: Progress) -> None:
    assert download.checkpoint is not None
    stage = f"convert {download.source.name}"
    progress(stage, 0, 1)
    target = converted_folder(model_folder, download.repository, snapshot.name)
    convert(snapshot, target, download.checkpoint.sha256)
    if download.fetched:
        drop_checkpoint(snapshot)
    progress(stage, 1, 1)


def _patterns(source: Source) -> tuple[str, ...]:
    name = source.weights
    modules = ("[0-9]_*/*.safetensors",) if source.name.startswith(SENTENCES) else ()
    return (*SMALL_FILES, f"{name}.safetensors", f"{name}-*-of-*.safetensors", *modules)


def _listing(source: Source, revision: str, patterns: tuple[str, ...] = ()) -> list[Any]:
    from huggingface_hub import constants, snapshot_download

    with _reaching(source.name, source.repository):
        return snapshot_download(
            source.repository,
            revision=revision,
            cache_dir=constants.HF_HUB_CACHE,
            allow_patterns=list(patterns or _patterns(source)),
            tqdm_class=_told(silent, "", 0),
            dry_run=True,
        )


def _revisions(repository: str) -> Iterator[str]:
    """Yield the main branch; then, only if that was not enough, what the hub itself offers to it, the newest first."""
    yield "main"
    if checkpoint_of(repository):
        return
    from huggingface_hub import HfApi

    with _reaching(repository, repository):
        offers = list(HfApi().get_repo_discussions(repository, author=CONVERTER, discussion_type="pull_request"))
    yield from (f"refs/pr/{offer.num}" for offer in offers if offer.author == CONVERTER and offer.status == OPEN)


class _RevisionGone(ModelMissing):
    """The hub has the repository, and no such commit of it."""


@contextmanager
def _reaching(name: str, repository: str) -> Iterator[None]:
    """Turn what the hub's library raises into one clear line."""
    import httpx2
    from huggingface_hub import constants
    from huggingface_hub.errors import HfHubHTTPError

    what = f"The model {name} ({repository})" if name != repository else f"The model {name}"
    try:
        yield
    except (OSError, ValueError, httpx2.HTTPError) as error:
        if constants.HF_HUB_OFFLINE:
            raise ModelMissing(f"{what} is not fetched: HF_HUB_OFFLINE is set", "Unset it and try again.") from error
        cause = error if isinstance(error, HfHubHTTPError) else error.__cause__ or error
        if isinstance(cause, HfHubHTTPError):
            raise _refusal(what, repository, cause) from error
        raise _unreached(what, str(cause), "Check the network, then run it again.") from error


def _refusal(what: str, repository: str, answer: HfHubHTTPError) -> PhotosortError:
    """Return what an answer of the hub means: a repository is gated, not there, or not available now."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    page, status = f"{constants.ENDPOINT}/{repository}", answer.response.status_code
    if isinstance(answer, GatedRepoError):
        return ModelMissing(f"{what} asks for an account", f"Accept its terms at {page}, then set HF_TOKEN.")
    if isinstance(answer, RepositoryNotFoundError):
        return SettingsError(f"{what} is not at {constants.ENDPOINT}", "Look for its name there.")
    reason = f"{status} {answer.server_message or answer.response.reason_phrase}"
    if status == HTTPStatus.UNAUTHORIZED:
        return _unreached(what, reason, "Set HF_TOKEN to a token that is valid, or to none (hf auth logout).")
    if isinstance(answer, RevisionNotFoundError):
        return _unreached(what, reason, f"See {page}.", _RevisionGone)
    passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    return _unreached(what, reason, "Run it again later." if passing else f"See {page}.")


def _unreached(what: str, reason: str, hint: str, kind: type[ModelMissing] = ModelMissing) -> ModelMissing:
    return kind(f"{what} cannot be fetched ({' '.join(reason.split()).rstrip('.')[:200]})", hint)


def _told(progress: Progress, stage: str, size: int) -> Any:
    """Return a class of progress bars that draw nothing, and tell `progress` of the bytes that are on the disk."""
    from tqdm.auto import tqdm

    done = 0

    class Told(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **keywords: Any) -> None:
            self.counts = keywords.get("unit") == "B" and str(keywords.get("desc")).startswith("Reconstructing")
            super().__init__(*args, **keywords | {"disable": True})

        def update(self, n: float | None = 1) -> None:
            nonlocal done
            if self.counts and n:
                done = min(size, done + int(n))
                progress(stage, done, size, Bytes(done, size))

    return Told
