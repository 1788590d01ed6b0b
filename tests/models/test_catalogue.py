"""How models are written that have no short name."""

from pathlib import Path

import pytest

from photosort.models.catalogue import sentences_source


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("all-MiniLM-L6-v2", "hf:sentence-transformers/all-MiniLM-L6-v2"),
        ("BAAI/bge-small-en-v1.5", "hf:BAAI/bge-small-en-v1.5"),
        ("/models/mine", "local:/models/mine"),
        ("./mine", "local:./mine"),
        (r"C:\models\mine", r"local:C:\models\mine"),
        ("C:/models/mine", "local:C:/models/mine"),
        (r"models\mine", r"local:models\mine"),
        ("here/mine", "local:here/mine"),
    ],
)
def test_a_folder_is_told_from_a_name_of_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, place: str
) -> None:
    (tmp_path / "here" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert sentences_source(f"st:{wanted}").place == place
