"""What can be said of a model family from its registry entry, its source and a blueprint."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from lm_core.inspection.modules import Node
    from lm_core.models import LanguageModel
    from lm_core.models.costs import Costs
    from lm_core.registry import Entry
    from lm_core.settings import Settings

ROWS = 8  # of a batch whose costs are told
# The ladder: what the families up to an order of the registry have in common.
RUNGS = (
    (30, "One token back"),
    (50, "A few tokens back"),
    (80, "A memory carried along"),
    (90, "Attention"),
    (sys.maxsize, "Together"),
)


@dataclass(frozen=True)
class About:
    """From the registry and the first lines of a family's file; "" where nothing is said."""

    equation: str
    paper: str
    left_out: str
    worth: str


@dataclass(frozen=True)
class Size:
    """How large a model is before it has read anything. What is counted later is not in it."""

    parts: list[tuple[str, int]]
    parameters: int  # numbers that training adjusts, or cells of a table of counts
    of_vocabulary: int  # how many of them there are because of the vocabulary
    bytes: int
    counters: list[str]  # titles of the parts that store nothing until they have read a text


def of_text() -> list["Entry"]:
    """The families that read or write texts, in the order of the registry: this screen is about
    them."""
    from lm_core.models import models

    return [entry for entry in models if entry.build.of_text]


def rungs() -> list[tuple[str, list["Entry"]]]:
    """They, in the order of the ladder, under what each rung has in common."""
    ladder: dict[str, list[Entry]] = {}
    for entry in of_text():
        rung = next(title for above, title in RUNGS if entry.order < above)
        ladder.setdefault(rung, []).append(entry)
    return list(ladder.items())


def about(entry: "Entry") -> About:
    """Equation (the indented lines), paper, what was left out, and what it is good for."""
    told = {
        label: re.search(
            rf"^{label}: (.+?)(?:\n\n|\n[A-Z][a-z ]+: |\Z)", entry.text, re.DOTALL | re.MULTILINE
        )
        for label in ("Left out on purpose", "Strong and weak")
    }
    left, worth = (" ".join(found[1].split()) if found else "" for found in told.values())
    return About(entry.equation, entry.paper.rstrip("."), left, worth)


def has_table(entry: "Entry") -> bool:
    """Whether it counts into a table of all pairs, for all to see."""
    return hasattr(entry.build, "probabilities")


@st.cache_data(max_entries=256, show_spinner=False)
def size(name: str, settings: dict, vocab_size: int) -> Size:
    """Exact, whatever the settings: nothing is allocated.

    Raises:
        BadSettings: the family does not take so many tokens.
    """
    from lm_core.inspection.shapes import memory_bytes

    model = _plan(name, settings, vocab_size)
    parts = _parts(model)
    total = sum(n for _, n in parts)
    one_more = sum(n for _, n in _parts(_plan(name, settings, vocab_size + 1))) - total
    return Size(
        parts=parts,
        parameters=total,
        of_vocabulary=max(0, min(one_more * vocab_size, total)),
        bytes=memory_bytes(model),
        counters=[title for title, part in _members(model) if part.learns_by == "counting"],
    )


def _plan(name: str, settings: dict, vocab_size: int) -> "LanguageModel":
    """A blueprint; a table of counts too is only planned, since one may take 200 MB."""
    import torch

    from lm_core.models import models
    from lm_core.models.building import blueprint

    entry = models[name]
    if not has_table(entry):
        return blueprint(name, settings, vocab_size)
    with torch.device("meta"):
        return entry.build(entry.settings.from_dict(settings), vocab_size)


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept_plan(name: str, settings: dict, vocab_size: int) -> "LanguageModel":
    """A plan that is only asked, never run: a click on the screen changes none of what it says."""
    return _plan(name, settings, vocab_size)


def _members(model: "LanguageModel") -> Iterator[tuple[str, "LanguageModel"]]:
    """The models a model is made of, with the titles of their families."""
    from lm_core.models import LanguageModel, models

    titles = {entry.build: entry.title for entry in models}
    for part in model.modules():
        if part is not model and isinstance(part, LanguageModel):
            yield titles[type(part)], part


def _parts(model: "LanguageModel") -> list[tuple[str, int]]:
    """Where the parameters are, under the names of the models it is made of where it is."""
    from lm_core.inspection.shapes import parameter_parts

    members = list(_members(model))
    if not members:
        return parameter_parts(model)
    trained = [(title, part) for title, part in members if part.learns_by == "gradient"]
    apart = len(trained) > 1
    return [
        (f"{title}: {name}" if apart else name, n)
        for title, part in trained
        for name, n in parameter_parts(part)
    ]


@st.cache_data(max_entries=64, show_spinner="Running it once …")
def shapes(name: str, settings: dict, vocab_size: int) -> list[tuple[str, tuple[int, ...]]]:
    """What the steps of a real run give, the first of several equal blocks only, and once where a
    step is taken for every token."""
    from lm_core.inspection.shapes import sample_shapes
    from lm_core.models import models

    found = sample_shapes(name, models[name].settings.from_dict(settings), vocab_size)
    return list(dict.fromkeys((step, shape) for step, shape in found if not _repeated(step)))


def _repeated(step: str) -> bool:
    """Whether a step is in a block after the first ("blocks.3.up"); mixed models all differ."""
    return bool(re.search(r"\.[1-9]\d*(\.|$)", re.sub(r"^parts\.\d+", "parts", step)))


def sees_both_sides(entry: "Entry") -> bool:
    """Whether it guesses a token of a text from those before and after it."""
    from lm_core.models import LanguageModel

    return issubclass(entry.build, LanguageModel) and not entry.build.causal


def only_translates(entry: "Entry") -> bool:
    """Whether it reads one text to write another, and cannot read one alone."""
    from lm_core.models import LanguageModel
    from lm_core.models.translating import Translates

    return issubclass(entry.build, Translates) and not issubclass(entry.build, LanguageModel)


def looks_back(entry: "Entry", settings: "Settings") -> str:
    """How far back a guess can depend on the text."""
    from lm_core.charts.words import count

    if sees_both_sides(entry):
        return f"{settings.block_size:,} tokens around"
    back = _reach(entry, settings)
    return "no fixed limit" if back is None else count(back, "token")


def _reach(entry: "Entry", settings: "Settings") -> int | None:
    """Tokens looked back at, from the settings; None is no fixed limit."""
    from lm_core.models import models

    if hasattr(settings, "parts"):  # a mixture sees what either part sees
        reaches = [_reach(models[name], part) for name, part in settings.parts]
        return None if None in reaches else max(reaches)
    if hasattr(settings, "order"):
        return settings.order - 1
    if entry.build.carries_state:
        return None
    if entry.build.learns_by == "gradient":  # a fixed window is said by the settings or the model
        model = _kept_plan(entry.name, settings.to_dict(), 1000)
        if window := getattr(settings, "context", getattr(model, "context", None)):
            return window
    if RUNGS[0][0] > entry.order:
        return 1
    return getattr(settings, "block_size", None)


@st.cache_data(max_entries=64, show_spinner=False)
def costs(name: str, settings: dict, vocab_size: int) -> "Costs | None":
    """Its costs as formulas, for the batch of rows that is counted."""
    return _kept_plan(name, settings, vocab_size).costs(rows=ROWS)


@st.cache_data(max_entries=64, show_spinner=False)
def counted(name: str, settings: dict, vocab_size: int, what: str) -> float | None:
    """A cost as PyTorch counts it while the model runs; None where there is no such thing.

    Raises:
        BadSettings: the model is larger than the memory.
    """
    from lm_core.inspection import counters
    from lm_core.models import LanguageModel
    from lm_core.models.building import build_model

    model = build_model(name, settings, vocab_size)
    T = _tokens(model, what)
    match what:
        case "parameters":
            return sum(p.numel() for p in model.parameters())
        case "operations":
            return counters.operations(model, T)
        case "kept":
            return counters.kept(model, ROWS, T)
    return counters.state(model, T) if isinstance(model, LanguageModel) and model.causal else None


@st.cache_data(max_entries=64, show_spinner="Running it once …")
def tree(name: str, settings: dict, vocab_size: int) -> "Node":
    """Its modules with their shapes for two texts of a few tokens.

    Raises:
        BadSettings: the model is larger than the memory.
    """
    from lm_core.inspection.modules import module_tree
    from lm_core.models.building import build_model

    model = build_model(name, settings, vocab_size)
    return module_tree(model, T=min(8, model.context_size or 8))


@st.cache_data(max_entries=64, show_spinner="Having PyTorch count …")
def operations_by_part(name: str, settings: dict, vocab_size: int) -> dict[str, float]:
    """Of each module, for each token of a full context; a recurrent one takes a few tokens to
    count, since each costs the same."""
    from lm_core.inspection import counters
    from lm_core.models.building import build_model

    model = build_model(name, settings, vocab_size)
    return counters.by_module(model, _tokens(model, "operations"))


def _tokens(model: "LanguageModel", what: str) -> int:
    """How many to run it over for a count."""
    from lm_core.inspection import counters

    letters = model.costs(rows=ROWS).letters
    one_by_one = what == "operations" and "g" in letters
    return min(letters["T"], counters.FEW) if one_by_one else letters["T"]


@st.cache_data(max_entries=64, show_spinner=False)
def code(name: str, settings: dict, vocab_size: int, path: str) -> tuple[list, type | None]:
    """Where the code names a module, [(line, text)], and its class where that is our own."""
    from lm_core.inspection.modules import code_of, mentions

    model = _plan(name, settings, vocab_size)
    return mentions(model, path), code_of(model.get_submodule(path))


def operations(costs: "Costs") -> str:
    """Of a forward pass, for each token of a full context."""
    from lm_core.charts.words import human

    return human(costs.total("operations"))
