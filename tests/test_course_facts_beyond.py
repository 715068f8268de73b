"""Every number of the course's weeks 1 to 8 that was recomputed, and the test that computes it: one
that was taken away, renamed, or does not compare with the number any more is found here."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FACTS = {  # number in the list of facts -> the test that computes it, and the number in its code
    "F01 XOR has 9 parameters": (
        "foundations/test_gates.py::test_xor_has_nine_parameters",
        "9",
    ),
    "F02 BMI": (
        "foundations/test_arrays.py::test_bmi_of_the_course",
        "21.85",
    ),
    "F03 BMI above 23": (
        "foundations/test_arrays.py::test_bmi_of_the_course",
        "24.747",
    ),
    "F04 lists and arrays added": (
        "pages/test_arrays_and_tensors.py::test_bmi_mask_and_list_are_those_of_the_course",
        "[1, 2, 3, 1, 2, 3]",
    ),
    "F05 a place of an array": (
        "pages/test_arrays_and_tensors.py::test_bmi_mask_and_list_are_those_of_the_course",
        "1.71",
    ),
    "F07 a histogram": (
        "foundations/test_arrays.py::test_the_histogram_of_the_course",
        "4, 6, 2",
    ),
    "F08 seeded numbers": (
        "foundations/test_walk.py::test_seeded_numbers_are_those_of_the_course",
        "0.69646",
    ),
    "F09 seeded coins": (
        "foundations/test_walk.py::test_seeded_numbers_are_those_of_the_course",
        "0, 1, 0",
    ),
    "F10 slopes of lines": (
        "foundations/test_slopes.py::test_lines_of_the_course",
        "0.5",
    ),
    "F11, F12 slopes of two points": (
        "foundations/test_slopes.py::test_lines_of_the_course",
        "-6",
    ),
    "F13 slope of a square": (
        "foundations/test_slopes.py::test_the_quotient_of_a_square_is_2x_and_eps",
        "6",
    ),
    "F14 slope of a sine": (
        "foundations/test_slopes.py::test_the_chain_of_a_sine",
        "6 * math.cos(6 * x)",
    ),
    "F15, F22 sigmoid": (
        "foundations/test_activations.py::test_identities",
        "0.9975",
    ),
    "F16 a tensor": (
        "pages/test_arrays_and_tensors.py::test_a_tensor_tells_its_shape_and_type",
        "'(2, 3)'",
    ),
    "F17 a sum": (
        "pages/test_arrays_and_tensors.py::test_a_tensor_tells_its_shape_and_type",
        "[5, 5]",
    ),
    "F18 sizes that do not match": (
        "foundations/test_shapes.py::test_the_course_s_error_in_torch_s_own_words",
        "must match the size",
    ),
    "F19 a product": (
        "pages/test_arrays_and_tensors.py::test_a_tensor_tells_its_shape_and_type",
        "[6, 6]",
    ),
    "F20 five matrix products": (
        "foundations/test_shapes.py::test_the_five_products_of_the_course",
        "(10, 3, 5)",
    ),
    "F21 a linear layer": (
        "foundations/test_tensors.py::test_the_linear_layer_of_the_course",
        "-0.7252",
    ),
    "F23 softmax": (
        "foundations/test_activations.py::test_softmax_one_hot_and_loss_of_the_course",
        "0.1392",
    ),
    "F24 one-hot": (
        "foundations/test_activations.py::test_softmax_one_hot_and_loss_of_the_course",
        "one_hot(0, 3).tolist() == [1, 0, 0]",
    ),
    "F25 cross-entropy": (
        "foundations/test_activations.py::test_softmax_one_hot_and_loss_of_the_course",
        "0.8131",
    ),
    "F26 leaky ReLU": (
        "foundations/test_activations.py::test_identities",
        "LEAK == 0.01",
    ),
    "F27 46 parameters": (
        "foundations/test_tensors.py::test_parameters_are_those_of_torch",
        "46",
    ),
    "F28 81 parameters": (
        "foundations/test_tensors.py::test_parameters_are_those_of_torch",
        "81",
    ),
    "F29 first weights": (
        "foundations/test_regularising.py::test_bounds_are_those_of_torch",
        "0.125",
    ),
    "F30 first weights, widened": (
        "foundations/test_regularising.py::test_bounds_are_those_of_torch",
        "uniform_",
    ),
    "F33, F34 filters are few numbers": (
        "pages/test_digits.py::test_the_figures_of_the_course_are_read_off_it",
        "65,536",
    ),
    "F35 a report": (
        "evaluation/test_classification.py::test_the_report_of_three_classes",
        "0, 0, 2, 2, 1",
    ),
    "F38 gray": (
        "pictures/test_course_facts.py::test_gray_of_the_astronaut_and_back",
        "0.2125",
    ),
    "F39 contrast": (
        "pictures/test_course_facts.py::test_the_contrast_of_the_clock",
        "148",
    ),
    "F42 IoU": (
        "pictures/test_course_facts.py::test_iou_of_the_two_boxes",
        "0.1429",
    ),
    "F45 shares of 255": (
        "pictures/test_course_facts.py::test_masks_as_shares_of_255",
        "0.0039",
    ),
    "F46 one number made larger": (
        "models/pictures/test_masks.py::test_one_number_made_larger_bilinearly_is_itself_everywhere",
        "16",
    ),
    "F52 a layer added": (
        "pictures/test_course_facts.py::test_a_layer_added_to_a_living_model",
        "add_module",
    ),
    "F56 the third step of 002": (
        "pages/test_age_from_a_face.py::test_the_recipe_is_examined_with_the_numbers_of_the_source",
        "(0.001, 0.0005, 0.0001)",
    ),
    "F57 the fourth step of 002": (
        "pages/test_age_from_a_face.py::test_the_recipe_is_examined_with_the_numbers_of_the_source",
        "(0.0005, 0.0008, 0.001)",
    ),
    "F58 the second step of 002": (
        "pages/test_age_from_a_face.py::test_the_second_step_has_the_numbers_of_the_source",
        "few == 1000",
    ),
    "two inputs": (
        "tasks/test_two_class.py::test_the_network_of_the_course_has_5379_parameters_and_says_the_same",
        "5379",
    ),
    "weights frozen": (
        "foundations/test_tensors.py::test_a_frozen_weight_has_no_gradient_at_all",
        "33152",
    ),
    "a first loss by hand": (
        "foundations/test_multiplier.py::test_the_numbers_of_week_1",
        "27.9255",
    ),
    "cross-entropy of four": (
        "foundations/test_activations.py::test_softmax_one_hot_and_loss_of_the_course",
        "8.0619",
    ),
    "a nudged graph": (
        "foundations/test_autograd.py::test_the_graph_of_week_2",
        "7.286",
    ),
    "Kaiming": (
        "foundations/test_regularising.py::test_bounds_are_those_of_torch",
        "0.3062",
    ),
}


def code_of(test: str) -> str:
    """A test's own statements and cases, without what is only said about them."""
    file, name = test.split("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
    assert len(found) == 1, f"{test} is not there"
    if ast.get_docstring(found[0]) is not None:
        del found[0].body[0]
    code = ast.unparse(found[0])
    assert "assert" in code, f"{test} asserts nothing"
    return code


@pytest.mark.parametrize("fact", FACTS)
def test_a_number_of_the_course_is_compared_with_in_its_test(fact: str) -> None:
    test, number = FACTS[fact]
    begun = rf"(?<!\w)(?<!\d\.){re.escape(number)}"  # of a fraction more places may follow
    assert re.search(begun + ("" if "." in number else r"(?![\w.])"), code_of(test))


@pytest.mark.parametrize(
    "test",
    ["foundations/test_gates.py::test_of_nothing", "test_course_facts_beyond.py::code_of"],
)
def test_what_is_no_test_any_more_is_found(test: str) -> None:
    with pytest.raises(AssertionError, match=r"is not there|asserts nothing"):
        assert "F01" in code_of(test)
