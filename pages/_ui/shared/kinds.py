"""What a parameter in the address may hold: a number, a switch, words, JSON."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Kind(Protocol):
    """What a parameter holds."""

    def reads(self, values: Sequence[str]) -> bool:
        """Whether it can be this; most hold exactly one value."""


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    low: int
    high: int

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one] if re.fullmatch("[0-9]{1,15}", one):
                return self.low <= int(one) <= self.high
        return False


@dataclass(frozen=True)
class Number:
    """A number, in the way that people and programs write one."""

    low: float
    high: float

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one] if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,20})?(e-?[0-9]{1,3})?", one):
                return math.isfinite(float(one)) and self.low <= float(one) <= self.high
        return False


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def reads(self, values: Sequence[str]) -> bool:
        return list(values) in (["true"], ["false"])


@dataclass(frozen=True)
class Text:
    """Words of at most so many characters; what they name is looked up by the screen."""

    most: int
    times: int = 1
    least: int = 0

    def reads(self, values: Sequence[str]) -> bool:
        few = len(values) <= self.times
        return few and all(self.least <= len(one) <= self.most for one in values)


@dataclass(frozen=True)
class Id:
    """The id of a run, or the name of a text."""

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one]:
                return re.fullmatch("[A-Za-z0-9_-]{1,80}", one) is not None
        return False


@dataclass(frozen=True)
class Json:
    """A JSON object; what it holds is checked by what it is for."""

    most: int

    def reads(self, values: Sequence[str]) -> bool:
        if len(values) != 1 or len(values[0]) > self.most:
            return False
        try:
            return isinstance(json.loads(values[0]), dict)
        except (ValueError, RecursionError):
            return False


# Of a model, of a view: with nothing in it, a row of buttons would have none that is pressed.
LABEL = Text(600, least=1)
SEED, HOT = Whole(0, 2**31 - 1), Number(0.0, 2.0)
