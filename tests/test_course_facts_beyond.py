"""Every number of the course's weeks 1 to 8 that was recomputed, and which test holds it: a number
that no test says any more is found here."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FACTS = {  # number in the list of facts -> file, and how the number stands in it
    "F01 XOR has 9 parameters": ("foundations/test_gates.py", "9"),
    "F02 BMI": ("foundations/test_arrays.py", "21.85"),
    "F03 BMI above 23": ("foundations/test_arrays.py", "24.747"),
    "F04 lists and arrays added": ("pages/test_arrays_and_tensors.py", "[1, 2, 3, 1, 2, 3]"),
    "F05 a place of an array": ("pages/test_arrays_and_tensors.py", "1.71"),
    "F07 a histogram": ("foundations/test_arrays.py", "4, 6, 2"),
    "F08 seeded numbers": ("foundations/test_walk.py", "0.69646"),
    "F09 seeded coins": ("foundations/test_walk.py", "0, 1, 0"),
    "F10 slopes of lines": ("foundations/test_slopes.py", "slope"),
    "F11, F12 slopes of two points": ("foundations/test_slopes.py", "-6"),
    "F13 slope of a square": ("foundations/test_slopes.py", "2x"),
    "F14 slope of a sine": ("foundations/test_expressions.py", "sin"),
    "F15, F22 sigmoid": ("foundations/test_activations.py", "0.9975"),
    "F16 a tensor": ("pages/test_arrays_and_tensors.py", '"(2, 3)"'),
    "F17 a sum": ("pages/test_arrays_and_tensors.py", "[5, 5]"),
    "F18 sizes that do not match": ("foundations/test_shapes.py", "must match the size"),
    "F19 a product": ("pages/test_arrays_and_tensors.py", "[6, 6]"),
    "F20 five matrix products": ("foundations/test_shapes.py", "(10, 3, 5)"),
    "F21 a linear layer": ("foundations/test_tensors.py", "-0.7252"),
    "F23 softmax": ("foundations/test_activations.py", "0.1392"),
    "F24 one-hot": ("foundations/test_activations.py", "one_hot"),
    "F25 cross-entropy": ("foundations/test_activations.py", "0.8131"),
    "F26 leaky ReLU": ("foundations/test_activations.py", "LEAK == 0.01"),
    "F27 46 parameters": ("foundations/test_tensors.py", "46"),
    "F28 81 parameters": ("foundations/test_tensors.py", "81"),
    "F29 first weights": ("foundations/test_regularising.py", "0.125"),
    "F30 first weights, widened": ("foundations/test_regularising.py", "uniform_"),
    "F33, F34 filters are few numbers": ("pages/test_digits.py", "65,536"),
    "F35 a report": ("evaluation/test_classification.py", "0, 0, 2, 2, 1"),
    "F38 gray": ("pictures/test_course_facts.py", "0.2125"),
    "F39 contrast": ("pictures/test_course_facts.py", "148"),
    "F42 IoU": ("pictures/test_course_facts.py", "0.1429"),
    "F45 shares of 255": ("pictures/test_course_facts.py", "0.0039"),
    "F46 one number made larger": ("models/pictures/test_masks.py", "16"),
    "F52 a layer added": ("pictures/test_course_facts.py", "add_module"),
    "F58 the second step of 002": ("pages/test_age_from_a_face.py", "few == 1000"),
    "two inputs": ("tasks/test_two_class.py", "5379"),
    "weights frozen": ("foundations/test_tensors.py", "33"),
    "a first loss by hand": ("foundations/test_multiplier.py", "27.9255"),
    "cross-entropy of four": ("foundations/test_activations.py", "8.0619"),
    "a nudged graph": ("foundations/test_autograd.py", "7.286"),
    "Kaiming": ("foundations/test_regularising.py", "0.3062"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_number_of_the_course_stands_in_a_test(fact: str) -> None:
    file, number = FACTS[fact]
    assert number in (TESTS / file).read_text(encoding="utf-8")
