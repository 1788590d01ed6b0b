"""A folder above folders is called by what holds for all of them."""

from photosort.naming.above import name_above


def test_a_word_of_every_folder_names_them_all() -> None:
    dogs = ["a photo of an animal, probably a dog"] * 6
    cats = ["a photo of an animal, probably a cat"] * 5 + ["a photo of an animal"]
    assert name_above([dogs, cats], ["Dogs", "Cats"]) == "Animals"


def test_a_word_that_one_folder_lacks_names_none_of_them() -> None:
    animals, tools = ["a photo of an animal"] * 20, ["a photo of a tool"] * 4
    assert name_above([animals, tools], ["Animals", "Tools (a hammer)"]) == "Animals, tools"


def test_no_folder_has_the_name_of_one_that_lies_in_it() -> None:
    animals, cats = ["a photo of an animal"] * 9, ["a photo of an animal, probably a cat"] * 4
    assert name_above([animals, cats], ["Animals", "Cats"]) == "Animals, cats"


def test_a_long_list_is_cut_and_mixed_folders_come_last() -> None:
    kinds = ["mixed (a, b)", "Birds", "Fish", "Ships", "Trees"]
    captions = [[f"a photo of a {kind}"] * 3 for kind in ("shoe", "bird", "fish", "ship", "tree")]
    assert name_above(captions, [kind.capitalize() for kind in kinds]) == "Birds, fish, ships and more"


def test_a_folder_without_photos_left_in_it_lends_no_word() -> None:
    assert name_above([["a dog"] * 3, []], ["Dogs", "Mixed"]) == "Dogs, mixed"
