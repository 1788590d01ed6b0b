"""A folder above folders is called by what all their photos are."""

from photosort.naming.above import name_above
from photosort.naming.subject import UNKNOWN, Subject


def test_what_all_photos_are_names_the_folder_above() -> None:
    assert name_above(Subject("Animals", 0.9), ["Dogs", "Cats"]) == "Animals"


def test_without_a_subject_the_titles_are_listed() -> None:
    assert name_above(UNKNOWN, ["Animals", "Tools (hammers)"]) == "Animals, tools"
    assert name_above(Subject("Animals", 0.7), ["Dogs", "Tools"]) == "Dogs, tools"
    assert name_above(Subject("Mixed (animals, tools)", 0.9), ["Animals", "Tools"]) == "Animals, tools"


def test_no_folder_has_the_name_of_one_that_lies_in_it() -> None:
    assert name_above(Subject("Animals", 0.9), ["Animals", "Cats"]) == "Animals, cats"


def test_a_long_list_is_cut_and_mixed_folders_come_last() -> None:
    titles = ["Mixed (a, b)", "Birds", "Fish", "Ships", "Trees"]
    assert name_above(UNKNOWN, titles) == "Birds, fish, ships and more"
