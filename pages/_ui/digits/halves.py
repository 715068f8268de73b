"""Two inputs, two outputs: what each input is worth, and what each loss weighs."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.digits.reading import dark, that_learn
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.starting import train_or_fill
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from pages._ui.shared.choice import Choice

CORPUS, FAMILY, TASK = "digit-halves", "two-input", "two-class"
WEIGHT, INPUTS = "digits-weight", "digits-inputs"
STEPS, SHOWN, MOST = 600, 8, 8  # of a run; pairs in the picture; networks in the table
BOTH, FIRST, SECOND = "both", "first", "second"
NOTHING = "always the commonest"


def show() -> None:
    """The part of the screen."""
    st.write(
        "A network may be given several things, and be asked several. Here the upper and the lower "
        "half of a digit are read by a network each, what they say is put side by side, and two "
        "questions are answered from it: which **kind** of digit (loops, bows or strokes), and "
        "which **digit**. The two losses are added, each as much as it counts."
    )
    st.latex(r"\text{loss} = (1 - w)\,\text{loss}_{\text{kind}} + w\,\text{loss}_{\text{digit}}")
    _pictures()
    line = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
    weight = line[0].slider(
        "Weight w of the digit", 0.0, 1.0, 0.5, 0.05, key=WEIGHT, bind="query-params"
    )
    inputs = line[1].selectbox("Inputs", [BOTH, FIRST, SECOND], key=INPUTS, bind="query-params")
    train_or_fill(
        line[2],
        line[3],
        lambda: spec_of(weight, inputs),
        title=f"Two inputs: w {weight:g}, {inputs}",
        of="the screen Digits, Two inputs",
        key="digits-halves",
    )
    _compared()
    _parameters()
    from lm_core.models.pictures import two_input
    from lm_core.tasks import two_class

    show_source(two_input, "The code: the network")
    show_source(two_class, "The code: the task and its weighted loss")


def spec_of(weight: float, inputs: str) -> "RunSpec":
    """A run of some seconds."""
    from dataclasses import replace

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget

    usual = default_spec(CorpusSpec(name=CORPUS), FAMILY, budget=Budget(steps=STEPS))
    return replace(usual, task=replace(usual.task, weight=weight, inputs=inputs))


def _pictures() -> None:
    """A few digits torn in two."""
    import torch

    from lm_core.charts.picture_grid import picture_grid
    from lm_core.corpora import load_corpus

    corpus = load_corpus(CORPUS)
    part, names = corpus.splits["test"], corpus.codec.names
    upper, lower = (half[:SHOWN].mean(1) for half in (part.first, part.second))  # (n, 4, 8) grey
    gap = torch.full_like(upper[:, :1], 0.5)
    G = corpus.codec.sizes["n_groups"]
    real = zip(part.groups[:SHOWN].tolist(), part.labels[:SHOWN].tolist(), strict=True)
    chart = picture_grid(
        torch.cat([upper, gap, lower], dim=1).numpy(),
        [f"{names[g]}, {names[G + k]}" for g, k in real],
        title="Two inputs, one above the other, and what is asked: the kind, the digit",
        columns=SHOWN,
        dark=dark(),
    )
    show_chart(chart, key="digits-halves-pictures")


def _compared() -> None:
    """The visitor's networks: their weights, and their accuracies with each input muted."""
    import pandas as pd

    found = that_learn(TASK)[:MOST]
    st.header("What each input is worth, and what each loss weighs")
    if not found:
        st.info(
            "Train one: it takes a few seconds, and stands here then. Train w = 0.1, 0.5 and 0.9 "
            "to see both accuracies move."
        )
        return
    rows = [{"network": NOTHING} | commonest()]
    for label, one in zip(models.labels(found), found, strict=True):
        task = one.card.get("task", {})
        row = {"network": label, "w": task.get("weight", 0.5), "inputs": task.get("inputs", BOTH)}
        rows.append(row | measured(str(one.folder), models.stamp(one), one))
    table = pd.DataFrame(rows)
    show_table(table, key="digits-halves")
    best = table.loc[table["digit"][1:].idxmax()]
    st.markdown(
        f"**What to notice.** {plain(str(best['network']))} says the digit best. With the upper "
        "half black it is right less often than with both, and so it is with the lower one: what "
        "an input is worth is what is lost without it."
    )


def commonest() -> dict[str, float]:
    """Shares that are right of always saying the commonest kind and digit of those that train."""
    from lm_core.corpora import load_corpus

    splits = load_corpus(CORPUS).splits
    train, test = splits["train"], splits["test"]
    pairs = {"kind": (train.groups, test.groups), "digit": (train.labels, test.labels)}
    return {
        name: round((real == seen.bincount().argmax()).float().mean().item(), 3)
        for name, (seen, real) in pairs.items()
    }


@st.cache_data(max_entries=32, show_spinner="Asking the network …")
def measured(folder: str, stamp: float, _choice: "Choice") -> dict[str, float]:
    """Shares of the test pairs that are right: the kind and the digit, and the digit with one
    input black."""
    from lm_core.corpora import load_corpus
    from lm_core.tasks.two_class import answers, muted, right

    model, part = models.load(_choice).model, load_corpus(CORPUS).splits["test"]
    seen = _choice.card.get("task", {}).get("inputs", BOTH)
    coarse, fine = answers(model, *muted(part, seen))
    rows = {"kind": right(coarse, part.groups), "digit": right(fine, part.labels)}
    for without, only in (("digit, upper half black", SECOND), ("digit, lower half black", FIRST)):
        rows[without] = right(answers(model, *muted(part, only))[1], part.labels)
    return {name: round(value, 3) for name, value in rows.items()}


def _parameters() -> None:
    """Part by part, of the course's network and of this one."""
    import pandas as pd

    from lm_core.models.building import build_model

    st.header("How many parameters")
    course = build_model(FAMILY, {"second_says": 1}, {"first": 32, "second": 64, "n_classes": 42})
    ours = build_model(FAMILY, {}, {"first": 32, "second": 32, "n_classes": 10, "n_groups": 3})

    def count(model, name: str) -> int:
        part = getattr(model, name)
        return 0 if part is None else sum(p.numel() for p in part.parameters())

    parts = {"first": "first input", "second": "second input", "group": "kinds", "head": "classes"}
    rows = [
        {"part": said, "the course": count(course, name), "here": count(ours, name)}
        for name, said in parts.items()
    ]
    rows.append({"part": "all", "the course": course.n_parameters, "here": ours.n_parameters})
    show_table(pd.DataFrame(rows), key="digits-halves-parameters")
    st.caption(
        f"The course (003, week 4) fuses 32 and 64 numbers, of which it keeps 10 and 1, into 42 "
        f"classes: {course.n_parameters:,} parameters."
    )
