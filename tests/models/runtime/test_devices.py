"""Device names become the devices of this machine, or one clear line."""

import sys

import pytest

from photosort.errors import SettingsError
from photosort.models.runtime import devices as room
from photosort.models.runtime.devices import check_device, devices, first_device


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(room, "has_nvidia", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.usefixtures("two_gpus")
def test_every_gpu_is_used_unless_one_is_named() -> None:
    assert devices("auto") == devices("cuda") == ("cuda:0", "cuda:1")
    assert devices("cuda:1") == ("cuda:1",)
    assert first_device("auto") == "cuda:0"
    assert devices("cpu") == ("cpu",)


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match=r"cuda:2 is not there.*cuda:0, cuda:1, cpu"):
        devices("cuda:2")


def test_without_any_gpu_the_processor_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(room, "has_nvidia", lambda: True)
    assert devices("auto") == ("cpu",)
    with pytest.raises(SettingsError, match="cuda is not there"):
        devices("cuda")


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "", "CPU", "cuda:1\n"])
def test_what_is_no_device_is_refused_before_anything_is_loaded(name: str) -> None:
    with pytest.raises(SettingsError, match="Choose one of: auto, cuda, cuda:1, mps, cpu"):
        check_device(name)


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
def test_a_gpu_without_a_driver_is_refused_without_torch(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(room, "has_driver", lambda: False)
    monkeypatch.setattr(room, "has_nvidia", lambda: False)
    monkeypatch.setitem(sys.modules, "torch", None)
    check_device("auto")
    check_device("cpu")
    with pytest.raises(SettingsError, match=f"The device {name} is not available: no GPU driver.*Use --device cpu"):
        check_device(name)


@pytest.mark.parametrize("driver", ["/dev/nvidiactl", "/dev/kfd", "/dev/dxg", "/dev/nvmap"])
def test_with_any_driver_pytorch_is_asked_what_there_is(monkeypatch: pytest.MonkeyPatch, driver: str) -> None:
    """A container, AMD, WSL and a Jetson may have no nvidia-smi."""
    import torch

    monkeypatch.setattr(room.shutil, "which", lambda name: None)
    monkeypatch.setattr(room.Path, "exists", lambda path: str(path) == driver)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert devices("cuda") == ("cuda:0",)


@pytest.mark.usefixtures("two_gpus")
def test_a_gpu_is_looked_for_before_any_model_has_to_run() -> None:
    check_device("cuda:1")
    with pytest.raises(SettingsError, match="cuda:2 is not there"):
        check_device("cuda:2")
