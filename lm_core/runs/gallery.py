"""The failure gallery: broken runs to start, to see diagnosed, and to repair.

Each is a run like any other, described by its spec; the verdicts find out by themselves what is
wrong with it, and are checked against `expected` in a test. `repaired` is the same run without its
one mistake. Steps are counted, so a case shows the same on every machine; all take seconds on two
cores.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lm_core.doctor.faults import trainer_with
from lm_core.doctor.health import Health
from lm_core.doctor.inside import SHARE, Inside
from lm_core.errors import UnknownName, nearest
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget
from lm_core.training.events import Diagnosed, Event


@dataclass(frozen=True)
class Case:
    """One broken run.

    Args:
        name, title, idea: how it is called, and what is wrong, in a sentence.
        mend: what repairs it, in a few words.
        expected: the code of the verdict that finds it.
        family, steps: of the run; what is not said is the family's recipe for lists of names.
        right: settings of the repaired run that differ from the recipe, as `--set` takes them.
        wrong: those in which the broken run differs from that.
        fault: a bug in the training itself, by its name in `lm_core.doctor.faults`.
    """

    name: str
    title: str
    idea: str
    mend: str
    expected: str
    family: str = "mlp"
    steps: int = 150
    right: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    corpus: str = "names"

    @property
    def repaired(self) -> RunSpec:
        """The run as it should be."""
        settings = {"train.eval_every": "25", **self.right}
        spec = default_spec(
            CorpusSpec(name=self.corpus),
            self.family,
            tokenizer="char",
            budget=Budget(steps=self.steps),
        )
        return spec.with_texts(settings)

    @property
    def spec(self) -> RunSpec:
        """The run as it is."""
        return replace(self.repaired.with_texts(self.wrong), fault=self.fault)

    def to_dict(self) -> dict[str, Any]:
        """What a list of cases says of this one."""
        said = ("name", "title", "idea", "mend", "expected")
        return {name: getattr(self, name) for name in said}


RELU = {
    "model.activation": "relu",
    "model.bias": "true",
    "model.n_layer": "2",
    "train.optimizer": "adamw",
    "train.lr": "3e-3",
    "train.batch_size": "32",
}
LONG_MEMORY = {
    "model.activation": "relu",
    "model.n_hidden": "128",
    "train.batch_size": "16",
    "train.eval_tokens": "1000",
    "train.lr": "0.01",
}

CASES: tuple[Case, ...] = (
    Case(
        "rate-too-high",
        "The rate is too high",
        "Every step jumps over the valley, and the loss goes up instead of down.",
        "a learning rate of 0.005",
        "rate_too_high",
        wrong={"train.lr": "1.0"},
    ),
    Case(
        "rate-too-low",
        "The rate is too low",
        "Every step is right and far too small, so that nothing seems to happen.",
        "a learning rate of 0.005",
        "rate_too_low",
        wrong={"train.lr": "1e-6"},
    ),
    Case(
        "confident-head",
        "Confidently wrong from the start",
        "All weights are drawn from the standard normal, and before it has read anything the model "
        "is sure of its guesses.",
        "a head that starts at zero",
        "confident_start",
        wrong={"model.init": "naive"},
    ),
    Case(
        "saturated-tanh",
        "Saturated tanh",
        "The head is calm, but the sums before tanh are so large that its units sit at 1 or -1, "
        "where hardly any gradient comes through.",
        "first weights over the root of the number of inputs",
        "saturated",
        wrong={"model.init": "calm-head"},
    ),
    Case(
        "dead-relu",
        "Dead ReLUs",
        "The first large steps push the sums of many units below zero for every text, and a ReLU "
        "that is always 0 never learns again.",
        "a learning rate of 0.003",
        "dead_units",
        family="transformer",
        steps=60,
        right=RELU,
        wrong={"train.lr": "0.1"},
    ),
    Case(
        "exploding-rnn",
        "An RNN that explodes",
        "An error is traced back through 64 tokens and multiplied at each; nothing shortens the "
        "gradient, so a single step ruins the weights.",
        "gradients clipped to length 1",
        "exploding_gradients",
        family="rnn",
        corpus="speeches",
        right=LONG_MEMORY | {"train.grad_clip": "1"},
        wrong={"train.grad_clip": "0"},
    ),
    Case(
        "vanishing-rnn",
        "Gradients that vanish",
        "Sixteen layers of tanh are stacked without a way around, and the gradient fades in each.",
        "two layers",
        "vanishing_gradients",
        family="rnn",
        steps=100,
        right={"model.n_hidden": "64", "model.n_layer": "2"},
        wrong={"model.n_layer": "16"},
    ),
    Case(
        "leaked-split",
        "A split that leaks",
        "Half of the names it learns from are the very ones it is judged by. The validation loss "
        "flatters: on names it never read it does far worse.",
        "a split made after doubles are removed",
        "leaked_split",
        fault="leaked-split",
    ),
    Case(
        "too-good",
        "Too good to be true",
        "A cache that knows the true next token is mixed into what is scored. The loss falls far "
        "below what anybody reaches, as the probabilities no longer sum to one.",
        "probabilities that sum to one",
        "not_a_distribution",
        fault="cheat",
    ),
    Case(
        "other-tokenizer",
        "Two tokenizers",
        "The ids of the validation text were given by another tokenizer: the same numbers mean "
        "other letters.",
        "one tokenizer for both",
        "other_tokenizer",
        fault="other-tokenizer",
    ),
    Case(
        "too-little-data",
        "Too little data",
        "A model with a hundred thousand weights reads 279 names over and over, and learns them by "
        "heart.",
        "all 27,910 names",
        "overfitting",
        fault="few-data",
    ),
    Case(
        "no-zero-grad",
        "Forgotten zero_grad",
        "Gradients are never cleared, so every step follows the sum of all steps before.",
        "optimizer.zero_grad() after each step",
        "gradients_pile_up",
        fault="no-zero-grad",
    ),
    Case(
        "train-mode",
        "Evaluated in train mode",
        "model.eval() was forgotten: dropout hides half of the units while the model is judged, "
        "and each evaluation of the same weights gives another figure.",
        "model.eval() around each evaluation",
        "evaluated_in_train_mode",
        right={"model.dropout": "0.5"},
        fault="no-eval",
    ),
    Case(
        "shuffled-targets",
        "Shuffled targets",
        "Inputs and targets were shuffled each for itself: all that is left to learn is how "
        "frequent each letter is.",
        "one order for both",
        "learns_only_frequencies",
        steps=300,
        fault="shuffled-targets",
    ),
)


def case(name: str) -> Case:
    """The case of that name.

    Raises:
        UnknownName: with the nearest known name.
    """
    known = {case.name: case for case in CASES}
    if name not in known:
        raise UnknownName(f"Unknown case {name!r}{nearest(name, list(known))}")
    return known[name]


def _near(spec: RunSpec) -> list[Case]:
    """The few cases that this run may be; it has its model and its number of steps from one. Only
    these are made: a run that begins waits for it."""
    asked = spec.model_name, spec.budget.steps
    return [case for case in CASES if (case.family, case.steps) == asked]


def case_of(spec: RunSpec) -> Case | None:
    """The case whose broken run this is."""
    return next((case for case in _near(spec) if case.spec == spec), None)


def run(spec: RunSpec, *, looking: float | None = None) -> Iterator[Event]:
    """The run of a case (or of any spec) in this process, with its verdicts; nothing of it is kept.

    Args:
        looking: share of the time that looking inside may take; None as `share` says.

    Raises:
        LabError: the text cannot be had.
    """
    ready = prepare(spec)
    trainer = trainer_with(spec.fault)(
        ready.task,
        ready.model,
        ready.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        callbacks=[Inside(share=share(spec) if looking is None else looking)],
    )
    return Health.of(trainer).listen(trainer.run())


def share(spec: RunSpec) -> float:
    """Of a run's time, what looking inside may take: a case is there to be looked into, and has so
    few steps that otherwise little would be seen."""
    shown = spec.fault or any(spec in (case.spec, case.repaired) for case in _near(spec))
    return math.inf if shown else SHARE


def diagnosed(events: Iterator[Event]) -> list[Diagnosed]:
    """The verdicts among the events of a run."""
    return [event for event in events if isinstance(event, Diagnosed)]
