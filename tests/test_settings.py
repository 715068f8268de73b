import dataclasses
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, nearest
from lm_core.models import models
from lm_core.settings import Settings, another, plain_type, setting
from lm_core.tokenizers import tokenizers
from lm_core.training import TrainSettings


@dataclass(frozen=True)
class Inner(Settings):
    depth: int = setting(1, title="Depth", low=1, high=9, help="How deep.")


@dataclass(frozen=True)
class Example(Settings):
    size: int = setting(4, title="Size", low=1, high=100, help="How large.")
    rate: float = setting(0.5, title="Rate", low=0.0, help="How fast.")
    kind: str = setting("one", title="Kind", choices=("one", "two"), help="Which.")
    on: bool = setting(False, title="On", help="Whether.")
    most: int | None = setting(None, title="Most", high=10, help="At most.")
    inner: Inner = dataclasses.field(default_factory=Inner)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"size": 0}, "size must be from 1 to 100, not 0."),
        ({"size": 101}, "size must be from 1 to 100, not 101."),
        ({"size": 1.5}, "size must be a whole number, not 1.5."),
        ({"size": "4"}, "size must be a whole number, not '4'."),
        ({"size": True}, "size must be a whole number, not True."),
        ({"size": None}, "size must be a whole number, not None."),
        ({"size": 10**400}, f"size must be from 1 to 100, not 1{'0' * 39}."),
        ({"rate": -1}, "rate must be at least 0.0, not -1.0."),
        ({"rate": "fast"}, "rate must be a number, not 'fast'."),
        ({"rate": float("nan")}, "rate must be a finite number, not nan."),
        ({"rate": float("inf")}, "rate must be a finite number, not inf."),
        ({"rate": 10**400}, "rate must be a finite number, and less than that."),
        ({"rate": False}, "rate must be a number, not False."),
        ({"kind": "too"}, "kind cannot be 'too'; did you mean 'two'?"),
        ({"kind": ["one"]}, "kind must be text, not ['one']."),
        ({"on": 1}, "on must be true or false, not 1."),
        ({"most": 11}, "most must be at most 10, not 11."),
        ({"inner": {"depth": 10}}, "depth must be from 1 to 9, not 10."),
        ({"inner": 3}, "inner must be Inner, not 3."),
        ({"sise": 3}, "Unknown setting 'sise'; did you mean 'size'?"),
        ({"zzz": 3}, "Unknown setting 'zzz'; known: inner, kind, most, on, rate, size."),
    ],
)
def test_a_bad_value_is_one_sentence_with_the_mend(given: dict, said: str) -> None:
    with pytest.raises(BadSettings) as error:
        Example.from_dict(given)
    assert str(error.value) == said


def test_numbers_take_the_type_of_their_field() -> None:
    made = Example(size=7.0, rate=1)
    assert (made.size, type(made.size)) == (7, int)
    assert (made.rate, type(made.rate)) == (1.0, float)


@pytest.mark.parametrize("data", [[], "size", None, 3])
def test_only_an_object_holds_settings(data: object) -> None:
    with pytest.raises(BadSettings, match="must be a JSON object"):
        Example.from_dict(data)


@given(
    st.builds(
        Example,
        size=st.integers(1, 100),
        rate=st.floats(0, 1e300),
        kind=st.sampled_from(["one", "two"]),
        on=st.booleans(),
        most=st.none() | st.integers(-50, 10),
        inner=st.builds(Inner, depth=st.integers(1, 9)),
    )
)
def test_json_and_back_is_the_same(made: Example) -> None:
    assert Example.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert Example.from_dict(made.difference()) == made


def test_a_difference_names_only_what_differs() -> None:
    assert Example().difference() == {}
    assert Example(size=5, on=True).difference() == {"size": 5, "on": True}
    assert Example(size=5).difference(Example(size=5, rate=1.0)) == {"rate": 0.5}
    assert Example(inner=Inner(depth=2)).difference() == {"inner": {"depth": 2}}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("size", "7", 7),
        ("rate", "1e-3", 1e-3),
        ("kind", "two", "two"),
        ("on", "true", True),
        ("on", "Yes", True),
        ("on", "1", True),
        ("on", "no", False),
        ("most", "5", 5),
        ("most", "none", None),
    ],
)
def test_values_come_from_text(name: str, text: str, value: object) -> None:
    made = Example(on=not value, most=3).with_texts({name: text})
    assert getattr(made, name) == value
    assert type(getattr(made, name)) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("size", "1.5", "size must be a whole number, not '1.5'."),
        ("size", "", "size must be a whole number, not ''."),
        ("size", "9" * 5000, "size must be a whole number"),
        ("rate", "1,5", "rate must be a number, not '1,5'."),
        ("rate", "1e999", "finite"),
        ("on", "maybe", "on must be true or false, not 'maybe'."),
        ("kind", "three", "kind cannot be 'three'"),
        ("sise", "1", "did you mean 'size'?"),
    ],
)
def test_text_that_is_no_value_is_one_sentence(name: str, text: str, said: str) -> None:
    with pytest.raises(BadSettings) as error:
        Example().with_texts({name: text})
    assert said in str(error.value)


def test_nothing_changes_once_it_is_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Example().size = 3


def test_the_type_of_a_field_is_plain() -> None:
    types = {field.name: plain_type(field) for field in dataclasses.fields(Example)}
    assert types["size"] == (int, False)
    assert types["most"] == (int, True)


ALL = [entry.settings for entry in [*models, *tokenizers]] + [TrainSettings]


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_every_field_has_what_a_person_needs_to_choose(cls: type[Settings]) -> None:
    """Widgets and --help are made from these; the default lies in the range."""
    assert cls() == cls.from_dict(cls().to_dict())
    for field in dataclasses.fields(cls):
        meta = field.metadata
        assert meta["title"]
        assert meta["help"].endswith(".")
        if plain_type(field)[0] in (int, float):
            assert meta["low"] is not None
            assert meta["high"] is not None


def test_the_nearest_name_ends_a_sentence() -> None:
    assert nearest("n_layers", ["n_layer", "n_head"]) == "; did you mean 'n_layer'?"
    assert nearest("zzz", ["a", "b"]) == "; known: a, b."


def test_an_error_names_its_settings_as_a_screen_labels_them():
    transformer = models["transformer"].settings
    with pytest.raises(BadSettings) as caught:
        transformer(n_embd=64, n_head=3)
    error = caught.value
    assert error.settings == ("n_embd", "n_head")
    assert error.called(transformer.labels()) == (
        "“Width” (64) must be “Heads” (3) times an even number."
    )
    assert error.called({}) == str(error)


def test_a_field_of_another_class_keeps_what_is_not_said_anew() -> None:
    @dataclass(frozen=True)
    class Larger(Settings):
        size: int = another(Example, "size", default=9)
        kind: str = another(Example, "kind", help="Which one.")

    assert Larger() == Larger(size=9, kind="one")
    size, kind = dataclasses.fields(Larger)
    assert (size.metadata["help"], size.metadata["high"]) == ("How large.", 100)
    assert (kind.metadata["help"], kind.metadata["choices"]) == ("Which one.", ("one", "two"))
    with pytest.raises(BadSettings, match="from 1 to 100"):
        Larger(size=101)
