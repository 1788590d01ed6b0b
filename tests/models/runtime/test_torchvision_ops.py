"""torchvision beside a torch it was not built for, in processes of their own."""

import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.slow


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


BROKEN = """
    import builtins, sys, types
    real = builtins.__import__
    def without_operators(name, *rest, **more):
        if name == "torchvision" and "torchvision" not in sys.modules and not declared():
            raise RuntimeError("operator torchvision::nms does not exist")
        return real(name, *rest, **more)
    def declared():
        import torch
        return hasattr(torch.ops.torchvision, "nms")
"""


def test_missing_torchvision_operators_are_declared() -> None:
    printed = python(
        BROKEN
        + """
    builtins.__import__ = without_operators
    from photosort.models.runtime.torchvision_ops import repair_torchvision
    broken = not declared()
    mended = repair_torchvision()
    builtins.__import__ = real
    import sentence_transformers, open_clip
    print(mended == broken, declared(), repair_torchvision() == mended)
    """
    )
    assert printed == "True True True"


def test_a_whole_torchvision_is_left_alone() -> None:
    printed = python(
        """
    import sys, types, importlib.machinery
    whole = types.ModuleType("torchvision")
    whole.__spec__ = importlib.machinery.ModuleSpec("torchvision", None)
    sys.modules["torchvision"] = whole
    from photosort.models.runtime import torchvision_ops
    torchvision_ops._declare_operators = lambda: sys.exit("declared")
    print(torchvision_ops.repair_torchvision(), sys.modules["torchvision"] is whole)
    """
    )
    assert printed == "False True"


def test_another_failure_of_torchvision_is_not_hidden() -> None:
    printed = python(
        """
    import builtins
    real = builtins.__import__
    def broken(name, *rest, **more):
        if name == "torchvision":
            raise RuntimeError("CUDA went away")
        return real(name, *rest, **more)
    builtins.__import__ = broken
    from photosort.models.runtime.torchvision_ops import repair_torchvision
    try:
        repair_torchvision()
    except RuntimeError as error:
        print(error)
    """
    )
    assert printed == "CUDA went away"
