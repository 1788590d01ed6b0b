"""A history whose folders have names that a shell must not take for its own words."""

from pathlib import Path

from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, Runs

PLAIN = "Alpine lakes and ridges"
FOLDERS = {
    "Alp": PLAIN,
    "Bob": "Bob's dogs",
    "Ca": "Cash $(touch pwned) `touch pwned` $HOME",
    "Do": "Dogs; touch pwned & touch pwned | tee pwned > pwned",
    "Ec": 'Echoes "quoted" \\ and \\$(touch pwned)',
    "Fi": "Fish * ? [a-z] {a,b} ~ ! #",
    "20": "2019/Harbour: at dawn",
}
"""What is typed -> the one folder that begins with it."""
BROKEN = "Gulls\n$(touch pwned)\n"


def odd_history(folder: Path) -> None:
    """Make a history with two runs: number 1 has the folders above, number 2 is a preview of other photos."""
    with open_history(folder) as connection:
        for names, source in (([*FOLDERS.values(), BROKEN], "Pictures"), (["Zebras"], "Safari")):
            clusters = [ClusterRecord(n, name, name, "", (), "keywords", 0.9) for n, name in enumerate(names)]
            Runs(connection).add(
                source=folder / source,
                destination=folder / f"{source}-sorted",
                mode="copy",
                settings={},
                clusters=clusters,
                members=(),
                left=(),
            )
        Runs(connection).start(1)
