"""What a run has shown so far: kept in the visitor's session, extended by what is new.

A page that watches a run looks twice a second and asks the store only for what came after its last
look. A closed tab takes its session, and so all of this, with it.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lm_core.runs.store import RunStore

KEPT = "train-shown"
RUNS = 64  # kept at a time: as many as race together, and the one on the screen
STEPS = 40_000  # of a longer run every second step is read, or every fourth, and so on
POINTS = ("step", "tokens", "seconds", "nats", "lr", "grad_norm")
EVALUATIONS = ("step", "tokens", "nats")


@dataclass
class Shown:
    """`points` and `evaluations` are frames with the columns above; `scored` (evaluations with all
    their figures), `samples` and `probes` are rows of the store; `probed` is the picture made of
    the latter, by what it was made from, as `judged` is the judgement of all; `newest` what was the
    newest of each kind when it was read; `kept` step and loss of what the run keeps, once it has
    ended."""

    points: "pd.DataFrame"
    evaluations: "pd.DataFrame"
    scored: list[dict[str, Any]] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    probes: list[dict[str, Any]] = field(default_factory=list)
    probed: tuple[Any, ...] | None = None
    kept: tuple[int, float] | None = None
    judged: tuple[Any, Any] | None = None
    newest: dict[type, int | None] = field(default_factory=dict)
    every: int = 1
    seq: dict[type, int] = field(default_factory=dict)

    @property
    def train(self) -> "pd.DataFrame":
        """As the loss curve wants it."""
        return self.points[["step", "nats"]].rename(columns={"nats": "train_nats"})

    def figure(self, name: str) -> list[tuple[int, float]]:
        """Step and value of one of the task's figures, at each evaluation that has it."""
        return [(r["step"], r["metrics"][name]) for r in self.scored if name in r["metrics"]]

    def may_have(self, name: str) -> bool:
        """Whether one of the task's figures has come, or may come yet; not one that cannot be had
        of these examples."""
        return not self.scored or bool(self.figure(name))


def shown(store: "RunStore", run: str, newest: "Mapping[type, int | None] | None" = None) -> Shown:
    """All that the run has shown until now. Whose run it is must have been asked before.

    Args:
        newest: what `RunStore.newest` has just said, by kind: what is as it was is not read again.
    """
    from lm_core.training.events import KEPT as THE_KEPT
    from lm_core.training.events import Evaluated, Probed, Sampled, Step

    kept: dict[str, Shown] = st.session_state.setdefault(KEPT, {})
    here = kept.pop(run, None) or _nothing(store, run)
    kept[run] = here  # the newest last
    while len(kept) > RUNS:
        del kept[next(iter(kept))]
    news: dict[type, list[dict[str, Any]]] = {}
    for kind in (Step, Evaluated, Sampled, Probed):
        same = newest is not None and here.newest.get(kind, -1) == newest[kind]
        news[kind] = [] if same else _news(store, run, here, kind)
    here.newest = dict(newest or {})
    again, points = news[Step], here.points
    if again and len(points) and again[0]["step"] <= points["step"].iloc[0]:  # it was begun anew
        kept[run] = _nothing(store, run)
        return shown(store, run, newest)
    if again and len(points) and again[0]["step"] <= points["step"].iloc[-1]:  # it was resumed
        _cut(here, again[0]["step"])
    here.points = _joined(here.points, news[Step])
    for row in sorted(news[Evaluated], key=lambda row: row["seq"]):
        here.kept = (row["step"], row["nats"]) if row["split"] == THE_KEPT else None
    scored = [row for row in news[Evaluated] if row["split"] == "validation"]
    here.evaluations = _joined(here.evaluations, scored)
    here.scored = _listed(here.scored, scored)
    here.samples = _listed(here.samples, news[Sampled])
    here.probes = _listed(here.probes, news[Probed])
    if len(here.points) > 2 * STEPS:
        here.every *= 2
        here.points = here.points[here.points["step"] % here.every == 0]
    return here


def _cut(here: Shown, step: int) -> None:
    """Forget what was shown from this step on, which is done again and may end sooner."""
    here.points = here.points[here.points["step"] < step]
    here.evaluations = here.evaluations[here.evaluations["step"] < step]
    here.scored = [row for row in here.scored if row["step"] < step]
    here.samples = [row for row in here.samples if row["step"] < step]
    here.probes = [row for row in here.probes if row["step"] < step]


def _nothing(store: "RunStore", run: str) -> Shown:
    import pandas as pd

    from lm_core.training.events import Step

    last = store.last(Step, run)
    every = 1
    while last and last["step"] > every * STEPS:
        every *= 2
    empty = {name: pd.Series(dtype=float) for name in POINTS}
    points = pd.DataFrame(empty)
    return Shown(points, points[list(EVALUATIONS)], every=every)


def _news(store: "RunStore", run: str, here: Shown, kind: type) -> list[dict[str, Any]]:
    from lm_core.training.events import Step

    every = here.every if kind is Step else 1
    rows = store.since(kind, run, here.seq.get(kind, 0), every=every)
    here.seq[kind] = max((row["seq"] for row in rows), default=here.seq.get(kind, 0))
    return rows


def _joined(old: "pd.DataFrame", rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """With new rows at the end, or in the place of those of the same steps."""
    import pandas as pd

    if not rows:
        return old
    new = pd.DataFrame(rows)[list(old.columns)].astype(float)
    if old.empty:
        return new
    if new["step"].iloc[0] > old["step"].iloc[-1]:
        return pd.concat([old, new], ignore_index=True)
    old = old[~old["step"].isin(new["step"])]
    return pd.concat([old, new]).sort_values("step", kind="stable", ignore_index=True)


def _listed(old: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_step = {row["step"]: row for row in (*old, *rows)}
    return [by_step[step] for step in sorted(by_step)]
