"""How well an adapted model sorts texts: frozen beside tuned, and both beside blind guessing."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tune.form import METHODS

if TYPE_CHECKING:
    from lm_core.runs.sorting import Sorted
    from lm_core.training.events import Preview
    from pages._ui.shared.models import Choice

TASK = "text-class"
SCORED = 40_000  # tokens of the validation split
FROZEN = "Frozen network, new last layer"


def show(choice: "Choice", tuned: "list[Choice]") -> None:
    """The table of all runs that can be compared, and what this one says of texts.

    Args:
        tuned: the visitor's adapted models, this one among them.
    """
    import pandas as pd

    from lm_core.charts.confusion import confusion_map
    from lm_core.runs.sorting import sorts

    st.header("How well it sorts")
    alike = [choice, *(one for one in tuned if one is not choice and _about(one) == _about(choice))]
    names = [learns_of(one) for one in alike]
    with st.spinner("Judging every model by the same texts …"):
        found = [judged(str(one.folder), models.stamp(one)) for one in alike]
    told, (blind, *_), learns = zip(*found, strict=True)
    rows = [_row(*each) for each in zip(names, told, learns, alike, strict=True)]
    rows.append(_row("Nothing: blind guessing", blind))
    show_table(pd.DataFrame(rows), key="tune-sorted", places=3)
    st.caption(
        f"The first {blind.texts:,} texts of the validation split, the same for all. F1 is the "
        "mean over the classes; who guesses blindly always says the class that is most frequent "
        "among the training texts. ± is the standard error of the accuracy."
    )
    st.markdown(notice([*zip(names, told, strict=True)]))
    preview = shown(str(choice.folder), models.stamp(choice))
    st.header("What it says")
    show_table(pd.DataFrame(preview.rows, columns=preview.columns), key="tune-said", places=3)
    dark = st.context.theme.type == "dark"
    show_chart(confusion_map(preview.names, preview.grid, dark=dark), key="tune-confusion")
    show_source(sorts, "The code: how it is judged")


def notice(named: "list[tuple[str, Sorted]]") -> str:
    """Frozen against the best of those where more learns; without one of the two, what to train."""
    frozen = [one for name, one in named if name == FROZEN]
    more = [(name, one) for name, one in named if name != FROZEN]
    if not frozen:
        return (
            "The frozen network was not tried on these texts yet: adapt the same model once more, "
            "with **Some parts** and head alone, and it stands here too."
        )
    if not more:
        return (
            "Only the frozen network was tried on these texts: adapt the same model once more with "
            "another method, and it stands here too."
        )
    name, best = max(more, key=lambda pair: pair[1].accuracy)
    won = best.accuracy - frozen[0].accuracy
    error = (best.error**2 + frozen[0].error ** 2) ** 0.5
    sure = "more than chance would do" if abs(won) > 2 * error else "which may be chance"
    return (
        f"**What to notice:** against the frozen network “{name}” comes to {100 * won:+.1f} "
        f"percentage points of accuracy (standard error {100 * error:.1f}): {sure}."
    )


def learns_of(choice: "Choice") -> str:
    """What of it learned, in words."""
    from lm_core.adapt.settings import AdapterSettings

    adapter = AdapterSettings.said(choice.card["spec"]["start"])
    if adapter.method == "layers":
        parts = [one.strip() for one in adapter.layers.split(",")]
        return FROZEN if parts == ["head"] else f"Parts {', '.join(parts)}"
    sizes = {"lora": f", rank {adapter.rank}"}
    return METHODS[adapter.method] + sizes.get(adapter.method, "")


def _about(choice: "Choice") -> tuple[str, Any, str]:
    """Which model started from, which texts, which task: runs alike in these can be compared."""
    spec = choice.card["spec"]
    return spec["start"].get("folder", ""), spec.get("data"), choice.task


def _row(
    learned: str, told: "Sorted", learns: int = 0, choice: "Choice | None" = None
) -> dict[str, Any]:
    return {
        "what learned": learned,
        "numbers": learns,
        "steps": choice.card.get("step", 0) if choice else 0,
        "accuracy": told.accuracy,
        "±": told.error,
        "F1": told.f1,
        "nats per text": told.nats,
        "run": choice.label if choice else "",
    }


@st.cache_data(max_entries=64, show_spinner=False)
def judged(folder: str, stamp: float) -> "tuple[Sorted, Sorted, int]":
    """A model, guessing blindly, and how many numbers learned."""
    from lm_core.adapt.adapting import n_trainable
    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.prepare import prepare
    from lm_core.runs.sorting import sorts, sorts_blindly
    from lm_core.runs.spec import RunSpec

    saved = load_checkpoint(folder)
    prepared = prepare(RunSpec.from_dict(saved.meta["spec"]))
    blind = sorts_blindly(prepared, saved.model, most=SCORED)
    return sorts(prepared, saved.model, most=SCORED), blind, n_trainable(saved.model)


@st.cache_data(max_entries=32, show_spinner=False)
def shown(folder: str, stamp: float) -> "Preview":
    """A few texts with its answers, and which class it took for which."""
    from lm_core.checkpoints import load_checkpoint
    from lm_core.runs.prepare import prepare
    from lm_core.runs.spec import RunSpec

    saved = load_checkpoint(folder)
    prepared = prepare(RunSpec.from_dict(saved.meta["spec"]))
    return prepared.task.preview(saved.model, saved.codec, prepared.data)
