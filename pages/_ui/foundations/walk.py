"""The graph of an expression, walked backwards number by number; every gradient checked."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.foundations.expression import STEP, ask
from pages._ui.foundations.gradients import check, grads_after, learn
from pages._ui.foundations.rules import rule
from pages._ui.shared import address
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    from lm_core.foundations.graph import Graph

GUESS = "autograd-guess"
NEAR = 0.01  # relative: a guess so near is right


def show() -> None:
    """The part of the screen."""
    st.write(
        "To learn is to know how the loss changes with each number that it was made of: its "
        "gradient. Each operation knows this for its own parts. Walked backwards from the result, "
        "the graph multiplies along every way, and adds where ways meet: backpropagation."
    )
    st.latex(
        r"\frac{\partial L}{\partial a} = \sum_{c:\, a \to c} "
        r"\frac{\partial L}{\partial c} \cdot \frac{\partial c}{\partial a}"
    )
    graph = ask()
    step = _step(len(graph.nodes))
    before, after = grads_after(graph, step - 1), grads_after(graph, step)
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        _draw(graph, step, after)
        st.caption(
            "In each box: its name and what made it, its value, and ∂, its gradient. A blue "
            "border: known in full. Behind it ✓: handed on, ▲: just now, …: known in part."
        )
    with side:
        _controls(graph, step)
        _told(graph, step, before, after)
    check(graph)
    st.header("One step of learning")
    learn(graph)
    _code()


def _step(n: int) -> int:
    """How many numbers have handed their gradient on."""
    if STEP not in st.session_state or address.brought(STEP):
        st.session_state[STEP] = int(address.get(STEP) or 1)
    step = st.session_state[STEP] = max(0, min(n, st.session_state[STEP]))
    address.keep(STEP, "" if step == 1 else str(step))
    return step


def _go(to: int) -> None:
    st.session_state[STEP] = to


def states(graph: "Graph", step: int) -> list[str]:
    """How far each number's gradient is: see `Box` of the chart."""
    n = len(graph.nodes)
    done = set(range(n - step, n))
    found = []
    for place in range(n):
        children = [child for parent, child in graph.edges if parent == place]
        handed = sum(child in done for child in children)
        if place in done:
            found.append("now" if place == n - step else "done")
        elif handed == len(children):
            found.append("ready")
        else:
            found.append("part" if handed else "waiting")
    return found


def draw_plain(graph: "Graph") -> None:
    """The graph with all its gradients, and no step shown."""
    _draw(graph, 0, grads_after(graph, len(graph.nodes)), ["ready"] * len(graph.nodes))


def _draw(graph: "Graph", step: int, grads: list[float], now: list[str] | None = None) -> None:
    from lm_core.charts.graph import Box, Edge, value_graph

    now = now or states(graph, step)
    boxes = [
        Box(
            node.name,
            _sign(node.value.op),
            node.value.value,
            None if state == "waiting" else grad,
            state,
        )
        for node, grad, state in zip(graph.nodes, grads, now, strict=True)
    ]
    edges = [
        Edge(parent, child, slope)
        for child, node in enumerate(graph.nodes)
        for parent, slope in zip(node.parents, node.value.slopes, strict=True)
    ]
    chart = value_graph(boxes, edges, dark=st.context.theme.type == "dark")
    show_chart(chart, key="autograd-graph")


def _sign(op: str) -> str:
    return {"*": "×", "-": "−", "neg": "−", "/": "÷"}.get(op, op)


def _controls(graph: "Graph", step: int) -> None:
    n = len(graph.nodes)
    st.markdown(f"**Step {step} of {n}**")
    with st.container(horizontal=True, gap="small"):
        end = {"disabled": step == n}
        st.button(
            "Next", type="primary", on_click=_go, args=(step + 1,), key="autograd-next", **end
        )
        st.button("Back", on_click=_go, args=(step - 1,), disabled=not step, key="autograd-back")
        st.button("To the end", on_click=_go, args=(n,), key="autograd-all", **end)
        st.button("Begin anew", on_click=_go, args=(0,), disabled=not step, key="autograd-anew")
    if step == n:
        return
    asked = _asked(graph, n - step - 1)
    if asked is not None:
        name = plain(graph.nodes[asked].name)
        st.number_input(
            f"Your guess: the gradient of {name} after the next step",
            value=None,
            key=f"{GUESS}-{step + 1}",
            format="%.5g",
            placeholder="can be left out",
        )


def _asked(graph: "Graph", place: int) -> int | None:
    """The part whose gradient is asked for, before a number hands its own on."""
    parents = graph.nodes[place].parents
    return parents[0] if parents else None


def _told(graph: "Graph", step: int, before: list[float], after: list[float]) -> None:
    """What the last step did, in words and numbers."""
    from lm_core.charts.graph import short

    if not step:
        name = plain(graph.nodes[-1].name)
        st.write(
            f"It begins at the result: how does {name} change with itself? One to one, so its "
            "gradient is 1. All others are not known yet."
        )
        return
    place = len(graph.nodes) - step
    node = graph.nodes[place]
    grad = after[place]
    st.markdown(f"**{plain(node.name)}** has the gradient {short(grad)}. {rule(node.value.op)}")
    lines, had, again = [], dict(enumerate(before)), False
    for parent, slope in zip(node.parents, node.value.slopes, strict=True):
        got = slope * grad
        line = f"- **{plain(graph.nodes[parent].name)}**: {short(grad)} × {_bare(slope)} = "
        line += f"**{short(got)}**"
        if had[parent]:
            line += f", and with the {short(had[parent])} that was there "
            line += f"**{short(had[parent] + got)}**"
            again = True
        had[parent] += got
        lines.append(line)
    st.markdown("\n".join(lines))
    if again:
        st.caption(
            "What is used more than once gets something back along each way, and all of it is "
            "added: a rule that only sets the gradient would keep the last."
        )
    guess = st.session_state.get(f"{GUESS}-{step}")
    asked = _asked(graph, place)
    if guess is not None and asked is not None:
        right = math.isclose(guess, after[asked], rel_tol=NEAR, abs_tol=NEAR / 10)
        said = f"You said {short(guess)} for {plain(graph.nodes[asked].name)}"
        if right:
            st.success(f"{said}: right.")
        else:
            st.warning(f"{said}: it is {short(after[asked])} after this step.")


def _bare(number: float) -> str:
    from lm_core.charts.graph import short

    return f"({short(number)})" if number < 0 else short(number)


def _code() -> None:
    from lm_core.foundations import autograd, expressions, graph

    show_source(autograd, "The code: the whole autograd")
    show_source(graph.Graph, "The code: the walk and the nudge")
    show_source(expressions, "The code: reading what is typed, without running it")
