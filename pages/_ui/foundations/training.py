"""A small net that learns a gate while one looks: its buttons, its regions, its loss."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.alone import alone
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.foundations.gates import Net

TICK = 0.4  # seconds between two looks
AT_ONCE, STEPS = 40, 2_000  # steps between them; in all
EVERY = 10  # steps between two points of the curve


@dataclass
class Learning:
    """A training in this visitor's session."""

    of: tuple  # all that it depends on
    gate: str
    nets: "Iterator[Net]"
    net: "Net | None" = None
    done: int = -1  # steps
    losses: list[tuple[int, float]] = field(default_factory=list)
    going: bool = False

    def step(self, times: int) -> None:
        """So many steps further."""
        from lm_core.foundations.gates import loss_of

        for _ in range(min(times, STEPS - self.done)):
            self.net = next(self.nets)
            self.done += 1
            if self.done % EVERY == 0 or times == 1:
                self.losses.append((self.done, loss_of(self.net, self.gate)))
        self.going = self.going and not self.ended

    @property
    def ended(self) -> bool:
        return self.done >= STEPS


def learning_of(key: str, net: "Net", gate: str, lr: float, *of: object) -> Learning:
    """The session's under `key`, begun anew with `net` where what it learns is another."""
    from lm_core.foundations.gates import learn

    kept = st.session_state.get(key)
    if kept is None or kept.of != (gate, lr, *of):
        kept = Learning((gate, lr, *of), gate, learn(net, gate, lr=lr))
        kept.step(1)
        st.session_state[key] = kept
    return kept


def _go(key: str) -> None:
    st.session_state[key].going = True


def _stop(key: str) -> None:
    st.session_state[key].going = False


def _steps(key: str, times: int) -> None:
    st.session_state[key].step(times)


def _anew(key: str) -> None:
    st.session_state.pop(key, None)


def live(key: str, learning: Learning, more: Callable[[], None] = lambda: None) -> None:
    """The training, drawn anew while it goes on, and `more` below it."""
    clocked = learning.going
    alone(_live, run_every=TICK if clocked else None)(key, learning, more, clocked)


def _live(key: str, learning: Learning, more: Callable[[], None], clocked: bool) -> None:
    if learning.going and not clocked:
        st.rerun()  # a clock starts and stops with the whole page
    if learning.going:
        learning.step(AT_ONCE)
    with st.container(horizontal=True, gap="small"):
        if learning.going:
            st.button("Stop", type="primary", on_click=_stop, args=(key,), key=f"{key}-stop")
        else:
            st.button(
                "Learn" if not learning.done else "Go on",
                type="primary",
                on_click=_go,
                args=(key,),
                disabled=learning.ended,
                key=f"{key}-go",
            )
        shut = learning.going or learning.ended
        st.button("One step", on_click=_steps, args=(key, 1), disabled=shut, key=f"{key}-once")
        st.button(
            "100 steps", on_click=_steps, args=(key, 100), disabled=shut, key=f"{key}-hundred"
        )
        st.button("Begin anew", on_click=_anew, args=(key,), key=f"{key}-anew")
    st.progress(learning.done / STEPS, text=f"Step {learning.done} of {STEPS:,}")
    left, right = st.columns(2, gap="medium")
    with left:
        draw_regions(learning.net, learning.gate, key=f"{key}-regions")
    with right:
        _curve(key, learning)
    inside(learning.net, key=key)
    more()
    if clocked and not learning.going:
        st.rerun()


def draw_regions(net: "Net", gate: str, *, key: str) -> None:
    """What the net says everywhere, and at the corners."""
    from lm_core.charts.decision import places, regions
    from lm_core.foundations.gates import GATES, INPUTS

    chart = regions(
        net.answer(places()),
        GATES[gate],
        net.answer(INPUTS).tolist(),
        title=f"The output, for {gate}",
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key=key, alt="The output over the plane, and at its four corners.")
    st.caption(
        "A full dot is to give 1, an empty one 0; beside it what it gives. The dashed line is "
        "where the output is one half."
    )


def _curve(key: str, learning: Learning) -> None:
    from lm_core.charts.marked_lines import Line, marked_lines
    from lm_core.foundations import gates

    line = Line("its loss", *zip(*learning.losses, strict=True))
    chart = marked_lines(
        [line],
        title="The loss",
        x="steps so far",
        y="mean squared error",
        levels=[("always one half", 0.25)],
    )
    chart.figure.update_xaxes(range=[-20, STEPS + 20], nticks=5)
    chart.figure.update_yaxes(range=[0, max(0.3, 1.05 * max(line.y))])
    show_chart(chart, key=f"{key}-curve", alt="The loss, as it falls.")
    step, loss = learning.losses[-1]
    right = gates.right(learning.net, learning.gate)
    st.caption(f"Step {step}: loss {loss:.4f}; {right} of 4 rows on their side of one half.")


def inside(net: "Net", *, key: str) -> None:
    """Its numbers, and what each neuron gives for the four rows."""
    import pandas as pd

    from lm_core.foundations.gates import INPUTS, called

    made = net.forward(INPUTS)
    rows = []
    for depth, (layer, outputs) in enumerate(zip(net.layers, made[1:], strict=True), start=1):
        last = depth == len(net.layers)
        for n in range(outputs.shape[1]):
            first, second = layer.weight[:, n]
            rows.append(
                {
                    "neuron": "output neuron" if last else f"hidden {n + 1}",
                    "what it reads": "x1, x2" if depth == 1 else "both hidden ones",
                    "first weight": first,
                    "second weight": second,
                    "bias": None if layer.bias is None else layer.bias[n],
                    **{
                        f"at {int(a)}{int(b)}": outputs[i, n]
                        for i, (a, b) in enumerate(INPUTS.tolist())
                    },
                    "so it is": called(outputs[:, n]),
                }
            )
    table = pd.DataFrame(rows).dropna(axis=1, how="all")
    show_table(table, key=f"{key}-inside", places=3)
