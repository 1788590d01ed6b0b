"""A folder above folders is called by what all their photos are."""

from photosort.naming.above import name_above
from photosort.naming.subject import NOTHING, Subject


def test_what_all_photos_are_names_the_folder_above() -> None:
    assert name_above(Subject("Animals", 0.9), ["Dogs", "Cats"]) == "Animals"


def test_without_a_subject_the_titles_are_listed() -> None:
    assert name_above(NOTHING, ["Animals", "Tools (hammers)"]) == "Animals, tools"
    assert name_above(Subject("Animals", 0.6), ["Dogs", "Tools"]) == "Dogs, tools"
    assert name_above(Subject("Mixed (animals, tools)", 0.9), ["Animals", "Tools"]) == "Animals, tools"


def test_no_folder_has_the_name_of_one_that_lies_in_it() -> None:
    assert name_above(Subject("Animals", 0.9), ["Animals", "Cats"]) == "Animals, cats"


def test_a_long_list_is_cut_and_names_no_mixed_folder() -> None:
    titles = ["Mixed (a, b)", "Birds", "Fish", "Ships", "Trees"]
    assert name_above(NOTHING, titles) == "Birds, fish and more"
    assert name_above(NOTHING, ["Mixed", "Mixed (a, b)"]) == "Mixed"
    assert name_above(NOTHING, ["Dogs", "Christmas"]) == "Dogs, Christmas"
