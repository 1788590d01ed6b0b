"""What the list says of each folder, and what a folder says in depth, from a history of fixed numbers."""

from pathlib import Path

import pytest
from fakes import small_history

from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.workflows.explaining.explain import explain, explain_run
from photosort.workflows.explaining.views import FolderView


@pytest.fixture
def data(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_history.use_letters(monkeypatch)
    small_history.stored(own_folders)
    return own_folders / "data"


def test_a_keyword_belongs_to_the_folder_with_the_larger_share(data: Path) -> None:
    """Cats are said to be beside a dog once; "dog" is the word of the dogs."""
    dogs, lakes, cats = explain_run(data).clusters
    assert dogs.keywords == (("dog", 16), ("beach", 8), ("ball", 4))
    assert lakes.keywords == (("lake", 9), ("mountain", 3))
    assert (cats.keywords, cats.cluster.keywords) == ((("cat", 3),), (("cat", 3), ("dog", 1)))


def test_the_nearest_folder_is_next_for_most_photos_and_told_apart(data: Path) -> None:
    found = small_history.clustering()
    dogs, *_ = explain_run(data).clusters
    assert dogs.nearest is not None
    following = found.runner_up[small_history.LABELS == 0].tolist()
    assert dogs.nearest.photos == following.count(dogs.nearest.cluster.number) >= 8
    words = {share.word: (share.here, share.there) for share in (*dogs.nearest.apart.own, *dogs.nearest.apart.other)}
    assert words["dog"] == (1.0, 0.0) and words["lake"] == (0.0, 1.0)


def test_the_edge_and_the_parts_of_a_folder(data: Path) -> None:
    dogs = explain(data, "dogs")
    assert isinstance(dogs, FolderView)
    similar = [edge.lying.photo.similarity for edge in dogs.edge]
    assert similar == sorted(similar) and len(similar) == 5
    assert dogs.edge[0].lying.photo.path == small_history.paths()[small_history.STRAY]
    assert dogs.edge[0].leans is not None and dogs.edge[0].leans.folder == "Lakes"
    assert dogs.edge[0].margin < dogs.edge[1].margin
    assert len(dogs.themes) > 1 and sum(theme.photos for theme in dogs.themes) == 16
    words = [word for theme in dogs.themes for word, _ in theme.keywords]
    assert len(set(words)) == len(words), "a word stands for one part"
    cats = explain(data, "cats")
    assert isinstance(cats, FolderView)
    assert (cats.themes, cats.forgotten, cats.edge) == ((), 0, ())


def test_what_the_cache_has_forgotten_is_counted(data: Path, own_folders: Path) -> None:
    with open_cache(own_folders / "cache") as cache:
        cache._db.execute("DELETE FROM vectors WHERE key = ?", (bytes.fromhex(small_history.digests()[0]),))
    dogs = explain(data, "1")
    assert isinstance(dogs, FolderView)
    assert (dogs.forgotten, sum(theme.photos for theme in dogs.themes)) == (1, 15)
    with open_cache(own_folders / "cache") as cache:
        cache._db.execute("DELETE FROM vectors")
    dogs = explain(data, "1")
    assert isinstance(dogs, FolderView)
    assert (dogs.forgotten, dogs.themes) == (16, ())


def test_a_run_of_another_version_has_a_history_but_no_parts(data: Path) -> None:
    with open_history(data) as connection:
        connection.execute("""UPDATE runs SET settings = '{"fusion": "product"}'""")
        connection.commit()
    dogs = explain(data, "1")
    assert isinstance(dogs, FolderView)
    assert (dogs.view.size, dogs.themes, dogs.forgotten) == (16, (), 16)
