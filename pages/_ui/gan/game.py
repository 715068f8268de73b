"""The game on points: what is made, what the judge thinks of each place, and both losses."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import models, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source

if TYPE_CHECKING:
    from lm_core.evaluation.game_course import Course
    from lm_core.runs.store import Run

FILE = models.SHIPPED / "studies" / "games.json"
TASK = "adversarial-points"
CURVES = {
    "losses": ("Losses of both", ("judge's loss", "maker's loss"), "nats"),
    "sure": ("How sure the judge is, on average", ("D of real", "D of made"), "share of 1"),
    "distance": ("How far made points are from real ones", ("energy distance",), "distance"),
    "covered": ("What is made, and what is left out", ("density", "coverage"), "share"),
}
NOTICES = {
    "usual": "Within some hundred steps all eight heaps are found. The judge's loss nears "
    "ln 2 = 0.693 and D nears 1/2: it can no longer tell, and that is where the game ends.",
    "saturating": "The maker's loss is ln(1 - D), below zero by its nature. On points the judge is "
    "never quite sure, so its gradient does not vanish here, and the game ends as well.",
    "five": "A better judge teaches more in each step, and takes five times the work. Watch "
    "whether the maker is still taught where the judge is sure.",
    "momentum": "With full momentum each overshoots what the other has just left, and they run "
    "round each other: the loss goes up and down and says nothing of how good the points are.",
}


def show() -> None:
    """The part of the screen."""
    st.write(
        "The **maker** G turns noise z into points. The **judge** D sees points and says how "
        "likely each is real. D learns to tell, G learns from D's answer which way to move: nobody "
        "ever shows G a real point."
    )
    st.latex(r"\min_G \max_D \; \mathbb{E}_x \ln D(x) + \mathbb{E}_z \ln\big(1 - D(G(z))\big)")
    courses = _courses()
    names = {course.name: course for course in courses}
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Game",
        list(names),
        format_func=lambda name: names[name].title,
        key="gan-game",
        bind="query-params",
    )
    course = names[chosen]
    steps = [frame.step for frame in course.frames]
    with right:
        step = st.select_slider(
            "After step",
            steps,
            steps[-1],
            format_func=lambda n: f"{n:,}",
            key=f"gan-step-{chosen}",
            bind="query-params",
        )
    _picture(course, step)
    _curves(course, step)
    if chosen in NOTICES:
        st.markdown(f"**What to notice.** {NOTICES[chosen]}")
    show_source(task_code(), "The code: the game as a task")


def task_code() -> object:
    """The module, read when it is shown."""
    from lm_core.tasks import adversarial

    return adversarial


def _picture(course: "Course", step: int) -> None:
    import numpy as np

    from lm_core.charts.points import points

    frame = next(one for one in course.frames if one.step == step)
    rows = [("real", *place) for place in course.real] + [("made", *place) for place in frame.made]
    chart = points(
        rows,
        title=f"Made and real points after step {step:,}",
        field=np.array(frame.field),
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="gan-points")
    st.caption(
        "The ground shows D: how likely the judge takes a point there for real. G moves its points "
        "uphill on it, then D redraws the hills."
    )


def _curves(course: "Course", step: int) -> None:
    from lm_core.charts.courses import courses

    if not course.figures:
        return
    shown = st.segmented_control(
        "What is drawn over the steps",
        list(CURVES),
        default="losses",
        required=True,
        format_func=lambda name: CURVES[name][0],
        key="gan-curves",
        bind="query-params",
        label_visibility="collapsed",
    )
    title, names, unit = CURVES[shown]
    level = {"losses": ("ln 2", 0.6931), "sure": ("one half", 0.5)}.get(shown)
    chart = courses(
        [row["step"] for row in course.figures],
        {name: [row[name] for row in course.figures] for name in names},
        title=title,
        over="step",
        unit=unit,
        at=step,
        level=level,
    )
    show_chart(chart, key="gan-curve")


def _courses() -> "list[Course]":
    """Those that ship, then the visitor's own games on points, the latest first."""
    from lm_core.evaluation.game_course import read_courses

    return _shipped(FILE.stat().st_mtime if FILE.exists() else 0.0, read_courses) + [
        course for run in own_runs()[:4] if (course := _own(run)) is not None
    ]


@st.cache_data(max_entries=2, show_spinner=False)
def _shipped(stamp: float, _read: object) -> "list[Course]":
    return _read(FILE)


def own_runs() -> "list[Run]":
    """The visitor's games on points."""
    runs = session.manager().store.runs_of(session.visitor())
    return [run for run in runs if run.spec.get("task", {}).get("name") == TASK]


def _own(run: "Run") -> "Course | None":
    """A run as a course: its snapshots; None where it has none yet."""
    from lm_core.corpora import load_corpus
    from lm_core.evaluation.game_course import Course, rounded
    from lm_core.runs.snapshots import snapshot_steps
    from lm_core.training.events import Evaluated

    store = session.manager().store
    steps = snapshot_steps(store, run.id)
    if not steps:
        return None
    frames = [_frame(run.id, step) for step in steps]
    rows = [row for row in store.since(Evaluated, run.id) if row["split"] == "validation"]
    figures = [
        {"step": row["step"], "energy distance": row["nats"], **row["metrics"]} for row in rows
    ]
    real = load_corpus(run.spec["data"]["name"]).splits["validation"].places[:250]
    title = f"Yours: {plain(run.title)}"
    return Course(run.id, title, run.spec, rounded(real.tolist()), frames, figures)


@st.cache_data(max_entries=200, show_spinner="Reading the steps of your game …")
def _frame(run: str, step: int) -> object:
    from lm_core.evaluation.game_course import frame
    from lm_core.runs.snapshots import load_snapshot

    return frame(load_snapshot(session.manager().store, run, step), step)
