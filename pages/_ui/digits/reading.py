"""Which models and pictures the screen Digits is about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models

if TYPE_CHECKING:
    import torch

    from lm_core.corpora.corpus import Numbers
    from lm_core.models.contract import Model
    from pages._ui.shared.choice import Choice

CLASSES, MENDING = "picture-class", "denoise"  # tasks
MODEL = "digits-model"


@dataclass(frozen=True, eq=False)
class Seen:
    """A model, the pictures it learned from, and what their classes are called."""

    choice: "Choice"
    model: "Model"
    corpus: "Numbers"
    names: list[str]

    @property
    def side(self) -> int:
        return self.corpus.codec.sizes["height"]

    def test(self, count: int | None = None) -> "tuple[torch.Tensor, torch.Tensor]":
        """Pictures that it never saw, and their classes."""
        part = self.corpus.splits["test"]
        return part.pixels[:count], part.labels[:count]

    def one(self, digit: int, number: int = 0) -> "torch.Tensor":
        """The picture of that number of a class, (channels, height, width)."""
        pixels, labels = self.test()
        of = (labels == digit).nonzero().flatten()
        return pixels[of[number % len(of)]]


def that_learn(task: str) -> "list[Choice]":
    """Models of a task: those that ship, then the visitor's own."""
    return [choice for choice in models.shipped() + models.own() if choice.task == task]


def seen() -> Seen:
    """The model that is chosen.

    Raises:
        LabError: its pictures are not on this machine, or it is damaged.
    """
    from lm_core.corpora import load_corpus

    choices = that_learn(CLASSES)
    choice = models.pick(choices, models.labels(choices), key=MODEL)
    corpus = load_corpus(choice.corpus)
    return Seen(choice, models.load(choice).model, corpus, corpus.codec.names)


def mender(of: Seen) -> "tuple[Choice, Model] | None":
    """A model that mends pictures like those, the visitor's latest before the one that ships."""
    fitting = [one for one in that_learn(MENDING) if one.corpus == of.choice.corpus]
    if not fitting:
        return None
    choice = fitting[1] if len(fitting) > 1 else fitting[0]
    return choice, models.load(choice).model


def dark() -> bool:
    """Whether the page is."""
    return st.context.theme.type == "dark"
