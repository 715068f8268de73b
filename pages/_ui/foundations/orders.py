"""Topological orders of the graph: a question first, then the answer with its reason."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.foundations.expression import ask
from pages._ui.foundations.walk import draw_plain
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source

if TYPE_CHECKING:
    from lm_core.foundations.graph import Graph
    from lm_core.foundations.orders import Offered

SEED, ANSWERED = "autograd-seed", "autograd-answered"


def show() -> None:
    """The part of the screen."""
    st.write(
        "A number can be computed once all that it is made of is there, and its gradient is known "
        "once all that was made of it has handed on. A topological order puts every number after "
        "its parts; the walk backwards goes through it from the end."
    )
    st.latex(r"u \to v \quad \Rightarrow \quad u \prec v")
    graph = ask()
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        draw_plain(graph)
    with side:
        _quiz(graph)
    _noticed(graph)
    from lm_core.foundations import orders
    from lm_core.foundations.autograd import Value

    show_source(Value.order, "The code: an order, depth first")
    show_source(orders, "The code: orders checked, drawn and counted")


def _quiz(graph: "Graph") -> None:
    """Sequences of all numbers: which of them are orders?"""
    from lm_core.foundations.orders import some_orders

    seed = st.number_input("Question", 0, 2**31 - 1, 0, key=SEED, bind="query-params", width=150)
    offered = some_orders(len(graph.nodes), graph.edges, seed=seed)
    key = f"{ANSWERED}-{seed}-{hash(tuple(one.order for one in offered))}"
    with st.form(key=f"autograd-quiz-{seed}", border=True):
        st.markdown("**Which of these are topological orders?**")
        said = [
            st.checkbox(_written(graph, one), key=f"{key}-{i}") for i, one in enumerate(offered)
        ]
        if st.form_submit_button("Check", type="primary", key="autograd-check-orders"):
            st.session_state[ANSWERED] = key
    if st.session_state.get(ANSWERED) == key:
        _verdict(graph, offered, said)


def _written(graph: "Graph", one: "Offered") -> str:
    return ", ".join(plain(graph.nodes[place].name) for place in one.order)


def _verdict(graph: "Graph", offered: "list[Offered]", said: list[bool]) -> None:
    """Each with its reason."""
    from lm_core.charts.words import count

    right = sum((one.broken is None) == yes for one, yes in zip(offered, said, strict=True))
    tell = st.success if right == len(offered) else st.warning
    tell(f"{right} of {count(len(offered), 'sequence')} judged rightly.")
    lines = []
    for one in offered:
        written = _written(graph, one)
        if one.broken is None:
            lines.append(f"- {written}: an order.")
        else:
            part, made = (plain(graph.nodes[place].name) for place in one.broken)
            lines.append(f"- {written}: none. {made} comes before {part}, of which it is made.")
    st.markdown("\n".join(lines))


def _noticed(graph: "Graph") -> None:
    from lm_core.foundations.orders import count_orders

    names = [plain(node.name) for node in graph.nodes]
    many = count_orders(len(names), graph.edges)
    how = (
        ""
        if many is None
        else f" This graph has {many:,} of them."
        if many > 1
        else (" This graph has only this one.")
    )
    st.markdown(
        f"**What to notice:** our walk found the order {', '.join(names)}, and goes through it "
        f"from the end: {', '.join(names[::-1])}.{how} Whichever is taken, the gradients are the "
        "same: what counts is that no number hands on before it has got everything."
    )
