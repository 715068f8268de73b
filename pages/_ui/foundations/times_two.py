"""One weight becomes 2: step by step downhill on a parabola, with a rate that may be too large."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.alone import alone
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.foundations.multiplier import Pairs, Step

EXAMPLES, FOUND, W, LR = (f"neuron-{what}" for what in ("examples", "found", "w", "lr"))
LEARNING, SEED = "neuron-learning", "neuron-guessed"
GUESS, FIRST_SEED = 3.745401188473625, 42  # numpy's, of [0, 10), with that seed
COUNTS = {"x = 0, 1, 2, 3, 4, 5": (6, 0), "x = 0, 1": (2, 0), "x = 1": (1, 1)}
NUDGES = {
    "by its rule": None,
    "by a nudge of 0.001": 0.001,
    "by a nudge of 0.1": 0.1,
    "by a nudge of 1": 1.0,
}
RATES = {"Too small": 0.001, "Good": 0.05, "On the edge": 0.109, "Too large": 0.12, "No rate": 1.0}
TICK, STEPS = 0.5, 500  # seconds between two looks; steps in all
SLOW, FAST = 12, 10  # steps that are shown one by one, and how many at a look after them
NEAR, OUT = 1e-7, 1e5  # of the end; of 2, where a picture has lost its sense
SHOWN = 40  # steps that are drawn


@dataclass
class Learning:
    """A descent in this visitor's session."""

    of: tuple  # examples, way, beginning and rate
    end: float  # where its slope is 0
    steps: "Iterator[Step]"
    path: "list[Step]" = field(default_factory=list)
    going: bool = False

    def step(self, times: int) -> None:
        """So many steps further, up to its end."""
        for _ in range(times):
            if not self.done:
                self.path.append(next(self.steps))
        self.going = self.going and not self.done

    @property
    def done(self) -> bool:
        """It has arrived, it has left, or it has gone on for long enough."""
        if not self.path:
            return False
        off = abs(self.path[-1].w - self.end)
        return off < NEAR or off > OUT or len(self.path) > STEPS


def show() -> None:
    """The part of the screen."""
    st.write(
        "A neuron with one weight, w times x, is to learn to multiply by two, from examples alone. "
        "How wrong it is, the mean square of its errors, is a parabola over w. It stands somewhere "
        "on it, sees the slope under its feet, and goes a step against it."
    )
    st.latex(
        r"\begin{gathered} \text{loss}(w) = \frac{1}{N} \sum_i (w x_i - 2 x_i)^2 \\ "
        r"w \leftarrow w - \text{lr} \cdot \frac{d\,\text{loss}}{dw} \end{gathered}"
    )
    from lm_core.foundations import multiplier

    with st.container(horizontal=True, gap="small"):
        for name, rate in RATES.items():
            st.button(f"{name}: {rate:g}", on_click=_rate, args=(rate,), key=f"neuron-r-{name}")
        st.button("Another guess of w", on_click=_guess, key="neuron-guess")
    way = st.segmented_control(
        "The slope is found",
        list(NUDGES),
        default="by its rule",
        required=True,
        key=FOUND,
        bind="query-params",
    )
    first, second, third = st.columns(3, gap="small", vertical_alignment="bottom")
    examples = first.selectbox("Examples", list(COUNTS), key=EXAMPLES, bind="query-params")
    w = second.number_input(
        "w to begin with",
        0.0,
        10.0,
        GUESS,
        step=0.5,
        format="%.4f",
        key=W,
        bind="query-params",
        help="A random guess from 0 to 10: this one is the first of numpy's with the seed 42.",
    )
    lr = third.number_input(
        "Learning rate lr", 0.0, 2.0, 0.05, step=0.01, format="%.4g", key=LR, bind="query-params"
    )
    pairs, eps = multiplier.doubles(*COUNTS[examples]), NUDGES[way]
    learning = _learning(pairs, eps, w, lr)
    clocked = learning.going
    live = alone(_live, run_every=TICK if clocked else None)
    live(pairs, eps, lr, learning, clocked)
    _rates(pairs, lr, eps)
    _wiggled(pairs, w)
    show_source(multiplier, "The code: the neuron and its descent")


def _rate(rate: float) -> None:
    st.session_state[LR] = rate


def _guess() -> None:
    """From [0, 10), by the next seed."""
    from lm_core.foundations.multiplier import random_weight

    st.session_state[SEED] = st.session_state.get(SEED, FIRST_SEED) + 1
    st.session_state[W] = random_weight(st.session_state[SEED])


def _learning(pairs: "Pairs", eps: float | None, w: float, lr: float) -> Learning:
    """The session's, begun anew where what it learns is another."""
    from lm_core.foundations.multiplier import TARGET, learn

    of = (len(pairs), eps, w, lr)
    kept = st.session_state.get(LEARNING)
    if kept is None or kept.of != of:
        end = TARGET - (eps or 0.0) / 2
        kept = Learning(of, end, learn(w, pairs, lr=lr, eps=eps))
        kept.step(1)
        st.session_state[LEARNING] = kept
    return kept


def _go() -> None:
    st.session_state[LEARNING].going = True


def _stop() -> None:
    st.session_state[LEARNING].going = False


def _once() -> None:
    st.session_state[LEARNING].step(1)


def _anew() -> None:
    st.session_state.pop(LEARNING, None)


def _live(pairs: "Pairs", eps: float | None, lr: float, learning: Learning, clocked: bool) -> None:
    """The descent: its buttons, the parabola, the last step as arithmetic.

    Args:
        clocked: it is drawn again by itself; a clock starts and stops with the whole page.
    """
    if learning.going and not clocked:
        st.rerun()
    if learning.going:
        learning.step(1 if len(learning.path) <= SLOW else FAST)
    with st.container(horizontal=True, gap="small"):
        if learning.going:
            st.button("Stop", type="primary", on_click=_stop, key="neuron-stop")
        else:
            name = "Play" if len(learning.path) == 1 else "Go on"
            st.button(name, type="primary", on_click=_go, disabled=learning.done, key="neuron-play")
        shut = learning.going or learning.done
        st.button("One step", on_click=_once, disabled=shut, key="neuron-once")
        st.button("Begin anew", on_click=_anew, key="neuron-anew")
    picture, side = st.columns([3, 2], gap="medium")
    with picture:
        _parabola(pairs, learning)
    with side:
        _last(pairs, eps, lr, learning)
    if clocked and not learning.going:
        st.rerun()


def _parabola(pairs: "Pairs", learning: Learning) -> None:
    from lm_core.charts.plane import Curve, Point, plane
    from lm_core.foundations.multiplier import TARGET, loss_of

    path = learning.path[-SHOWN:]
    reach = max(8.5, *(1.1 * abs(step.w - TARGET) for step in path))
    places = [TARGET + reach * (i / 60 - 1) for i in range(121)]
    step = path[-1]
    chart = plane(
        [Curve("loss", places, [loss_of(at, pairs) for at in places])],
        [Point(one.w, one.loss) for one in path],
        title="The loss over the weight",
        x="w",
        y="loss (mean squared error)",
        says=f"a parabola, lowest at 2; after {len(learning.path) - 1} steps w is {step.w:.4f} and "
        f"the loss {step.loss:.4g}.",
        path=True,
        height=380,
    )
    show_chart(chart, key="neuron-parabola", alt="The loss over the weight, and the way so far.")


def _last(pairs: "Pairs", eps: float | None, lr: float, learning: Learning) -> None:
    from lm_core.charts.words import count
    from lm_core.foundations.multiplier import slope_of

    step, taken = learning.path[-1], len(learning.path) - 1
    with st.container(horizontal=True, gap="medium"):
        st.metric("Steps", f"{taken}", width="content")
        st.metric("w", _number(step.w), width="content")
        st.metric("Loss", _number(step.loss), width="content")
    slope = (
        rf"\frac{{d\,\text{{loss}}}}{{dw}} = {_number(step.slope)}"
        if eps is None
        else rf"\frac{{\text{{loss}}(w + {eps:g}) - \text{{loss}}(w)}}{{{eps:g}}} = "
        rf"{_number(step.slope)} \\ \frac{{d\,\text{{loss}}}}{{dw}} = "
        rf"{_number(slope_of(step.w, pairs))}"
    )
    after = step.w - lr * step.slope
    st.latex(
        rf"\begin{{gathered}} {slope} \\ w \leftarrow {_number(step.w)} - {lr:g} \cdot "
        rf"{_bare(step.slope)} \\ = {_number(after)} \end{{gathered}}"
    )
    off = abs(step.w - learning.end)
    if off < NEAR:
        end = "" if eps is None else f" (with a nudge of {eps:g} the end is 2 − {eps:g} / 2)"
        st.success(f"Arrived after {count(taken, 'step')}: w = {step.w:.6f}{end}.")
    elif off > OUT:
        st.error(f"It has left: after {count(taken, 'step')} w is {step.w:.3g}.")
    elif learning.done:
        st.info(f"After {count(taken, 'step')} w is {step.w:.6f}: stopped here.")


def _number(value: float) -> str:
    """Four digits behind the point, or few digits where it is large."""
    return f"{value:.4f}" if abs(value) < 1e4 else f"{value:.3g}"


def _bare(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)


def _rates(pairs: "Pairs", lr: float, eps: float | None) -> None:
    """What the rate does, known beforehand."""
    from lm_core.foundations.multiplier import factor, largest_rate, mean_square

    q, most = factor(lr, pairs), largest_rate(pairs)
    st.markdown(
        f"**What to notice:** each step multiplies the distance to the end by "
        f"1 − 2 · {lr:g} · {mean_square(pairs):.4g} = **{q:.4g}**, with the mean of x² of these "
        f"examples. {_said(q)} Below a rate of {most:.4g} it arrives, above it leaves: it is not "
        "true that every rate leads to 2. Without a rate (1) it depends on the examples alone."
    )
    if eps is not None:
        st.caption(
            f"A nudge looks only to the right, so it ends where loss(w) and loss(w + {eps:g}) are "
            f"equal: half a nudge below 2, at {2 - eps / 2:g}."
        )


def _said(q: float) -> str:
    if math.isclose(q, 1):
        return "It stays where it is."
    if math.isclose(q, -1):
        return "It goes to and fro for good, as far on the other side each time."
    if q > 0:
        return "It comes nearer from one side."
    if q == 0:
        return "It arrives with one step."
    if q > -1:
        return "It jumps over the end each time, and comes nearer all the same."
    return "It jumps over the end each time, and further each time: it leaves."


def _wiggled(pairs: "Pairs", w: float) -> None:
    """The loss a little to the left and to the right."""
    import pandas as pd

    from lm_core.foundations.multiplier import loss_of, slope_of

    st.header("The weight, wiggled")
    by = [-0.002, -0.001, 0.0, 0.001, 0.002]
    here, losses = loss_of(w, pairs), [loss_of(w + one, pairs) for one in by]
    table = pd.DataFrame(
        {
            "w": [w + one for one in by],
            "loss": losses,
            "loss − loss here": [loss - here for loss in losses],
            "over the wiggle": [
                (loss - here) / one if one else None for loss, one in zip(losses, by, strict=True)
            ],
        }
    )
    show_table(table, key="neuron-wiggled", places=5)
    st.markdown(
        f"At w = {w:.4f} the loss is **{here:.4f}** and its slope **{slope_of(w, pairs):.4f}**. A "
        "wiggle to the right and one to the left disagree a little, the slope lies between."
    )
