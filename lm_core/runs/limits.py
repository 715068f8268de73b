"""What a visitor may say of a run: checked before it is kept, with the sentence that mends it."""

import json
from typing import Any

from lm_core.adapt.adapting import adapting
from lm_core.corpora import corpora
from lm_core.errors import BadSettings
from lm_core.models.building import blueprint
from lm_core.models.contract import Model
from lm_core.runs.caps import caps
from lm_core.runs.spec import RunSpec
from lm_core.tasks import check_task
from lm_core.training import Budget, TrainSettings
from lm_core.training.estimate import OF_WEIGHTS, check
from lm_core.visible import readable

TITLE, NOTE, OPTIONS = 80, 2000, 20_000  # characters
# As long as a text is not read yet, it is taken to be a kind one; the worker, who reads it, asks
# once more.
FEW_TOKENS, SHORT_ROW = 64, 32  # different ones; in a row
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


def spec(given: RunSpec) -> RunSpec:
    """A run that one machine can share with others: no file of it, not for ever, not too large.

    Raises:
        BadSettings: what to lower, or where else to do it.
    """
    given = RunSpec.from_dict(given.to_dict())  # files of the machine are refused here
    budget(given.budget)
    check_task(given.task_name, given.model_name, given.data.holds)
    if given.learned.weighed:
        running = given.data.name in corpora and given.data.holds == "text"
        row = None if running else SHORT_ROW
        make = adapting(given.learned.build, given.start.adapter)
        check(given.model_name, given.model, FEW_TOKENS, given.train, longest=row, make=make)
        parameters(blueprint(given.model_name, given.model.to_dict(), FEW_TOKENS))
    return given


def parameters(model: Model) -> None:
    """Raises BadSettings: it has more of them than a model on a page may have."""
    number, most = model.n_parameters, caps().run_parameters
    if number > most and model.learns_by != "counting":
        names = [n for n in OF_WEIGHTS if n in model.settings.to_dict()]
        lower = f"lower {' or '.join(names)}" if names else "take a smaller one"
        raise BadSettings(
            f"A model on this page has at most {most:,} parameters, as all others wait while it "
            f"computes a step, and this one has {number:,}: {lower}, or train it on the command "
            "line.",
            *names,
        )


def budget(given: Budget) -> None:
    """Raises BadSettings: it is more than a run on a page may take."""
    for name in ("seconds", "steps", "tokens"):
        asked, most = getattr(given, name), getattr(caps(), f"run_{name}")
        if asked is not None and asked > most:
            raise BadSettings(
                f"A run on this page takes at most {most:,.0f} {name}, and this one would take "
                f"{asked:,.0f}: give it less, or train it on the command line.",
                name,
            )


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
