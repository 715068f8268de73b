"""Where an operation is written, and what the source calls its value."""

import sys
from types import FrameType

import pytest

from lm_core.inspection import written as place
from lm_core.inspection.atlas import follow
from lm_core.inspection.equations import equation
from tests.tiny import lively_model, some_ids


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """This folder takes the place of the package."""
    root = place.Path(__file__).parents[1].resolve()
    monkeypatch.setattr(place, "PACKAGE", root)


def mark() -> place.Written:
    frame: FrameType = sys._getframe(1)
    return place.written(frame.f_code, frame.f_lasti)


def returned() -> place.Written:
    return mark()


def one_of_two() -> tuple[place.Written, int]:
    return mark(), 1


def kept() -> dict[str, place.Written]:
    return {"one": mark(), "other": mark()}


@pytest.mark.usefixtures("here")
def test_names_of_what_is_assigned_returned_or_kept() -> None:
    a = mark()
    b, c = mark(), mark()
    d: place.Written = mark()
    e = mark() if a else None
    assert [x.names for x in (a, b, c, d, e)] == [("a",), ("b",), ("c",), ("d",), ("e",)]
    assert returned().names == ("returned",)
    assert one_of_two()[0].names == ("one_of_two",)
    assert [x.names for x in kept().values()] == [("one",), ("other",)]
    f = [mark()][0]
    assert f.names == ()
    assert f.expression == "mark()"
    assert f.statement == "f = [mark()][0]"
    assert f.file == "tests/inspection/test_written.py"
    assert f.function.endswith("test_names_of_what_is_assigned_returned_or_kept")


def test_equations_are_those_of_the_code() -> None:
    found = follow(lively_model("lstm", n_layer=1), some_ids(1, 3, 27))
    assert equation(found.at("0.c")) == "c = f · c + i · g"
    assert equation(found.at("0.h")) == "h = o · tanh(c)"
    assert equation(found.at("0.f (2)")) == "f = σ(f)"
    assert equation(found.at("head")) == "x Wᵀ + b, W of head"
    found = follow(lively_model("transformer", n_layer=1), some_ids(1, 3, 27))
    block = "blocks.0.attention."
    assert equation(found.at(f"{block}weights")) == "weights = softmax(scores)"
    assert equation(found.at(f"{block}scores (1)")) == "scores = (q · 1/√(size of q)) kᵀ"
    assert equation(found.at(f"{block}scores (2)")) == "scores = scores, and −∞ where not mask"
    assert equation(found.at(f"{block}attend")) == "weights v"
    assert equation(found.at("blocks.0.mlp.relu2")) == "ReLU(x)²"


@pytest.mark.parametrize("family", ["mlp", "gru", "wavenet", "encoder", "bigram", "ensemble"])
def test_every_tensor_has_an_equation(family: str) -> None:
    for made in follow(lively_model(family), some_ids(1, 4, 27)).entries:
        assert equation(made).strip()
