"""How settings work.

A settings class is a frozen dataclass whose fields carry a title, a range and one line of help.
Values are checked when the object is made, so an object that exists is valid. The widgets of a
screen, the `--help` of the command line and the JSON of a run are all made from the same fields.

    @dataclass(frozen=True)
    class LSTMSettings(Settings):
        n_layer: int = setting(1, title="Layers", low=1, high=8, help="LSTMs on top of each other.")

`Settings` classes live beside what they configure; nothing here knows any of them.
"""

import dataclasses
import math
import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

from lm_core.errors import BadSettings, nearest


def setting(
    default: Any,
    *,
    title: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple | None = None,
    unit: str = "",
    advanced: bool = False,
    kept: bool = False,
) -> Any:
    """A dataclass field with what a person needs to choose its value.

    `low` and `high` are inclusive. `choices` lists the only values allowed. `advanced` fields are
    folded away on a screen until asked for. `kept`: a run that has begun cannot be given another.
    """
    said = {"title": title, "help": help, "low": low, "high": high, "choices": choices}
    said |= {"unit": unit, "advanced": advanced, "kept": kept}
    return dataclasses.field(default=default, metadata=said)


def another(settings: type, field: str, **changes: Any) -> Any:
    """A field as another settings class has it, but for `changes`: its `default`, or what is said.

    position: str = another(TransformerSettings, "position", default="sinusoidal")
    """
    (found,) = (f for f in dataclasses.fields(settings) if f.name == field)
    return setting(**{"default": found.default, **found.metadata, **changes})


@cache
def _types(cls: type) -> dict[str, type]:
    return typing.get_type_hints(cls)


def _plain(kind: Any) -> tuple[type, bool]:
    """`int | None` -> (int, True); `int` -> (int, False)."""
    if isinstance(kind, types.UnionType):
        inner = [k for k in kind.__args__ if k is not type(None)]
        return inner[0], True
    return kind, False


def plain_type(field: dataclasses.Field) -> tuple[type, bool]:
    """The type a field's values have and whether None is allowed too."""
    return _plain(field.type)


@dataclass(frozen=True)
class Settings:
    """Base of every settings class: checked on creation, JSON both ways, difference of two."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            checked = self._check(field, getattr(self, field.name))
            object.__setattr__(self, field.name, checked)

    @classmethod
    def _check(cls, field: dataclasses.Field, value: Any) -> Any:
        kind, optional = _plain(_types(cls)[field.name])
        name, meta = field.name, field.metadata
        if value is None and optional:
            return None
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            try:
                value = float(value)
            except OverflowError:  # JSON knows whole numbers of any length
                said = f"{name} must be a finite number, and less than that."
                raise BadSettings(said, name) from None
        if kind is int and isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            wanted = _KINDS.get(kind, kind.__name__)
            raise BadSettings(f"{name} must be {wanted}, not {value!r}.", name)
        if isinstance(value, float) and not math.isfinite(value):
            raise BadSettings(f"{name} must be a finite number, not {value!r}.", name)
        choices, low, high = meta.get("choices"), meta.get("low"), meta.get("high")
        if choices is not None and value not in choices:
            raise BadSettings(
                f"{name} cannot be {value!r}{nearest(value, [str(c) for c in choices])}", name
            )
        if (low is not None and value < low) or (high is not None and value > high):
            span = f"at most {high}" if low is None else f"at least {low}"
            span = span if low is None or high is None else f"from {low} to {high}"
            raise BadSettings(f"{name} must be {span}, not {str(value)[:40]}.", name)
        return value

    @classmethod
    def labels(cls) -> dict[str, str]:
        """Name of a setting -> what a person calls it."""
        named = (f for f in dataclasses.fields(cls) if "title" in f.metadata)
        return {f.name: f.metadata["title"] for f in named}

    @classmethod
    def kept(cls) -> list[str]:
        """Fields that keep their value once a run has begun."""
        return [f.name for f in dataclasses.fields(cls) if f.metadata.get("kept")]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, nested settings as nested objects."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {k: v.to_dict() if isinstance(v, Settings) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "typing.Self":
        """Settings from what `to_dict` gave. Missing keys take their default.

        Raises:
            BadSettings: an unknown key (the nearest known one is named), or a bad value.
        """
        if not isinstance(data, dict):
            raise BadSettings(f"Settings must be a JSON object, not {type(data).__name__}.")
        known = {f.name for f in dataclasses.fields(cls)}
        for key in data:
            if key not in known:
                raise BadSettings(f"Unknown setting {key!r}{nearest(key, sorted(known))}")
        values = {}
        for key, value in data.items():
            kind, _ = _plain(_types(cls)[key])
            nested = isinstance(kind, type) and issubclass(kind, Settings)
            values[key] = kind.from_dict(value) if nested and isinstance(value, dict) else value
        return cls(**values)

    def with_texts(self, texts: dict[str, str]) -> "typing.Self":
        """A copy with fields parsed from text, as `--set name=text` gives them, all at once: two
        that belong together may each be out of place alone."""
        return dataclasses.replace(self, **{n: self._parsed(n, t) for n, t in texts.items()})

    def _parsed(self, name: str, text: str) -> Any:
        hints = _types(type(self))
        if name not in hints:
            raise BadSettings(f"Unknown setting {name!r}{nearest(name, sorted(hints))}")
        kind, optional = _plain(hints[name])
        if optional and text.lower() in ("none", "null"):
            return None
        if kind is bool:
            if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
                raise BadSettings(f"{name} must be true or false, not {text!r}.")
            return text.lower() in ("true", "1", "yes")
        try:
            return kind(text)
        except ValueError:
            raise BadSettings(f"{name} must be {_KINDS[kind]}, not {text!r}.") from None

    def difference(self, other: "Settings | None" = None) -> dict[str, Any]:
        """Fields in which this differs from `other` (from the defaults when None)."""
        theirs = (type(self)() if other is None else other).to_dict()
        return {k: v for k, v in self.to_dict().items() if k not in theirs or theirs[k] != v}


_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
