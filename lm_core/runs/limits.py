"""What a visitor may say of a run: checked before it is kept, with the sentence that mends it."""

import json
from typing import Any

from lm_core.errors import BadSettings
from lm_core.training import TrainSettings
from lm_core.visible import readable

TITLE, NOTE, OPTIONS = 80, 2000, 20_000  # characters
KINDS = ("train", "doctor")


def title(text: str) -> str:
    """One line, and nothing in it that hides."""
    return _text(readable(" ".join(text.split())), "title", TITLE)


def note(text: str) -> str:
    return _text(text.strip(), "note", NOTE)


def _text(text: str, what: str, most: int) -> str:
    if len(text) > most:
        raise BadSettings(f"A {what} has at most {most} characters, and this one has {len(text)}.")
    return text


def rate(lr: Any) -> float:
    """A learning rate for a run that is going, within the bounds of one that is set up."""
    return TrainSettings.from_dict({"lr": lr}).lr


def step(number: Any) -> int | None:
    """A step to pause after."""
    if number is None:
        return None
    if type(number) is not int or not 1 <= number <= 100_000_000:
        raise BadSettings(f"The step to pause at is a whole number from 1 up, not {number}.")
    return number


def options(kind: str, given: dict[str, Any] | None) -> dict[str, Any]:
    """The options of a job, as plain JSON; what they mean is the doctor's to check."""
    if kind not in KINDS:
        raise BadSettings(f"A run is one of {', '.join(KINDS)}, not {kind!r}.")
    if not isinstance(given or {}, dict):
        raise BadSettings("The options of a job are names with their values: a JSON object.")
    try:
        text = json.dumps(given or {}, allow_nan=False)
    except (TypeError, ValueError):
        raise BadSettings("The options must be plain numbers and texts.") from None
    if len(text) > OPTIONS:
        raise BadSettings("These options are too many: ask for fewer.")
    return json.loads(text)
