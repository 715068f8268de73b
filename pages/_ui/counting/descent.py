"""The neural bigram beside the counted one: the loss falling to the counted line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.counting import pairs
from pages._ui.counting.pairs import Pairs
from pages._ui.counting.prices import prices
from pages._ui.shared.alone import alone
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.models.neural_bigram import NeuralBigram
    from lm_core.models.neural_bigram_descent import Downhill

LEARNING, LR, L2 = (f"counting-{what}" for what in ("learning", "lr", "l2"))
TICK = 0.4  # seconds between two looks at a training that goes on
AT_ONCE, STEPS = 20, 500  # steps between them; in all
RATES = (1, 3, 10, 30, 50, 100, 200)


@dataclass
class Learning:
    """A training in this visitor's session."""

    of: tuple  # list, rate and price of weights
    model: "NeuralBigram"
    looks: "Iterator[Downhill]"
    points: "list[Downhill]" = field(default_factory=list)
    going: bool = False

    def step(self, times: int) -> None:
        """So many steps further, and a look after each."""
        for _ in range(min(times, STEPS + 1 - len(self.points))):
            self.points.append(next(self.looks))
        self.going = self.going and len(self.points) <= STEPS


def show() -> None:
    """The part of the screen."""
    st.write(
        "The same table can be learned. It begins with a random number for each pair, W; a softmax "
        "makes probabilities of a row, and step by step all numbers move downhill, to where the "
        "names surprise less. The best it can do is what counting says: the loss falls to the "
        "counted line, and never below it."
    )
    st.latex(r"p(w \mid v) = \text{softmax}(W_v)_w \qquad W \leftarrow W - \text{lr} \cdot \nabla")
    left, middle, right = st.columns([2, 3, 3], vertical_alignment="bottom")
    with left:
        found = pairs.pick(key="counting-learned-list")
    lr = middle.select_slider(
        "Learning rate",
        RATES,
        50,
        key=LR,
        bind="query-params",
        help="How far a step goes; there are very few weights.",
    )
    l2 = right.select_slider(
        "Price of weights (L2)",
        pairs.L2,
        0.0,
        format_func=pairs.number,
        key=L2,
        bind="query-params",
        help="Times the mean of all squared weights; what it adds is no surprise and is not drawn.",
    )
    if found is None:
        return
    learning = _learning(found, lr, l2)
    clocked = learning.going
    alone(_live, run_every=TICK if clocked else None)(found, learning, clocked)
    st.header("The price of weights, and + k")
    prices(found, l2)
    from lm_core.models import neural_bigram_descent

    show_source(neural_bigram_descent, "The code: downhill by hand")


def _learning(found: Pairs, lr: float, l2: float) -> Learning:
    """The session's, begun anew where what it learns is another."""
    from lm_core.models.neural_bigram_descent import descend, untrained

    of = (found.fingerprint, lr, l2)
    kept = st.session_state.get(LEARNING)
    if kept is None or kept.of != of:
        model = untrained(found.size, l2=l2)
        kept = Learning(of, model, descend(model, found.counts, lr=float(lr)))
        kept.step(1)
        st.session_state[LEARNING] = kept
    return kept


def _going(on: bool) -> None:
    st.session_state[LEARNING].going = on


def _once() -> None:
    st.session_state[LEARNING].step(1)


def _anew() -> None:
    st.session_state.pop(LEARNING, None)


def _live(found: Pairs, learning: Learning, clocked: bool) -> None:
    """The training: its buttons, its curve, its table beside the counted one."""
    if learning.going and not clocked:
        st.rerun()  # a click draws this part alone, and a clock starts with the whole page
    if learning.going:
        learning.step(AT_ONCE)
    done = len(learning.points) > STEPS
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if learning.going:
            st.button("Stop", type="primary", on_click=_going, args=(False,), key="counting-stop")
        else:
            name = "Learn" if len(learning.points) == 1 else "Go on"
            st.button(
                name,
                type="primary",
                on_click=_going,
                args=(True,),
                disabled=done,
                key="counting-go",
            )
        shut = learning.going or done
        st.button("One step", on_click=_once, disabled=shut, key="counting-once")
        st.button("Begin anew", on_click=_anew, key="counting-learn-anew")
    step = learning.points[-1].step
    st.progress(step / STEPS, text=f"Step {step} of {STEPS}")
    _curve(found, learning)
    _beside(found, learning)
    if clocked and not learning.going:
        st.rerun()  # and stops with it


def _curve(found: Pairs, learning: Learning) -> None:
    from lm_core.charts.marked_lines import Line, marked_lines
    from lm_core.charts.words import nats
    from lm_core.models.neural_bigram_descent import loss_of

    line = loss_of(pairs.smoothed(found, 0.0).probabilities(), found.counts)
    uniform = loss_of(found.counts * 0.0 + 1 / found.size, found.counts)
    points = learning.points
    every = [Line("learned", [p.step for p in points], [p.nats for p in points])]
    chart = marked_lines(
        every,
        title="Downhill to the counted line",
        x="steps",
        y="nats per character",
        levels=[("counted", line), ("every letter alike", uniform)],
        height=320,
    )
    chart.figure.update_xaxes(range=[-5, STEPS + 5])
    # Down to the best it can do from the first step on: left to itself the axis grows as it falls.
    top = max(uniform, *every[0].y)
    edge = 0.05 * (top - line)
    chart.figure.update_yaxes(range=[line - edge, top + edge])
    show_chart(chart, key="counting-curve", alt="The loss as it falls to the counted line.")
    last = points[-1]
    penalty = f", and {nats(last.penalty)} for its weights" if last.penalty else ""
    st.caption(
        f"Step {last.step}: {last.nats:.4f} nats per character{penalty}; counted {line:.4f}; every "
        f"letter alike {uniform:.4f}. Each step looks at all {int(found.counts.sum()):,} pairs of "
        "the names, those that are alike at once."
    )


def _beside(found: Pairs, learning: Learning) -> None:
    """softmax(W) beside the counts."""
    from lm_core.charts.pairs import pair_table
    from lm_core.charts.words import percent
    from lm_core.models.neural_bigram_descent import apart, softmax_table

    counted = pairs.smoothed(found, 0.0).probabilities()
    learned = softmax_table(learning.model)
    dark = st.context.theme.type == "dark"
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(_counted(found.fingerprint, dark, found), key="counting-table-counted")
    with right:
        chart = pair_table(
            found.counts.numpy(),
            learned.numpy(),
            found.tokens,
            title="Learned: softmax(W)",
            dark=dark,
            height=430,
        )
        alt = "The table as it is learned, beside that of the counts."
        show_chart(chart, key="counting-table-learned", alt=alt)
    off = apart(learned, counted, found.counts.sum(1))
    unseen = found.counts == 0
    left = float((learned * unseen).sum(1).mul(found.counts.sum(1)).sum() / found.counts.sum())
    st.markdown(
        f"**What to notice.** The two tables place {percent(off)} of their probability otherwise. "
        f"On pairs that never came the network still puts {percent(left)}; counting puts 0. To get "
        "there too its weights would have to become endless, so that stopping early smooths, and "
        "nobody told it to count."
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _counted(fingerprint: str, dark: bool, _found: Pairs) -> "Chart":
    """The picture that stands still while the other one moves."""
    from lm_core.charts.pairs import pair_table

    table = pairs.smoothed(_found, 0.0).probabilities().numpy()
    title = "Counted: counts over their sum"
    counts = _found.counts.numpy()
    return pair_table(counts, table, _found.tokens, title=title, dark=dark, height=430)
