"""Each failure has its own exit code, written in the module's tree."""

import re

from photosort import errors
from photosort.errors import PhotosortError


def classes() -> list[type[PhotosortError]]:
    return [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, PhotosortError)]


def test_every_exit_code_belongs_to_one_class() -> None:
    codes = [cls.exit_code for cls in classes()]
    assert len(codes) == len(set(codes)) > 10


def test_the_tree_in_the_docstring_is_true() -> None:
    drawn = dict(re.findall(r"(\w+)\s+(\d+)", errors.__doc__ or ""))
    assert {cls.__name__: str(cls.exit_code) for cls in classes()} == drawn


def test_a_failure_says_what_is_wrong_and_what_to_do() -> None:
    assert str(PhotosortError("It broke", "Fix it.")) == "It broke. Fix it."
    assert str(PhotosortError("It broke")) == "It broke"
