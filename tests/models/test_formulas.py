"""Formulas: their numbers, and how they are read."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.models.formulas import readable, renamed, value


def test_how_they_are_read():
    assert readable("4*C*C + V") == "4 C² + V"
    assert readable("L*(4*C*C + 8*C*C) + 2*C*V") == "12 L C² + 2 V C"
    assert readable("*".join("C" * 12)) == "C¹²"
    assert readable("L*(2*(C + 2*(C*G//H)) + T*C)") == "L T C + 2 L C + 4 L (G C / H)"
    assert readable("2**L - 1") == "2ᴸ − 1"
    assert readable("(C + C*E)*S/T") == "S E C / T + S C / T"
    assert readable("g*(C/2)*(E + C/2)") == "0.5 g E C + 0.25 g C²"
    assert readable("11*C + 6.7*max(E, C)") == "11 C + 6.7 max(E, C)"
    assert readable("C - C") == "0"
    assert readable("C - 4*V*V") == "− 4 V² + C"
    assert readable("") == ""


def test_nothing_but_letters_and_max_is_known_to_a_formula():
    assert value("", {}) == 0
    assert value("max(E, C) + 1", {"E": 2, "C": 3}) == 4
    with pytest.raises(ValueError, match="no part of a formula"):
        value("print(C)", {"C": 3})
    with pytest.raises(KeyError):
        value("C + X", {"C": 3})


LETTERS = st.sampled_from(["C", "L", "T", "V", "2", "3"])
SUMS = st.recursive(
    LETTERS,
    lambda s: st.tuples(s, st.sampled_from("+-*"), s).map(lambda t: f"({''.join(t)})"),
    max_leaves=12,
)


@given(SUMS)
def test_a_renamed_formula_has_the_same_number(formula):
    letters = {"C": 5, "L": 7, "T": 11, "V": 13}
    other = {letter: f"{letter}1" for letter in letters}
    theirs = {other[letter]: n for letter, n in letters.items()}
    assert value(renamed(formula, other), theirs) == value(formula, letters)


@given(SUMS)
def test_what_is_read_says_the_same_sum(formula):
    """Read back with a sign of multiplication for a space, the number is the same."""
    read = re.sub(" ?([+−]) ?", r"\1", readable(formula)).replace("−", "-")
    read = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + unicodedata.normalize("NFKC", m[0]), read)
    read = read.replace(" ", "*")
    letters = {"C": 5, "L": 7, "T": 11, "V": 13}
    assert value(read, letters) == value(formula, letters)
