"""A model to choose on a screen, and what its card says of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.json_files import dumps, numbers
from lm_core.visible import readable

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint


@dataclass(frozen=True)
class Choice:
    """A model to choose: a label, its folder, its family and whether it learned items."""

    label: str
    folder: Path
    family: str
    corpus: str
    items: bool
    card: dict
    foreign: str = ""  # how a run names it where it is somebody else's
    given: str = ""  # the word it was opened by, where another visitor or a file gave it
    made: "Checkpoint | None" = field(default=None, compare=False, repr=False)  # not in a folder

    @property
    def cut(self) -> str:
        """What cuts its text into tokens, by name; "" where the card does not say."""
        return self.card.get("spec", {}).get("codec", {}).get("name", "")

    def scored(self, split: str) -> float | None:
        """Nats per token on a split, by the card; None where it was not scored there."""
        found = self.card.get("metrics", {}).get(split, {})
        return found.get("nats_per_token") if isinstance(found, dict) else None

    @property
    def family_title(self) -> str:
        """What its family is called."""
        from lm_core.models import models

        return models[self.family].title

    @property
    def task(self) -> str:
        """What it learned, by name."""
        from lm_core.checkpoints import task_said

        return task_said(self.card)

    @property
    def of_text(self) -> bool:
        """Whether its family reads texts of any kind."""
        from lm_core.models import models

        return models[self.family].build.of_text

    @property
    def of_tokens(self) -> bool:
        """Whether it guesses the tokens of one text: what a family of language models usually
        learns."""
        from lm_core.models import models
        from lm_core.models.contract import LanguageModel

        family = models[self.family].build
        return issubclass(family, LanguageModel) and self.task == family.tasks[0]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of data, that its task learns from."""
        from lm_core.training.task import tasks

        return tasks[self.task].build.kinds

    @property
    def of_pairs(self) -> bool:
        """Whether it turns one text into another."""
        return "pairs" in self.kinds

    @property
    def writes(self) -> bool:
        """Whether it reads a text from left to right, as writing on needs."""
        from lm_core.models import models

        return self.of_tokens and models[self.family].build.causal

    @property
    def looks(self) -> bool:
        """Whether it has attention to be looked at."""
        return self.of_text and _looks(dumps(self.card["model"]))


def choice_of(folder: Path, meta: dict, label: str = "") -> Choice:
    """The model in a folder, by its card; called `label`, or by its family and its text."""
    from lm_core.models import models

    family = meta["model"]["name"]
    corpus = meta.get("corpus", {})
    title = models[family].title
    return Choice(
        label=label or readable(f"{title}, {corpus.get('title', 'own text')}"),
        folder=folder,
        family=family,
        corpus=str(corpus.get("name", "")),
        items=bool(corpus.get("items")),
        card=meta,
    )


@st.cache_data(max_entries=256, show_spinner=False)
def _looks(written: str) -> bool:
    """Whether a model with these settings, as a card has them, looks at anything. As JSON, which
    Streamlit tells from other text at once, and a dict only entry by entry."""
    from lm_core.errors import LabError
    from lm_core.inspection import views_in
    from lm_core.models.building import blueprint

    settings = numbers(json.loads(written))
    try:
        return bool(views_in(blueprint(settings.pop("name"), settings, 8)))
    except LabError:
        return False  # the card of a model that cannot be built
