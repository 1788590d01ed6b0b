"""What the preview says besides the folders."""

from pathlib import Path

from rich.console import Console

from photosort.cli.preview import view
from photosort.clustering.kmeans import Clustering
from photosort.describing.describe import Described
from photosort.filing.facts import Mode
from photosort.filing.plan import Plan
from photosort.pipeline import Prepared


def shown(source: Path, destination: Path, *, within: bool, scores: dict[int, float]) -> str:
    plan = Plan(source, destination, Mode.COPY, (), (), 0, within)
    prepared = Prepared(1, Described.__new__(Described), Clustering.__new__(Clustering), scores, (), plan)
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        console.print(view(prepared))
    return captured.get()


def test_a_destination_inside_the_source_is_said_to_be_left_out() -> None:
    inside = Path("/p/Pictures\x1b[2J/sorted")
    said = r"sorted lies inside Pictures\x1b[2J and was left out of the search."
    assert said in shown(inside.parent, inside, within=True, scores={})
    both = shown(inside.parent, inside, within=True, scores={2: 0.5})
    assert said in both and "--k sets another number" in both
    assert "left out" not in shown(inside.parent, Path("/p/out"), within=False, scores={2: 0.5})
