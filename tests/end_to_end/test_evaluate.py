"""photosort evaluate, as it is installed."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakes.command import Command
from fakes.overlapping import TRUTH, matched, paper_keywords, said
from fakes.overlapping import texts as texts_of
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from photosort.models.encoders.minilm import MiniLM

HEADS = ["method", "seed", "acc", "nmi", "ari", "silhouette", "sem", "sbert", "inertia"]


@pytest.fixture
def texts(pictures: Path, tmp_path: Path) -> Path:
    """What somebody says of the temple and the flower."""
    said = {"c": ["a temple in China", "a roof"], "f": ["a flower", "red petals"]}
    lines = [
        {"id": path.relative_to(pictures).as_posix(), "label": path.parent.name, "texts": said[path.parent.name]}
        for path in sorted(pictures.glob("*/*.JPG"))
    ]
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def test_photos_and_their_texts_are_measured_together(photosort: Command, pictures: Path, texts: Path) -> None:
    shutil.copy(pictures / "c" / "IMG_0001.JPG", pictures / "stray.JPG")
    found = photosort("evaluate", pictures, "--texts-file", texts, "--json", "--seeds", 2).json
    assert (found["photos"], found["classes"], found["seeds"]) == (20, 2, [42, 43])
    assert {one["method"] for one in found["methods"]} >= {"image", "text", "concat", "text-tfidf"}
    for one in found["methods"]:
        assert len(one["acc"]["runs"]) == len(one["inertia"]) == 2 and one["lowest_inertia"]["seed"] in (42, 43)
        assert one["kmeans"] == ("euclidean" if one["method"].endswith("-euclidean") else "spherical")
        assert one["method"].startswith(("image", "sum")) or one["acc"] == {"mean": 1, "deviation": 0, "runs": [1, 1]}
    assert [Path(left["path"]).name for left in found["left"]] == ["stray.JPG"]


def test_texts_alone_need_no_photo_and_give_a_table(photosort: Command, texts: Path, tmp_path: Path) -> None:
    plot = tmp_path / "out.png"
    done = photosort("evaluate", "--texts-file", texts, "--csv", "--plot", plot)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert list(rows[0]) == HEADS
    names = {"text", "text-tfidf", "text-sbert"}
    assert {row["method"] for row in rows} == names | {f"{name}-euclidean" for name in names}
    assert {float(row["acc"]) for row in rows} == {1.0}
    with Image.open(plot) as picture:
        assert picture.width > 2000, "a map of each method and one of the classes"
    shown = photosort("evaluate", "--texts-file", texts, "--methods", "text").out
    assert "20 photos, 2 classes" in shown and "1.000" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "nothing to evaluate"),
        (("--texts-file", "TEXTS", "--methods", "image"), 2, "needs the photos"),
        (("PICTURES/c",), 4, "No photo in .* lies in a folder of a class"),
        (("PICTURES", "--methods", "magic"), 2, "Unknown method 'magic'"),
        (("--texts-file", "/nowhere"), 3, "/nowhere cannot be read"),
        (("--texts-file", "TEXTS", "--methods", "criterion", "--kmeans", "euclidean"), 2, "is not k-means of vectors"),
        (("--json", "--csv"), 2, "exclude each other"),
    ],
)
def test_what_cannot_be_measured_says_why(
    photosort: Command, pictures: Path, texts: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    given = [one.replace("TEXTS", str(texts)).replace("PICTURES", str(pictures)) for one in arguments]
    done = photosort("evaluate", *given)
    assert done.code == code
    assert re.search(message, done.err + done.out)


def test_the_numbers_of_a_file_are_those_of_scikit_learn(photosort: Command, tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    lines = [
        {"id": str(number), "label": label, "texts": some}
        for number, (label, some) in enumerate(zip(TRUTH, texts_of(), strict=True))
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    flags = ("--texts-file", file, "--methods", "text-tfidf,text-sbert", "--kmeans", "euclidean", "--runs", 2)
    found = {one["method"]: one for one in photosort("evaluate", *flags, "--json").json["methods"]}
    counted = TfidfVectorizer(max_features=2000, stop_words="english").fit_transform(said())
    encoder = MiniLM()
    for method, vectors in (("text-tfidf", counted), ("text-sbert", encoder.encode_texts(said()))):
        one = found[f"{method}-euclidean"]
        each = {measure: [] for measure in ("acc", "nmi", "ari", "silhouette", "sem", "sbert")}
        inertias = []
        for seed in (42, 43):
            model = KMeans(n_clusters=4, random_state=seed, n_init=10)
            labels = model.fit_predict(vectors)
            acc, class_of = matched(labels)
            names = paper_keywords(said(), labels)
            true = [class_of[cluster].replace("_", " ") for cluster in range(4)]
            cosines = (encoder.encode_texts(names) * encoder.encode_texts(true)).sum(axis=1)
            dense = vectors if isinstance(vectors, np.ndarray) else vectors.toarray()
            inertias.append(model.inertia_)
            each["acc"].append(acc)
            each["nmi"].append(normalized_mutual_info_score(TRUTH, labels))
            each["ari"].append(adjusted_rand_score(TRUTH, labels))
            each["silhouette"].append(silhouette_score(dense, labels, metric="cosine"))
            each["sem"].append(np.mean([one in name for one, name in zip(true, names, strict=True)]))
            each["sbert"].append(np.mean(cosines > 0.4))
        assert one["inertia"] == pytest.approx(inertias, rel=1e-4)
        assert one["lowest_inertia"]["acc"] == pytest.approx(each["acc"][int(np.argmin(inertias))], abs=1e-4)
        assert min(each["acc"]) > 0.3 and max(each["acc"]) < 1
        for measure, runs in each.items():
            assert one[measure]["runs"] == pytest.approx(runs, abs=1e-4), (method, measure)
            assert one[measure]["mean"] == pytest.approx(np.mean(runs), abs=1e-4)
            assert one[measure]["deviation"] == pytest.approx(np.std(runs, ddof=1), abs=1e-4)
        shown = photosort("evaluate", *flags).out
        for measure in ("acc", "nmi", "ari"):
            printed = f"{np.mean(each[measure]):.3f}±{np.std(each[measure], ddof=1):.3f}".replace("0.", ".")
            assert printed in shown
    assert "best run" in shown
