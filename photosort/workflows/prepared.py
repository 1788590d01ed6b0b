"""What a run has decided before it touches a file, what it shows on its way there, and how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from photosort.clustering.choose_k import KChoice
from photosort.clustering.kmeans import Clustering
from photosort.describing.describe import Described
from photosort.filing.journaled.apply import Outcome
from photosort.filing.plan.plan import Plan
from photosort.methods.conversation import Settle, as_proposed
from photosort.methods.method import Grouping
from photosort.models.protocols import Category, Used
from photosort.naming.summary import ClusterName
from photosort.photos.files.copies import Copies
from photosort.store.journals.journal import Filing
from photosort.workflows.earlier_runs.continuing import Continued
from photosort.workflows.earlier_runs.outgrown import Outgrown
from photosort.workflows.finding import Seen
from photosort.workflows.sorting.asking import Show, unshown
from photosort.workflows.sorting.folders import Folders


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is decided before the first file is touched.

    run         the id under which it is stored
    grouping    every clustering that was tried; its best one is the plan's
    choice      how k was chosen, where it was
    folders     what each cluster becomes
    plan        what a real run carries out and a dry run shows
    used        calls, tokens and cost of a writer on a server; None for any other
    copies      photos that were passed over, as they are copies that earlier runs have made of others
    unfinished  earlier runs that stopped half-way, into any destination
    twice       run -> photos of the plan that it has put into other folders of the same destination
    continues   what stands at the destination by earlier runs, where this one continues them
    given_up    flags that have no effect then, as folders are laid out as they were
    outgrown    folders that stand, and whose names will not be true of most of their photos
    """

    run: int
    described: Described
    grouping: Grouping
    choice: KChoice | None
    folders: Folders
    plan: Plan
    used: Used | None = None
    copies: tuple[Copies, ...] = ()
    unfinished: tuple[Filing, ...] = ()
    twice: Counter[int] = field(default_factory=Counter)
    continues: Continued | None = None
    given_up: tuple[str, ...] = ()
    outgrown: tuple[Outgrown, ...] = ()

    @property
    def clustering(self) -> Clustering:
        """The clustering that the plan is made of."""
        return self.grouping.best.clustering

    @property
    def names(self) -> tuple[ClusterName, ...]:
        """What each planned folder stands for, by its label."""
        return self.folders.names


@dataclass(frozen=True, slots=True)
class Talk:
    """What a run shows the user on its way, and lets the user decide.

    begin     gets the categories of the user, once they are known to be usable and before any photo is looked at
    announce  is shown what is about to be asked of a language model, and its cost in US dollars, None where no price is
              known
    settle    decides on the categories that a language model proposes
    review    is shown everything before the first file is touched
    found     is shown how many files there are
    follow    is shown, before the first file is touched, the plan of a run that only puts files beside their photos
    captions  is shown how many questions with a photo are about to be asked of a captioner on a server
    """

    begin: Callable[[Sequence[Category]], None] = lambda categories: None
    announce: Show = unshown
    settle: Settle = as_proposed
    review: Callable[[Prepared], None] = lambda prepared: None
    captions: Callable[[int], None] = lambda questions: None
    found: Callable[[Seen], None] = lambda seen: None
    follow: Callable[[Plan], None] = lambda plan: None


UNSAID = Talk()
"""Shows nothing, and decides nothing but what is proposed."""


@dataclass(frozen=True, slots=True)
class Organized:
    """A finished run; `outcome` is None after a dry run."""

    prepared: Prepared
    outcome: Outcome | None
