"""What is wrong with an edited plan: compared with its run, and with the photos as they lie on disk now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from photosort.filing.disk.place import reason_of
from photosort.filing.plan.draft import Draft, DraftPhoto, meeting_faults, name_fault
from photosort.photos.files.digest import digest_of
from photosort.photos.files.photo import Photo
from photosort.photos.files.scan import Scan
from photosort.store.cache import Cache
from photosort.store.runs.runs import ClusterRecord, MemberRecord
from photosort.support.printable import printable
from photosort.support.progress import Progress


def folder_faults(draft: Draft, clusters: Iterable[ClusterRecord]) -> Iterator[str]:
    """Yield a line for each folder whose name no disk takes or another has, or that comes from no folder of the run.

    Names that the run itself gave are known to be good.
    """
    known = {cluster.folder: cluster.number for cluster in clusters}
    for folder in draft.folders:
        if folder.name and folder.name not in known and (fault := name_fault(folder.name)):
            yield fault
    yield from meeting_faults(folder.name for folder in draft.folders if folder.name)
    claims = Counter(number for folder in draft.folders for number in folder.clusters)
    for number, times in sorted(claims.items()):
        if number not in known.values():
            yield f"clusters: run {draft.run} has no folder {number}"
        elif times > 1:
            yield f"clusters: folder {number} of run {draft.run} is named {times} times"


def photo_faults(draft: Draft, members: Mapping[Path, MemberRecord], companions: Mapping[Path, Path]) -> Iterator[str]:
    """Yield a line for each photo that is in the draft twice, or that its run has not sorted.

    `companions` are the files of the run that travel with a photo, by their paths.
    """
    for path, times in Counter(photo.path for photo in draft.photos).items():
        if times > 1:
            yield f"{_shown(path, draft)}: is in the plan {times} times"
    for path in dict.fromkeys(photo.path for photo in draft.photos):
        if path in members:
            continue
        if path in companions:
            yield f"{_shown(path, draft)}: travels with {_shown(companions[path], draft)}; leave it out"
        else:
            yield f"{_shown(path, draft)}: is not a photo of run {draft.run}"


def look_at_photos(
    draft: Draft, members: Mapping[Path, MemberRecord], found: Scan, cache: Cache, progress: Progress
) -> tuple[dict[Path, tuple[Photo, int]], list[str]]:
    """Return the photos that go into folders, as they are on disk, with the place of their folder in the draft, and a
    line for each that is gone or was changed since the run saw it.

    A photo comes with its companions as they lie there now. Photos that the run does not know are passed over.
    """
    stats, groups = {photo.path: photo for photo in found.photos}, found.groups()
    led = {path: main for main, group in groups.items() for path in group}
    filed: dict[Path, tuple[Photo, int]] = {}
    faults: list[str] = []
    count, total = 0, sum(len(folder.photos) for folder in draft.folders)
    for place, folder in enumerate(draft.folders):
        for photo in folder.photos:
            progress("checking", count, total)
            count += 1
            if photo.path not in members or photo.path in filed:
                continue
            if photo.path not in groups:
                faults.append(f"{_shown(photo.path, draft)}: {_why_not_found(photo.path, led, draft)}")
                continue
            digest, problem = _digest(photo, members[photo.path], cache)
            if problem:
                faults.append(f"{_shown(photo.path, draft)}: {problem}")
                continue
            seen = stats[photo.path]
            whole = Photo(seen.path, seen.size, seen.mtime_ns, digest, groups[photo.path], seen.ctime_ns)
            filed[photo.path] = whole, place
    progress("checking", total, total)
    return filed, faults


def _digest(photo: DraftPhoto, member: MemberRecord, cache: Cache) -> tuple[str, str]:
    try:
        digest = cache.digest_of(photo.path, read=digest_of)
    except OSError as error:
        return "", f"cannot be read ({reason_of(error)})"
    if digest != member.digest or not digest.startswith(photo.digest):
        return "", "was changed since the plan was made"
    return digest, ""


def _why_not_found(path: Path, led: Mapping[Path, Path], draft: Draft) -> str:
    if path in led:
        return f"travels with {_shown(led[path], draft)} now; make the plan again"
    try:
        return "is passed over by a search now; make the plan again" if path.is_file() else "is no longer there"
    except OSError as error:
        return f"cannot be read ({reason_of(error)})"


def _shown(path: Path, draft: Draft) -> str:
    return printable(str(path.relative_to(draft.source) if path.is_relative_to(draft.source) else path))
