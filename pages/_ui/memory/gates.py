"""Every gate over a text as a heatmap, and one unit of it stepped through."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.memory import reading
from pages._ui.memory.reading import CALLED, Reading
from pages._ui.shared.begun import begun
from pages._ui.shared.matrices import all_small, hold, one_large, shades_said
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import data_of, show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.charts.stack import Stack
    from lm_core.inspection.gates import UnitStep

GATE, LAYER, UNIT, PLACE = (f"memory-{what}" for what in ("gate", "layer", "unit", "place"))
MAP, SMALL = "memory-map", "memory-all"
BIND = "query-params"


def gates(seen: Reading, model: Any, of: tuple) -> None:
    """The picture, and the arithmetic of the unit that is chosen in it.

    Args:
        of: what tells this model and text from others.
    """
    recorded = seen.gates
    L, _, C = recorded.values["hidden"].shape
    usual = _open(seen, of)
    left, middle = st.columns(2)
    names = list(recorded.names)
    if st.session_state.get(GATE) not in (None, *names):
        del st.session_state[GATE]
    begin = begun(GATE, index=len(names) - 1 - ("cell" in names))
    name = left.selectbox(
        "What to look at",
        names,
        **begin,
        format_func=lambda one: CALLED[one][0],
        key=GATE,
        bind=BIND,
    )
    with middle:
        layer = choose("Layer", [str(i + 1) for i in range(L)], key=LAYER)
    unit, t = (
        st.session_state.get(key, one) for key, one in zip((UNIT, PLACE), usual, strict=True)
    )
    place = (layer, names.index(name))
    stack = _stacked(*of, _seen=seen)
    with st.container(border=True):
        hold(stack, key="memory-held")
        all_small(
            stack,
            place,
            key=SMALL,
            label="Gate or state, and layer",
            height=70 + 90 * min(L, 4),
            on_move=lambda layer, g: _moved(names, layer, g),
        )
        data_of(stack.whole, key=SMALL)
        one_large(
            stack,
            place,
            cell=(unit, t),
            key=MAP,
            height=440,
            row=True,
            on_press=lambda layer, g, u, t: _moved(names, layer, g, u, t),
        )
        data_of(stack.one(*place), key=MAP)
        said = f"{CALLED[name][0]}: {CALLED[name][2]}. A row is a unit, a column a token."
        if C > reading.MOST_UNITS:
            said += f" The first {reading.MOST_UNITS} of {C:,} units are drawn."
        st.caption(said + shades_said(stack))
    st.markdown(f"**What to notice:** {plain(_notice(seen, layer))}")
    _cell(seen, model, layer, usual)


def _open(seen: Reading, of: tuple) -> tuple[int, int]:
    """The unit that moves most, at the last token: where the screen begins, and, with another text
    or model, begins again; what was chosen stays while it is there."""
    T, C = seen.gates.values["hidden"].shape[1:]
    state = seen.gates.values[seen.gates.kept[-1]][0]  # (T, C)
    usual = int((state.amax(0) - state.amin(0)).argmax()), T - 1
    another = st.session_state.get("memory-of", of) != of
    st.session_state["memory-of"] = of
    for key, size, begin in zip((UNIT, PLACE), (C, T), usual, strict=True):
        now = st.session_state.get(key)
        if now is not None and (another or not 0 <= now < size):
            st.session_state[key] = begin
    return usual


def _moved(names: list[str], layer: int, g: int, *cell: int) -> None:
    """What was picked in the browser: a gate of a layer, and of a cell its unit and token."""
    if g < len(names):
        st.session_state[LAYER], st.session_state[GATE] = layer, names[g]
    for key, number in zip((UNIT, PLACE), cell, strict=False):
        st.session_state[key] = number


@st.cache_resource(max_entries=16, show_spinner=False)
def _stacked(folder: str, stamp: float, text: str, _seen: Reading) -> "Stack":
    """All gates of a text, for the browser to draw."""
    from lm_core.charts.gates import gate_stack

    values = {
        name: one.numpy()[:, :, : reading.MOST_UNITS] for name, one in _seen.gates.values.items()
    }
    called = {name: CALLED[name][0] for name in values}
    return gate_stack(values, _seen.tokens, called=called, one_sided=reading.ONE_SIDED)


def _notice(seen: Reading, layer: int) -> str:
    """What stands out, counted over all units and tokens of the layer."""
    from lm_core.charts.words import count, percent

    recorded = seen.gates
    keeps = next((name for name in ("forget", "update") if name in recorded.names), None)
    if keeps is None:
        state = recorded.values["hidden"][layer]
        full = float((state.abs() > 0.97).float().mean())
        return (
            f"{percent(full)} of all values lie beyond ±0.97, where tanh is flat and hardly any "
            "gradient comes through. There is no gate: each token changes every unit."
        )
    gate = recorded.values[keeps][layer]  # (T, C)
    means = gate.mean(0)
    longest = int(means.argmax())
    held = int((means > 0.9).sum())
    units = count(held, "unit")
    return (
        f"the {CALLED[keeps][0].lower()} is {float(gate.mean()):.2f} on average; {units} of "
        f"{len(means):,} keep more than nine tenths of what they hold from token to token, unit "
        f"{longest} most ({float(means[longest]):.2f})."
    )


def _cell(seen: Reading, model: Any, layer: int, usual: tuple[int, int]) -> None:
    """One unit at one token: sums, functions, states."""
    from lm_core.charts.gates import unit_lines
    from lm_core.charts.words import unique_labels
    from lm_core.inspection.gates import fused_hidden, unit_step

    recorded = seen.gates
    L, T, C = recorded.values["hidden"].shape
    labels = unique_labels(seen.tokens)
    st.header("One unit, step by step")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = begun(UNIT, value=usual[0])
        st.number_input("Unit", 0, C - 1, **given, key=UNIT, bind="query-params", width=140)
        st.selectbox(
            "After reading",
            range(T),
            **begun(PLACE, index=usual[1]),
            format_func=lambda t: f"{t + 1}: {labels[t]}",
            key=PLACE,
            bind=BIND,
            width=220,
        )
        st.button(
            "Back", key="memory-back", on_click=_step, args=(-1, T), icon=":material/arrow_back:"
        )
        st.button(
            "Next token",
            key="memory-next",
            on_click=_step,
            args=(1, T),
            icon=":material/arrow_forward:",
        )
    unit, t = st.session_state[UNIT], st.session_state[PLACE]
    step = unit_step(model, recorded, layer, unit, t)
    st.markdown(
        f"Unit {unit} of layer {layer + 1} reads **{plain(labels[t])}**. Each gate adds up what "
        "comes from the token and what comes from the state before, each a weighted sum, and "
        "squashes it:"
    )
    show_table(_sums(step), key="memory-sums", height="content", widths={"": 130})
    for line in _equations(step):
        st.latex(line)
    if layer == L - 1:
        fused = float(fused_hidden(model, seen.ids)[t, unit])
        kind = f"nn.{type(model.body).__name__}"
        st.caption(
            f"PyTorch's {kind}, which does all this in one call, gives h = {fused:.6f}; the "
            f"steps above {step.after['hidden']:.6f}."
        )
    series = {
        CALLED[name][0]: values[layer, :, unit].tolist() for name, values in recorded.values.items()
    }
    show_chart(unit_lines(series, seen.tokens, unit=unit), key="memory-unit-lines")


def _step(by: int, T: int) -> None:
    st.session_state[PLACE] = (st.session_state[PLACE] + by) % T


def _sums(step: "UnitStep") -> Any:
    import pandas as pd

    rows = [
        {
            "": CALLED[one.name][0],
            "from the token": one.from_input,
            "from the state": one.from_state,
            "sum": one.sum,
            "function": one.function,
            "value": one.value,
        }
        for one in step.sums
    ]
    return pd.DataFrame(rows).round(4)


def _equations(step: "UnitStep") -> list[str]:
    """How the new states are made of the gates, in letters and in numbers of this step."""
    names = {one.name for one in step.sums}

    def n(value: float) -> str:
        return f"({value:.3f})" if value < 0 else f"{value:.3f}"

    h = step.after["hidden"]
    if "forget" in names:
        i, f, g, o = map(step.value, ("input", "forget", "candidate", "output"))
        before, c = step.before["cell"], step.after["cell"]
        return [
            r"c = f \cdot c_{\text{before}} + i \cdot g",
            rf"{n(f)} \cdot {n(before)} + {n(i)} \cdot {n(g)} = {c:.3f}",
            r"h = o \cdot \tanh(c)",
            rf"{n(o)} \cdot \tanh({c:.3f}) = {h:.3f}",
        ]
    if "update" in names:
        z, candidate, before = step.value("update"), step.value("candidate"), step.before["hidden"]
        return [
            r"n = \tanh(\text{token} + r \cdot \text{state}), \quad "
            r"h = z \cdot h_{\text{before}} + (1 - z) \cdot n",
            rf"{n(z)} \cdot {n(before)} + {1 - z:.3f} \cdot {n(candidate)} = {h:.3f}",
        ]
    (one,) = step.sums
    name = rf"\{one.function}" if one.function == "tanh" else rf"\text{{{one.function}}}"
    return [
        rf"h = {name}(Wx + Uh_{{\text{{before}}}} + b)",
        rf"{name}({one.from_input:.3f} + {n(one.from_state)}) = {h:.3f}",
    ]
