"""XOR: one neuron fails, three succeed, and each hidden one can be seen to be a gate."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.foundations.training import Learning, draw_regions, inside, learning_of, live
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    from lm_core.foundations.gates import Net

NET, SEED, LR = "neuron-net", "neuron-xor-seed", "neuron-xor-lr"
LEARNING, HAND = "neuron-xor-learning", "neuron-hand"
ONE, THREE, BY_HAND = "one neuron", "three neurons", "three, put in by hand"
STARTS, ENOUGH = 20, 1_000  # nets that are tried, steps of each


def show() -> None:
    """The part of the screen."""
    st.write(
        "XOR says 1 where its inputs differ. No straight line has both ones on one side and both "
        "zeros on the other, so one neuron cannot be it. Written with gates that a neuron can be, "
        "it takes three: OR and NAND side by side, and an AND that reads both."
    )
    st.latex(
        r"\begin{gathered} x_1 \oplus x_2 = (x_1 \lor x_2) \land \lnot (x_1 \land x_2) \\ "
        r"3 \cdot (2\,w + 1\,b) \to 9 \end{gathered}"
    )
    from lm_core.foundations import gates

    chosen = st.segmented_control(
        "The net", (THREE, ONE, BY_HAND), default=THREE, required=True, key=NET, bind="query-params"
    )
    first, second, _ = st.columns(3, gap="small", vertical_alignment="bottom")
    locked = chosen == BY_HAND
    seed = first.number_input(
        "Seed", 0, 2**31 - 1, 4, key=SEED, bind="query-params", disabled=locked
    )
    lr = second.number_input(
        "Learning rate",
        0.0,
        50.0,
        5.0,
        step=0.5,
        format="%.4g",
        key=LR,
        bind="query-params",
        disabled=locked,
    )
    if locked:
        net = _by_hand()
        left, right = st.columns(2, gap="medium")
        with left:
            draw_regions(net, "XOR", key="neuron-hand-regions")
        with right:
            _loss(net)
        inside(net, key="neuron-hand")
        _hidden(net)
    else:
        made = gates.neuron(int(seed)) if chosen == ONE else gates.three_neurons(int(seed))
        learning = learning_of(LEARNING, made, "XOR", lr, chosen, seed)
        live(LEARNING, learning, partial(_more, learning, chosen))
        if chosen == THREE:
            _starts(lr)
    show_source(gates, "The code: neurons, their gradients by hand, gates")


def _more(learning: Learning, chosen: str) -> None:
    """What is drawn anew while it learns."""
    if chosen == THREE:
        _hidden(learning.net)
    _noticed(learning, chosen)


def _by_hand() -> "Net":
    """The nine numbers in a table, each to be changed.

    Raises:
        BadSettings: a cell is empty.
    """
    import numpy as np
    import pandas as pd

    from lm_core.errors import BadSettings
    from lm_core.foundations.gates import Layer, Net, xor_by_hand

    hidden, last = xor_by_hand().layers
    rows = [[*hidden.weight[:, n], hidden.bias[n]] for n in range(2)]
    rows.append([*last.weight[:, 0], last.bias[0]])
    columns = ["first weight", "second weight", "bias"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(0, "neuron", ["hidden 1", "hidden 2", "output neuron"])
    st.caption("Every number can be changed: choose a cell, type, Enter.")
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["neuron"],
        column_config={
            name: st.column_config.NumberColumn(min_value=-1000, max_value=1000) for name in columns
        },
        key=HAND,
        alt="A row for each neuron: two weights and a bias.",
    )
    numbers = edited[columns].to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        raise BadSettings("A weight or a bias is empty: give each of the nine a number.")
    hidden = Layer(numbers[:2, :2].T, numbers[:2, 2])
    return Net((hidden, Layer(numbers[2:, :2].T, numbers[2:, 2])))


def _loss(net: "Net") -> None:
    from lm_core.foundations.gates import is_right, loss_of

    st.metric("Loss (mean squared error)", f"{loss_of(net, 'XOR'):.2g}")
    st.metric("Parameters", f"{net.n_parameters}")
    if is_right(net, "XOR"):
        st.success("All four rows are on their side of one half: this is XOR.")
    else:
        st.warning("Not all four rows are on their side of one half: this is not XOR.")


def _hidden(net: "Net") -> None:
    """Each hidden neuron by itself, and what the last one sees."""
    from lm_core.charts.decision import places, regions
    from lm_core.foundations.gates import GATES, INPUTS, called

    st.header("The hidden gates")
    everywhere, corners = net.layers[0](places()), net.layers[0](INPUTS)
    for n, column in enumerate(st.columns(2, gap="medium")):
        name = called(corners[:, n])
        with column:
            chart = regions(
                everywhere[:, n],
                GATES.get(name, GATES["always 0"]),
                corners[:, n].tolist(),
                title=f"Hidden {n + 1} is {name}",
                dark=st.context.theme.type == "dark",
                height=300,
            )
            show_chart(chart, key=f"neuron-hidden-{n}", alt="The output of one hidden neuron.")


def _noticed(learning: Learning, chosen: str) -> None:
    from lm_core.foundations.gates import INPUTS, is_right, loss_of

    loss, n = loss_of(learning.net, "XOR"), learning.net.n_parameters
    if chosen == ONE:
        said = (
            f"with {n} parameters there is one line, and it cannot part these corners. The best "
            f"in squares is to say one half everywhere, a loss of 0.25; here it is {loss:.4f}."
        )
    elif is_right(learning.net, "XOR"):
        said = (
            f"{n} parameters, a loss of {loss:.4f}. Nobody told the hidden neurons what to be: "
            "another seed finds other gates, and the last neuron reads them accordingly."
        )
    else:
        answers = ", ".join(f"{one:.2f}" for one in learning.net.answer(INPUTS))
        said = (
            f"so far it gives {answers}, a loss of {loss:.4f}. It begins near one half everywhere; "
            "where it stays at 0.125 for long, it is stuck: two rows are right and two are a mean."
        )
    st.markdown(f"**What to notice:** {said}")


@st.cache_data(max_entries=32, show_spinner="Learning from 20 beginnings …")
def _succeeded(lr: float) -> int:
    from itertools import islice

    from lm_core.foundations.gates import is_right, learn, three_neurons

    nets = (islice(learn(three_neurons(s), "XOR", lr=lr), ENOUGH, None) for s in range(STARTS))
    return sum(is_right(next(net), "XOR") for net in nets)


def _starts(lr: float) -> None:
    """How often it works."""
    if st.button(f"Try {STARTS} seeds", key="neuron-starts"):
        st.markdown(
            f"Of the seeds 0 to {STARTS - 1}, **{_succeeded(lr)} of {STARTS}** are XOR after "
            f"{ENOUGH:,} steps with this rate. The others are stuck on a plateau, where a "
            "step changes next to nothing: the beginning matters."
        )
