"""A race: families that learn one text under one budget, each with several seeds.

    race = Race(CorpusSpec(name="names"), ("ngram", "lstm", "transformer"), Budget(seconds=10))
    race.entrants()      # one for each family and seed, each with the spec of an ordinary run

All learn the same thing, the next token, of the same text cut into the same tokens; so their losses
can be laid beside each other. What counts comes to the same with every seed and runs once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lm_core.errors import BadSettings
from lm_core.figures import count
from lm_core.models import models
from lm_core.models.matching import matched
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tasks import SAID, tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget

TASK = "next-token"
MOST_MODELS, MOST_SEEDS = 12, 5
LEAST, MOST = 1_000, 100_000_000  # parameters of networks that are to be of one size
PARTS = ("data", "models", "budget", "seeds", "tokenizer", "parameters")


@dataclass(frozen=True)
class Entrant:
    """One run of a race."""

    model: str
    seed: int
    spec: RunSpec


@dataclass(frozen=True)
class Race:
    """Seeds are 0, 1, ... `seeds` - 1; `tokenizer` "" is what such a text is usually cut into.
    `parameters`: of each network, those of its vocabulary left out, as near as its width comes to
    them; None is the usual size of each family. What has no width is as large as it is.

    Raises:
        BadSettings, UnknownName: nobody races, too many do, or one cannot read this text.
    """

    data: CorpusSpec
    models: tuple[str, ...]
    budget: Budget
    seeds: int = 3
    tokenizer: str = ""
    parameters: int | None = None

    def __post_init__(self) -> None:
        if not self.models:
            raise BadSettings("Nobody races: choose at least one family.", "models")
        if len(self.models) > MOST_MODELS:
            raise BadSettings(
                f"{len(self.models)} families are too many to be told apart in one picture: "
                f"choose {MOST_MODELS} at most.",
                "models",
            )
        if len(set(self.models)) < len(self.models):
            raise BadSettings("A family races once: name each only once.", "models")
        if type(self.seeds) is not int or not 1 <= self.seeds <= MOST_SEEDS:
            raise BadSettings(
                f"A race has 1 to {MOST_SEEDS} seeds of each family, not {self.seeds}.", "seeds"
            )
        size = self.parameters
        if size is not None and (type(size) is not int or not LEAST <= size <= MOST):
            raise BadSettings(
                f"Networks of one size have {LEAST:,} to {MOST:,} parameters, not {size}.",
                "parameters",
            )
        if self.tokenizer:
            tokenizers[self.tokenizer]  # raises UnknownName with the nearest
        fit = racers(self.data.holds)
        for name in self.models:
            title = models[name].title  # raises UnknownName with the nearest
            if name not in fit:
                what = SAID.get(self.data.holds, self.data.holds)
                raise BadSettings(
                    f"{title} does not guess the next token of {what}, so its loss is about "
                    "something else: leave it out.",
                    "models",
                )

    def entrants(self) -> Iterator[Entrant]:
        """What counts first, as that is done in a moment; then each seed of all families, so that
        all have come equally far whenever a race is stopped."""
        first = sorted(self.models, key=lambda name: not counts(name))
        for seed in range(self.seeds):
            for name in first:
                if seed == 0 or not counts(name):
                    yield Entrant(name, seed, self._spec(name, seed))

    def _spec(self, name: str, seed: int) -> RunSpec:
        usual = self._usual(name, seed)
        if self.parameters is None:
            return usual
        try:
            return replace(usual, model=matched(name, usual.model, self.parameters))
        except BadSettings:  # it has no width
            return usual

    def _usual(self, name: str, seed: int) -> RunSpec:
        return default_spec(
            self.data,
            name,
            tokenizer=self.tokenizer or None,
            budget=self.budget,
            short=False,  # all begin with nothing
            seed=seed,
            task=TASK,
        )

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(1 if counts(name) else self.seeds for name in self.models)

    def to_dict(self) -> dict[str, Any]:
        budget = {k: v for k, v in self.budget.to_dict().items() if v is not None}
        return {
            "data": self.data.difference() | {"name": self.data.name},
            "models": list(self.models),
            "budget": budget,
            "seeds": self.seeds,
            "tokenizer": self.tokenizer,
        } | ({} if self.parameters is None else {"parameters": self.parameters})

    @classmethod
    def from_dict(cls, data: Any) -> "Race":
        """A race from what `to_dict` gave.

        Raises:
            BadSettings, UnknownName: it is no race, or one that cannot be run.
        """
        if not isinstance(data, Mapping) or not {"data", "models", "budget"} <= set(data):
            raise BadSettings("A race is a JSON object with data, models and a budget.")
        if unknown := set(data) - {*PARTS}:
            raise BadSettings(f"A race has no {min(unknown)!r}: leave it out.")
        names = data["models"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BadSettings("The families of a race are a list of names.", "models")
        return cls(
            CorpusSpec.from_dict(data["data"]),
            tuple(names),
            Budget.from_dict(data["budget"]),
            data.get("seeds", 3),
            data.get("tokenizer", ""),
            data.get("parameters"),
        )

    def __str__(self) -> str:
        """ "3 families, 10 seconds"."""
        size = "" if self.parameters is None else f", {self.parameters:,} parameters each"
        return f"{count(len(self.models), 'family', 'families')}, {said(self.budget)}{size}"


def said(budget: Budget) -> str:
    """A budget in words: "10 seconds", "2,000 steps"."""
    given = {k: v for k, v in budget.to_dict().items() if v is not None}
    return " or ".join(f"{value:,g} {name}" for name, value in given.items())


def racers(kind: str) -> list[str]:
    """The families that can race on data of a kind: those whose first trade is to guess its next
    token, in the order of the registry."""
    if kind not in tasks[TASK].build.kinds:
        return []
    return [entry.name for entry in models if TASK in entry.build.tasks[:1]]


def counts(name: str) -> bool:
    """Whether the family learns by counting alone: no seed changes what it comes to."""
    return models[name].build.learns_by == "counting"
