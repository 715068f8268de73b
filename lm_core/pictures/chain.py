"""Steps one after another, as a line of text that fits an address: "gray;canny,sigma=2"."""

from collections.abc import Sequence
from dataclasses import dataclass

from lm_core.errors import BadSettings
from lm_core.pictures.contract import Looked, steps
from lm_core.settings import Settings

MOST = 8  # steps
LONGEST = 900  # characters


@dataclass(frozen=True)
class Step:
    """One of the registry, and what was chosen for it."""

    name: str
    settings: Settings

    @property
    def title(self) -> str:
        """As a person calls it."""
        return steps[self.name].title

    def done(self, looked: Looked) -> Looked:
        """The picture after it."""
        return steps[self.name].build(looked, self.settings)

    def explained(self, before: Looked, after: Looked, row: int, column: int) -> list[str]:
        """The arithmetic of one pixel of the picture after it."""
        return steps[self.name].extra["explain"](before, after, self.settings, row, column)

    def source(self, before: Looked, after: Looked, row: int, column: int) -> tuple[int, int]:
        """The pixel before that the one after is made of, or the nearest."""
        H, W = before.pixels.shape[:2]
        if "source" in steps[self.name].extra:
            row, column = steps[self.name].extra["source"](before, self.settings, row, column)
        return min(H - 1, max(0, round(row))), min(W - 1, max(0, round(column)))


def read_chain(text: str) -> list[Step]:
    """The steps that `written` wrote.

    Raises:
        UnknownName, BadSettings: no such step or setting, a bad value, too many steps.
    """
    parts = [part for part in text.split(";") if part.strip()]
    if len(text) > LONGEST or len(parts) > MOST:
        raise BadSettings(f"A chain has at most {MOST} steps: take some out.")
    return [_read(part) for part in parts]


def _read(part: str) -> Step:
    name, *given = part.strip().split(",")
    entry = steps[name]
    texts = {}
    for one in given:
        key, sign, value = one.partition("=")
        if not sign:
            raise BadSettings(f"A setting of a step is written name=value, not {one!r}.")
        texts[key] = value
    return Step(name, entry.settings().with_texts(texts))


def written(chain: Sequence[Step]) -> str:
    """One line; settings that are as they usually are stay out."""
    return ";".join(
        ",".join([step.name, *(f"{k}={v}" for k, v in step.settings.difference().items())])
        for step in chain
    )
