"""Texts that excite a neuron most, in a sample of what a Transformer has not learned."""

from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.visible import visible
from pages._ui.layers import reading
from pages._ui.shared import models
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.charts.activation_text import Piece
    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection.neurons import Place, Scan

LAYER, NEURON, SUGGESTED = (f"layers-{what}" for what in ("block", "neuron", "suggested"))
STOPPED = "layers-stopped"  # in the session: the model whose text is not read on
BIND = "query-params"
TOKENS = 8_000  # of the sample
BEFORE, AFTER = 40, 12  # tokens of context that are shown


class Shared:
    """A scan that all visitors read on together, a batch at a time."""

    def __init__(self, scan: "Scan") -> None:
        self.scan, self._lock = scan, Lock()

    def step(self) -> None:
        with self._lock:
            if not self.scan.done:
                self.scan.step()


def neurons(choice: models.Choice) -> None:
    """The sample is read, then one neuron is looked at."""
    from lm_core.inspection import neurons as module

    checkpoint = models.load(choice)
    st.write(
        "Between its two matrices the MLP of each block holds a number for each of its neurons, "
        "anew after each token. Most tell nothing by themselves, some answer to a thing that has a "
        "name. Here a neuron is shown by the places of a text, kept from the model, where its "
        "number is largest."
    )
    st.latex(
        r"\begin{gathered} a = \text{activation}(W_{\text{up}}\, \text{norm}(x)) \\ "
        r"x \leftarrow x + W_{\text{down}}\, a \end{gathered}"
    )
    shared = _begun(str(choice.folder), models.stamp(choice), choice)
    _read_on(shared, str(choice.folder))
    scan = shared.scan
    if not scan.tokens:
        st.info("Nothing has been read yet: press Read on.")
        return
    st.caption(
        f"{scan.tokens:,} tokens in {scan.read:,} pieces of {reading.where_from(choice)}; each "
        "piece counts once, at its strongest place."
    )
    layer, neuron = _pick(scan, str(choice.folder))
    _places(scan, checkpoint, layer, neuron)
    show_source(module.Scan, "The code: what excites a neuron")
    show_source(type(checkpoint.model.blocks[0].mlp), "The code: the network of a block")


@st.cache_resource(max_entries=6, show_spinner="Reading its text …")
def _begun(folder: str, stamp: float, _choice: models.Choice) -> Shared:
    from lm_core.inspection.neurons import Scan

    return Shared(Scan(models.load(_choice).model, reading.rows_of(_choice, TOKENS)))


def _read_on(shared: Shared, of: str) -> None:
    """The rest of the sample, with a bar; a click on Stop keeps what was found so far."""
    scan = shared.scan
    if scan.done:
        return
    if st.session_state.get(STOPPED) == of:
        st.info(
            f"Stopped after {scan.read:,} of {len(scan.rows):,} pieces: this is of those alone."
        )
        st.button("Read on", key="layers-read-on", on_click=_stop, args=("",))
        return
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text="Looking for what excites its neurons …")
        st.button("Stop", key="layers-stop", on_click=_stop, args=(of,))
    while not scan.done:
        shared.step()
        said = f"Read {scan.read:,} of {len(scan.rows):,} pieces"
        bar.progress(scan.read / len(scan.rows), text=said)  # here a click on Stop is heard
    place.empty()


def _stop(of: str) -> None:
    st.session_state[STOPPED] = of


def _pick(scan: "Scan", model: str) -> tuple[int, int]:
    """A layer, and a neuron of it: at first the one that the rule puts first."""
    from lm_core.charts.words import count, percent
    from lm_core.inspection.neurons import FEW

    M = scan.n_neurons
    line = st.columns(2, vertical_alignment="bottom")
    with line[0]:
        layer = choose("Layer", [str(i + 1) for i in range(scan.n_layer)], key=LAYER)
    suggested = scan.suggested(layer)
    known = st.session_state.get("layers-neurons-of")
    now = st.session_state.get(NEURON)
    of = (model, layer)
    if now is None or not 0 <= now < M or (known is not None and known != of):
        st.session_state[NEURON] = suggested[0] if suggested else 0
    st.session_state["layers-neurons-of"] = of
    with line[1]:
        neuron = int(st.number_input("Neuron", 0, M - 1, key=NEURON, bind=BIND))
    sparse, active = scan.sparseness(layer), scan.active(layer)
    if suggested:
        st.pills(
            "The most selective of the layer",
            suggested,
            key=f"{SUGGESTED}-{layer}",
            format_func=lambda n: f"{n} ({float(sparse[n]):.2f})",
            on_change=_take,
            args=(f"{SUGGESTED}-{layer}",),
            help="In brackets Hoyer's sparseness: 0 where all tokens excite it alike, 1 where a "
            f"single one does. Suggested are neurons above 0 at {FEW} tokens or more whose largest "
            "activation is no less than the median of their layer's.",
        )
    none = scan.silent(layer)
    silent = f"{count(none, 'neuron')} of the layer never rose" if none else "All of them rose"
    st.caption(
        f"Neuron {neuron} is above 0 at {percent(float(active[neuron]))} of the tokens, its "
        f"sparseness is {float(sparse[neuron]):.2f}; the mean of all {M:,} neurons of the layer is "
        f"{float(sparse.mean()):.2f}. {silent} above 0 in this sample."
    )
    return layer, neuron


def _take(key: str) -> None:
    if st.session_state[key] is not None:
        st.session_state[NEURON] = int(st.session_state[key])


def _places(scan: "Scan", checkpoint: "Checkpoint", layer: int, neuron: int) -> None:
    """The pieces of text, coloured, and as a table."""
    from lm_core.charts.activation_text import activation_texts

    st.header(f"What excites neuron {neuron} of layer {layer + 1}")
    found = [one for one in scan.top(layer, neuron) if one.value > 0]
    if not found:
        st.info("Nothing in this sample did: choose another neuron.")
        return
    pieces = _pieces(scan, checkpoint, layer, neuron, found)
    with st.container(border=True):
        st.html(activation_texts(pieces))
        st.caption(
            "In front the largest activation of the piece, at the underlined token; the deeper the "
            "blue behind a token, the more it excites the neuron."
        )
        with st.popover("In numbers", type="tertiary"):
            show_table(_table(pieces), key="layers-places", height=240)
    _notice([one.tokens[one.at] for one in pieces], found[0].value, found[-1].value)


def _pieces(
    scan: "Scan", checkpoint: "Checkpoint", layer: int, neuron: int, found: "list[Place]"
) -> "list[Piece]":
    """Of each place the tokens around it, what each does to the neuron, and where the place is."""
    from lm_core.charts.activation_text import Piece
    from lm_core.inspection.neurons import activations

    rows = [scan.rows[one.row] for one in found]
    each = activations(checkpoint.model, rows)[layer][:, :, neuron]  # (K, T)
    shown = []
    for one, row, values in zip(found, rows, each, strict=True):
        low, high = max(0, one.at - BEFORE), min(len(row), one.at + AFTER + 1)
        tokens = [_written(checkpoint, int(id)) for id in row[low:high]]
        shown.append(Piece(tokens, values[low:high].tolist(), one.at - low))
    return shown


def _written(checkpoint: "Checkpoint", id: int) -> str:
    """A token as it stands in a text: its blanks are blanks; what cannot be seen has a sign."""
    tokenizer = checkpoint.tokenizer
    if id == tokenizer.boundary_id:
        return tokenizer.token_text(id)
    blank = " " if tokenizer.unit == "word" else ""
    return blank + (tokenizer.decode([id]) or tokenizer.token_text(id))


def _notice(peaks: list[str], most: float, least: float) -> None:
    from collections import Counter

    token, times = Counter(peaks).most_common(1)[0]
    same = (
        f"{times} of these {len(peaks)} places are at the token **{plain(visible(token))}**"
        if times > 1
        else f"these {len(peaks)} places are at as many different tokens"
    )
    st.markdown(
        f"**What to notice:** {same}; their activations go from {most:.3g} down to {least:.3g}. "
        "Ten strongest places say little of what a neuron does when it is moderately excited, and "
        "a name for them is a guess to be tested, by switching it off for instance."
    )


def _table(pieces: "list[Piece]") -> Any:
    import pandas as pd

    rows = [
        {
            "activation": one.values[one.at],
            "token": visible(one.tokens[one.at]),
            "before it": "".join(one.tokens[: one.at]),
            "after it": "".join(one.tokens[one.at + 1 :]),
        }
        for one in pieces
    ]
    return pd.DataFrame(rows)
