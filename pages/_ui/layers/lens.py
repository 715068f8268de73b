"""The logit lens on a text of the visitor's, one cell of it, and how long the stream is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.visible import visible
from pages._ui.inside import offers
from pages._ui.shared import models
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection.logit_lens import Lens

TEXT, NAME, BY = (f"layers-{what}" for what in ("text", "name", "measure"))
LAYER, PLACE = "layers-layer", "layers-place"
GRID = "layers-grid"
BIND = "query-params"
LONGEST, SHOWN = 512, 40  # tokens that are read at most, and shown, the last ones
TOP = 10
BYS = {"probability": "Probability", "entropy": "Entropy", "divergence": "From the last layer"}
EXPLAINED = {
    "probability": "how sure it is of the best guess",
    "entropy": "how unsure it is: 0 for one possible token, ln V for all alike",
    "divergence": "the Kullback-Leibler divergence of its guess from the last layer's, which is 0 "
    "where both agree in all tokens",
}


@dataclass(frozen=True, eq=False)
class Seen:
    """A text and what each layer would say of it."""

    tokens: list[str]  # that are shown
    lens: "Lens"
    read: int  # tokens
    dropped: int  # tokens at the front that are not read


def logit_lens(choice: models.Choice) -> None:
    """The grid, a cell of it, the norms."""
    from lm_core.inspection import logit_lens as module

    checkpoint = models.load(choice)
    st.write(
        "A Transformer passes a list of numbers upwards for each token, the stream, and each "
        "layer adds to it. Only the last one is read: through a norm and a table that gives every "
        "token a score. The logit lens reads it after each layer in the same way: what would the "
        "model guess if it stopped there?"
    )
    st.latex(r"p_{\ell} = \text{softmax}\big(W\, \text{norm}(x_{\ell})\big)")
    field, label = (NAME, "Your name") if choice.items else (TEXT, "Your text")
    begin = offers.offer(offers.offered(checkpoint), field)
    text = st.text_input(label, **begin, max_chars=5000, key=field, bind=BIND)
    seen = read(str(choice.folder), models.stamp(choice), text, checkpoint)
    if seen is None:
        st.info("Type a word or a sentence to look at.")
        return
    _notes(seen)
    by = switch("Coloured by", BYS, key=BY)
    _open((str(choice.folder), text), seen)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True, height="stretch"):
        _grid(seen, checkpoint, by)
    with right, st.container(border=True, height="stretch"):
        _cell(seen, checkpoint)
    _notice(seen, checkpoint)
    _norms(seen)
    show_source(module.read_lens, "The code: the lens")
    show_source(module.Lens, "The code: what is measured")


@st.cache_resource(max_entries=16, show_spinner=False)
def read(folder: str, stamp: float, text: str, _checkpoint: "Checkpoint") -> Seen | None:
    """None where there is nothing to read.

    Raises:
        BadText: characters that the model does not know.
    """
    from lm_core.inspection import text_ids
    from lm_core.inspection.logit_lens import read_lens

    tokenizer, model = _checkpoint.tokenizer, _checkpoint.model
    ids = text_ids(tokenizer, text, items=_checkpoint.items)
    if not text or not len(ids):
        return None
    kept = ids[-min(model.context_size, LONGEST) :]
    tokens = [tokenizer.token_text(int(id)) for id in kept[-SHOWN:]]
    return Seen(tokens, read_lens(model, kept, SHOWN), len(kept), len(ids) - len(kept))


def _notes(seen: Seen) -> None:
    if seen.dropped:
        st.info(
            f"The last {seen.read:,} tokens of your text are read at once here: the first "
            f"{seen.dropped:,} are left out."
        )
    if seen.read > len(seen.tokens):
        st.caption(f"The last {SHOWN} of {seen.read:,} tokens are shown; all were read.")


def _open(of: tuple, seen: Seen) -> None:
    """Of another text or model: what it guesses in the end after the last token; what was chosen
    stays while it is there."""
    layers, T = seen.lens.best.shape
    known = st.session_state.get("layers-of")
    layer, place = st.session_state.get(LAYER), st.session_state.get(PLACE)
    anew = known is not None and known != of
    st.session_state["layers-of"] = of
    if anew or layer is None or not 0 <= layer < layers:
        st.session_state[LAYER] = layers - 1
    if anew or place is None or not 0 <= place < T:
        st.session_state[PLACE] = T - 1


def _grid(seen: Seen, checkpoint: "Checkpoint", by: str) -> None:
    import math

    tokenizer, lens = checkpoint.tokenizer, seen.lens
    best = lens.best
    most = {"probability": 1.0, "entropy": math.log(lens.logp.size(-1))}
    units = {"probability": "probability", "entropy": "entropy (nats)", "divergence": "KL (nats)"}
    chart = _drawn(
        getattr(lens, by).numpy(),
        seen.tokens,
        title="Best guess after each layer",
        unit=units[by],
        cells=[[tokenizer.token_text(id) for id in row] for row in best.tolist()],
        most=most.get(by),
        selected=(st.session_state[LAYER], st.session_state[PLACE]),
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key=GRID, on_select=_pointed, selection_mode="points")
    st.caption(
        "Down: the token that was read last. Along: the layers, from the embedding to the last. "
        f"In a cell: the likeliest next token; its colour: {EXPLAINED[by]}. Click a cell."
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawn(values: Any, tokens: list[str], **how: Any) -> "Chart":
    from lm_core.charts.layer_grid import layer_grid

    return layer_grid(values, tokens, **how)


def _pointed() -> None:
    points = st.session_state[GRID]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if isinstance(place, list) and len(place) == 2:
        st.session_state[LAYER], st.session_state[PLACE] = map(int, place)


def _cell(seen: Seen, checkpoint: "Checkpoint") -> None:
    from lm_core.charts.bars import next_token_bars
    from lm_core.charts.words import nats, unique_labels

    lens = seen.lens
    layers = len(lens.best)
    names = unique_labels(seen.tokens)
    heights = ["Embedding", *(str(i) for i in range(1, layers))]
    line = st.columns(2)
    with line[0]:
        layer = choose("After layer", heights, key=LAYER)
    with line[1]:
        place = choose(
            "Having read", [f"{i + 1}: {name}" for i, name in enumerate(names)], key=PLACE
        )
    found = lens.top(layer, place, TOP)
    tokens = [checkpoint.tokenizer.token_text(id) for id, _ in found]
    called = "the embedding" if layer == 0 else f"layer {layer}"
    show_chart(
        next_token_bars(
            tokens, [p for _, p in found], title=f"The ten likeliest after {called}", height=400
        ),
        key="layers-top",
    )
    st.caption(
        f"Entropy {nats(float(lens.entropy[layer, place]))} nats; "
        f"{nats(float(lens.divergence[layer, place]))} nats from the last layer's guess; the "
        f"stream is {float(lens.norms[layer, place]):.1f} long."
    )


def _notice(seen: Seen, checkpoint: "Checkpoint") -> None:
    from lm_core.charts.words import nats, percent

    lens = seen.lens
    layers, T = lens.best.shape
    settled = lens.settled()
    early = sum(one < layers - 1 for one in settled) / T
    far = lens.divergence.mean(1).tolist()
    end = visible(checkpoint.tokenizer.token_text(int(lens.best[-1, -1])))
    st.markdown(
        f"**What to notice:** after {percent(early)} of the tokens the best guess is the final one "
        f"before the last layer. On average the guess is {nats(far[0])} nats from the model's own "
        f"at the embedding and {nats(far[-2])} before the last layer. In the end it guesses "
        f"**{plain(end)}** next. The norm and the table were trained for the last layer alone: a "
        "strange guess lower down says that they cannot read it, not that nothing is known there."
    )


def _norms(seen: Seen) -> None:
    st.header("How long the stream is")
    norms = seen.lens.norms
    st.write(
        "Each layer adds to the stream, so it grows; what a layer adds weighs less in a long one. "
        "The norm before each part takes the length away again."
    )
    chart = _drawn(
        norms.numpy(),
        seen.tokens,
        title="Length of the stream",
        unit="Euclidean norm",
        places=1,
        dark=st.context.theme.type == "dark",
    )
    with st.container(border=True):
        show_chart(chart, key="layers-norms")
    means = norms.mean(1).tolist()
    last = norms[-1]
    longest = seen.tokens[int(last.argmax())]
    st.markdown(
        f"**What to notice:** from {means[0]:.1f} at the embedding to {means[-1]:.1f} after the "
        f"last layer on average; there it is longest after **{plain(visible(longest))}** "
        f"({float(last.max()):.1f}) and at least {float(last.min()):.1f}. A first token that is "
        "much longer than the others is common: heads with nothing to look for look there."
    )
