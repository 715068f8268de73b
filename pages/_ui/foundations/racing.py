"""Optimizers racing down a surface, each step equal to torch's, and a ball on a curve with two
hollows."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.foundations.surfaces import Surface

PLACES = {
    "valley": "A long valley",
    "banana": "A bent valley",
    "saddle": "A saddle",
    "curve": "One weight, two hollows",
}
RACE = "activations-racing"
TICK, SECONDS = 0.4, 8.0  # between two pictures of a race; of all of it
NAMES = ["SGD", "momentum", "RMSProp", "Adam", "AdamW"]
RATES = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
MOMENTA = (0.0, 0.5, 0.8, 0.85, 0.9, 0.92, 0.95, 0.99)


def show() -> None:
    """The part of the screen."""
    from lm_core.foundations import descent
    from lm_core.foundations.descent import How
    from lm_core.foundations.surfaces import CURVE, SURFACES

    st.write(
        "An optimizer sees only the slope under its feet and takes a step. **SGD** goes straight "
        "down. **Momentum** keeps some of its speed. **RMSProp** divides by how large the slopes "
        "have been, so that flat directions get long steps too. **Adam** does both, and **AdamW** "
        "lets weights shrink apart from that."
    )
    st.latex(
        r"v \leftarrow m v + g \qquad w \leftarrow w - \text{lr} \cdot v \qquad "
        r"\text{(momentum; SGD where } m = 0)"
    )
    place = switch("Where", PLACES, key="activations-surface")
    one, two, three, four = st.columns(4, vertical_alignment="bottom")
    how = How(
        lr=one.select_slider(
            "Learning rate", RATES, 0.05, key="activations-lr", bind="query-params"
        ),
        momentum=two.select_slider(
            "Momentum", MOMENTA, 0.9, key="activations-momentum", bind="query-params"
        ),
        weight_decay=three.slider(
            "Weight decay", 0.0, 0.5, 0.0, 0.01, key="activations-decay", bind="query-params"
        ),
    )
    first = 20 if place == "curve" else 100
    steps = four.slider(
        "Steps", 1, 300, first, key=f"activations-steps-{place}", bind="query-params"
    )
    surface = CURVE if place == "curve" else SURFACES[place]
    st.latex(surface.equation)
    chosen = st.pills(
        "Who runs",
        NAMES,
        selection_mode="multi",
        default=NAMES[:2] if place == "curve" else NAMES,
        key=f"activations-runners-{place}",
        bind="query-params",
    )
    _race(surface, [name for name in NAMES if name in chosen], how, steps, place)
    show_source(descent, "The code: five optimizers by hand")


def _race(surface: "Surface", names: list[str], how: object, steps: int, place: str) -> None:
    import numpy as np
    import pandas as pd

    from lm_core.foundations import descent

    paths = {name: descent.descend(surface, name, how, steps) for name in names}
    race = _race_of((place, how, steps, tuple(names)))
    clock = TICK if race.going else None
    alone(_stage, run_every=clock)(surface, paths, race, place, race.going)
    losses = {name: surface.height(path) for name, path in paths.items()}
    rows = []
    for name, path in paths.items():
        theirs = descent.by_torch(surface, name, how, steps)
        known = np.isfinite(path) & np.isfinite(theirs)
        after = descent.arrived(surface, path)
        rows.append(
            (
                name,
                ", ".join(f"{w:.4f}" for w in path[-1]) if np.isfinite(path[-1]).all() else "lost",
                float(losses[name][-1]),
                None if after is None else after,
                f"{np.abs(path - theirs)[known].max():.1e}",
            )
        )
    columns = ["optimizer", "where it is", "loss", "arrived after", "furthest from torch.optim"]
    table = pd.DataFrame(rows, columns=columns)
    table["arrived after"] = table["arrived after"].astype("Int64")
    show_table(table, key="activations-race", places=4)
    _noticed(place, paths, surface, steps)
    if names:
        _one_step(surface, names, how)


@dataclass
class Race:
    """How far the runners of this visitor's session are shown."""

    of: tuple  # all that was chosen
    at: int  # steps
    going: bool = False
    begun: float = 0.0  # on the monotonic clock

    @property
    def steps(self) -> int:
        return self.of[2]

    def move(self) -> None:
        """To where it is by now, one step further at least."""
        if self.going:
            by_now = int(self.steps * (time.monotonic() - self.begun) / SECONDS)
            self.at = min(self.steps, max(self.at + 1, by_now))
            self.going = self.at < self.steps


def _race_of(of: tuple) -> Race:
    """The session's; where something else was chosen all of it is shown at once."""
    race = st.session_state.get(RACE)
    if race is None or race.of != of:
        race = st.session_state[RACE] = Race(of, of[2])
    return race


def _start() -> None:
    race = st.session_state[RACE]
    race.at, race.going, race.begun = 0, True, time.monotonic()


def _stop() -> None:
    race = st.session_state[RACE]
    race.at, race.going = race.steps, False


def _stage(surface: "Surface", paths: dict, race: Race, place: str, clock: bool) -> None:
    """The two pictures, as far as the race has gone.

    Args:
        clock: whether it went on when the page was drawn, and so is drawn again by itself.
    """
    with session.mending():
        race.move()
        if race.going:
            st.button("Stop", type="primary", on_click=_stop, key="activations-stop")
        else:
            st.button("Race", type="primary", on_click=_start, key="activations-go")
        shown = {name: path[: race.at + 1] for name, path in paths.items()}
        if place == "curve":
            _curve(surface, shown)
        else:
            _seen_from_above(surface, shown)
        _losses(surface, shown, paths, race)
        if clock != race.going:
            st.rerun()  # the clock begins and stops with the whole page


def _losses(surface: "Surface", shown: dict, paths: dict, race: Race) -> None:
    import numpy as np

    from lm_core.charts.function_lines import Curve, function_lines

    floor = float(surface.height(np.array(surface.lows)).min())
    curves = [
        Curve(name, list(range(len(path))), (surface.height(path) - floor).tolist())
        for name, path in shown.items()
    ]
    every = np.concatenate(
        [surface.height(path) - floor for path in paths.values()] or [np.ones(1)]
    )
    every = every[np.isfinite(every) & (every > 0)]
    reach = (float(every.min()), float(every.max())) if len(every) else None
    title, x = "How far above the lowest place", "number of steps"
    y = "loss above the lowest"
    chart = function_lines(curves, title=title, x=x, y=y, log=True, first=1, reach=reach)
    chart.figure.update_xaxes(range=[-0.01 * race.steps, 1.01 * race.steps])
    alt = "How far above the lowest place each runner is, step by step."
    show_chart(chart, key="activations-losses", alt=alt)


def _seen_from_above(surface: "Surface", paths: dict) -> None:
    from lm_core.charts.surface_paths import surface_paths
    from lm_core.foundations.surfaces import grid

    x, y, heights = grid(surface)
    chart = surface_paths(
        x,
        y,
        heights,
        paths,
        lows=surface.lows,
        title="The paths, from above",
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="activations-paths", alt="The paths of the runners, from above.")


def _curve(surface: "Surface", paths: dict) -> None:
    import numpy as np

    from lm_core.charts.function_lines import Curve, Spot, function_lines

    (low, high), *_ = surface.ranges
    x = np.linspace(low, high, 161)
    curves = [Curve("loss", x.tolist(), surface.height(x[:, None]).tolist())]
    spots = []
    for name, path in paths.items():
        known = path[np.isfinite(path[:, 0])]
        heights = surface.height(known)
        inside = np.where((known[:, 0] >= low - 0.3) & (known[:, 0] <= high + 0.3), heights, np.nan)
        curves.append(Curve(name, known[:, 0].tolist(), inside.tolist(), dots=True))
        spots.append(Spot(float(known[-1, 0]), float(heights[-1]), name))
    chart = function_lines(
        curves,
        title="A ball on a curve with two hollows",
        x="the weight",
        y="the loss",
        spots=spots,
    )
    show_chart(chart, key="activations-curve", alt="A ball for each runner on the curve.")


def _noticed(place: str, paths: dict, surface: "Surface", steps: int) -> None:
    import numpy as np

    from lm_core.foundations.descent import arrived

    home = [name for name, path in paths.items() if arrived(surface, path) is not None]
    lost = [name for name, path in paths.items() if not np.isfinite(path[-1]).all()]
    said = {
        "valley": "Across the valley the slope is twenty times as steep as along it: SGD must step "
        "so small that it does not jump across, and then hardly moves along.",
        "banana": "The way down bends: whoever has speed shoots past the bend and comes back.",
        "saddle": "At the start the slope away from the saddle is tiny: SGD waits there, RMSProp "
        "divides by that tiny slope and leaves at once.",
        "curve": "Without momentum the ball stays in the first hollow, at 1.25. With enough it "
        "rolls on into the deeper one, around −2; with too much it runs past that too.",
    }[place]
    there = f"After {steps} steps these have arrived for good: {', '.join(home)}. " if home else ""
    gone = f"Lost, with steps that were too large: {', '.join(lost)}. " if lost else ""
    alike = {"Adam", "AdamW"} <= set(paths) and np.array_equal(paths["Adam"], paths["AdamW"])
    twins = "Without weight decay Adam and AdamW are one and the same." if alike else ""
    st.markdown(f"**What to notice.** {said} {there}{gone}{twins}")


def _one_step(surface: "Surface", names: list[str], how: object) -> None:
    """The first step of one of them as arithmetic, on the first weight."""
    import numpy as np

    from lm_core.foundations import descent

    name = st.selectbox(
        "The first step by hand", names, key="activations-by-hand", bind="query-params"
    )
    w = np.array(surface.start, dtype=float)
    slope = surface.gradient(w)[0]
    after = descent.descend(surface, name, how, 1)[1, 0]
    w, lr, decay = w[0], how.lr, how.weight_decay
    g = f"g = {slope:.4f}"
    if decay and name != "AdamW":
        g += f" + {decay:g} × {w:.4f} = {slope + decay * w:.4f}"
        slope += decay * w
    lines = [g]
    match name:
        case "SGD" | "momentum":
            lines.append(f"w = {w:.4f} − {lr:g} × {slope:.4f} = {after:.4f}")
        case "RMSProp":
            s = (1 - descent.ALPHA) * slope**2
            lines.append(f"s = {1 - descent.ALPHA:.2f} × g² = {s:.6f}, √s = {s**0.5:.4f}")
            lines.append(f"w = {w:.4f} − {lr:g} × {slope:.4f} / {s**0.5:.4f} = {after:.4f}")
        case _:
            if name == "AdamW" and decay:
                lines.append(
                    f"w = {w:.4f} − {lr:g} × {decay:g} × {w:.4f} = {w * (1 - lr * decay):.4f}"
                )
                w = w * (1 - lr * decay)
            lines.append(f"m / (1 − 0.9) = g = {slope:.4f}, √(s / (1 − 0.999)) = {abs(slope):.4f}")
            lines.append(f"w = {w:.4f} − {lr:g} × {slope:.4f} / {abs(slope):.4f} = {after:.4f}")
    st.code("\n".join(lines), language="text", wrap_lines=True)
