"""How far back the gradient reaches: models of one text beside each other."""

import streamlit as st

from lm_core.visible import readable
from pages._ui.memory.reading import kept_from
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import several, switch

PLACES, ITEM, FAR = 64, 8, 64  # guesses; tokens before each, of items and of running text
MOST = 6
STAGES = {"trained": "As trained", "fresh": "Before training"}


def _cut(choice: models.Choice) -> str:
    """Models of the same are asked for the same tokens."""
    from lm_core.json_files import dumps

    spec = choice.card.get("spec", {})
    return dumps([spec.get("codec", {}), spec.get("data", {})], sort_keys=True)


def beside(choice: models.Choice) -> list[models.Choice]:
    """The model and all others of its text that turn tokens into vectors, recurrent ones first."""
    from lm_core.models import models as families
    from lm_core.models.recurrent import Recurrent

    same = [
        one
        for one in models.shipped() + models.own()
        if one.writes and _cut(one) == _cut(choice) and _embeds(one)
    ]

    def place(one: models.Choice) -> tuple[bool, int]:
        entry = families[one.family]
        return not issubclass(entry.build, Recurrent), families.names().index(one.family)

    return sorted(same, key=place)


def _embeds(choice: models.Choice) -> bool:
    from lm_core.errors import LabError
    from lm_core.inspection.gradient_reach import reads_vectors

    try:
        return reads_vectors(models.load(choice).model)
    except LabError:
        return False


def _called(every: list[models.Choice]) -> list[str]:
    """All are of one text: by their families, where that tells them apart."""
    from lm_core.models import models as families

    titles = [families[one.family].title for one in every]
    return titles if len(set(titles)) == len(titles) else models.labels(every)


def gradient(choice: models.Choice) -> None:
    """The lines of all, and what they say."""
    from lm_core.charts.gradient_reach import Reach, gradient_lines, read_reaches

    st.write(
        "To learn that a token matters much later, a network must get a gradient all the way back "
        "to it. In an RNN that gradient is multiplied by the same matrix at each token, and fades "
        "or grows; a gate that stays open lets it through; attention reaches every token in one "
        "step. Here it is measured: the length of the gradient of one guess's surprise with "
        "respect to the vector of each token before it."
    )
    st.latex(
        r"g(k) = \text{mean over places } t \text{ of } \left\lVert \frac{\partial\, "
        r"(-\ln p(x_{t+1}))}{\partial\, \text{embedding}(x_{t-k})} \right\rVert"
    )
    every = beside(choice)
    labels = _called(every)
    by_label = dict(zip(labels, every, strict=True))
    chosen = several("Models", labels, labels[:MOST], key="memory-reach", format_func=plain)[:MOST]
    stage = switch("Which weights", STAGES, key="memory-stage")
    if not chosen:
        st.caption("Choose at least one model.")
        return
    contexts = [models.load(by_label[label]).model.context_size for label in chosen]
    apart = choice.items and stage == "trained"
    far = min([ITEM if apart else FAR, *(size for size in contexts if size is not None)])
    rows = _rows(str(choice.folder), models.stamp(choice), far, apart, choice)
    reaches = []
    for label in chosen:
        one = by_label[label]
        values, half = _measured(str(one.folder), models.stamp(one), stage, rows, one)
        reaches.append(Reach(label, one.family, values, half))
    chart = gradient_lines(reaches, places=len(rows))
    show_chart(chart, key="memory-gradient")
    what = readable(str(choice.card.get("corpus", {}).get("title", "its text")))
    st.caption(
        f"{len(rows)} guesses on text that was kept from them ({plain(what)}), each after "
        f"{far} tokens, the same for all"
        + (", the first of which is where an item of the list begins." if apart else ".")
    )
    st.markdown(f"**What to notice:** {plain(read_reaches(reaches))}")
    if stage == "fresh":
        st.caption(
            "Weights as they are drawn before the first step, seed 0; items of a list are read one "
            "after the other, as nothing was learned yet of where they end. A Transformer of this "
            "lab begins with output projections of zero: nothing of the past reaches its first "
            "guess, and where its line is missing the gradient is exactly 0."
        )


@st.cache_data(max_entries=32, show_spinner="Reading what was kept from it …")
def _rows(
    folder: str, stamp: float, far: int, apart: bool, _choice: models.Choice
) -> list[list[int]]:
    """PLACES rows of `far` tokens and the one to guess after them: where items are kept apart the
    beginnings of those that are long enough, else one piece of text after the other."""
    import torch

    from lm_core.errors import BadText

    size = far + 1
    if apart:
        texts = kept_from(_choice, 40 * PLACES * size)
        rows = [text[:size].tolist() for text in texts if len(text) >= size][:PLACES]
    else:
        texts = kept_from(_choice, 2 * PLACES * size)
        whole = torch.cat([text[:-1] if _choice.items else text for text in texts])
        rows = [whole[at : at + size].tolist() for at in range(0, len(whole) - size, size)][:PLACES]
    if not rows:
        raise BadText("The text that was kept from it is too short for that: choose another model.")
    return rows


@st.cache_data(max_entries=64, show_spinner="Following the gradient back …")
def _measured(
    folder: str, stamp: float, stage: str, rows: list[list[int]], _choice: models.Choice
) -> tuple[tuple[float, ...], float]:
    import torch

    from lm_core.checkpoints import build_model
    from lm_core.inspection.gradient_reach import gradient_reach, half_life

    model = models.load(_choice).model
    if stage == "fresh":
        settings = model.settings.to_dict()
        model = build_model(_choice.family, settings, model.vocab_size, seed=0).eval()
    reach = gradient_reach(model, torch.tensor(rows))
    return tuple(reach.tolist()), half_life(reach)
