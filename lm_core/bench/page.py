"""The page measured in a real Chromium: the first point after the click on Start, how long a click
on any screen takes until its answer stands there, with and without a run that trains, and how long
a curve of 20,000 points takes to be drawn anew.

Needs a checkout and its development tools (`make test` installs them); without them it measures
nothing and says so in the result's absence.
"""

import statistics
import time
from pathlib import Path
from typing import Any

from lm_core.bench.browser import Visit, visit
from lm_core.bench.result import Result
from lm_core.bench.timing import p95

CLICKS = 40  # on each side of the comparison; the 95th percentile is then the second slowest
SCREENS = ("Dataset explorer", "Doctor", "Architectures", "Attention")
SCREENS += ("Generate text", "Generate names")
FAMILIES = ("LSTM", "Transformer")  # on Architectures, chosen in turn
POINTS, REDRAWS, VISITS = 20_000, 20, 7


def bench_page() -> list[Result]:
    """First point, refresh, clicks idle and clicks while a run trains."""
    with visit() as seen:
        if seen is None:
            return []
        page = seen.page
        began = time.perf_counter()
        page.goto(seen.url)
        page.get_by_role("heading", name="Language Model Lab").wait_for(timeout=60_000)
        opened = time.perf_counter() - began
        time.sleep(8)  # the workers import torch; a person reads the first screen
        for screen in SCREENS * 2:  # what the browser loads and compiles once is not measured
            _open(page, screen)
            time.sleep(1.5)
        idle, race = _clicks(page), _race(page)
        _open(page, "Train")
        page.get_by_text("5 min", exact=True).click()
        time.sleep(2)
        began = time.perf_counter()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_function(FIRST_POINT, timeout=60_000)
        first = time.perf_counter() - began
        time.sleep(2)
        busy, widgets = _clicks(page), _choices(page)
        redraws = _redraws(seen)
    about: dict[str, Any] = {"clicks": CLICKS, "screens": len(SCREENS)}
    return [
        Result("page_open", opened, "s", False),
        Result("page_first_point", first, "s", False),
        Result("race_open", statistics.median(race), "ms", False, {"visits": len(race)}),
        Result("click_p95_idle", p95(idle), "ms", False, about),
        Result("click_p95_training", p95(busy), "ms", False, about),
        Result("click_median_training", statistics.median(busy), "ms", False, about),
        Result("choice_p95_training", p95(widgets), "ms", False, {"clicks": len(widgets)}),
        Result("redraw_median", statistics.median(redraws), "ms", False, {"points": POINTS}),
        Result("redraw_p95", p95(redraws), "ms", False, {"points": POINTS}),
    ]


FIRST_POINT = """() => {
    const figures = [...document.querySelectorAll('[data-testid=stMetricValue]')];
    return figures.length > 0 && figures[0].innerText.trim() !== '–';
}"""


def _open(page: Any, screen: str) -> None:
    page.get_by_role("link", name=screen, exact=True).click()
    page.get_by_role("heading", name=screen, exact=True).first.wait_for(timeout=60_000)


# Measured by the page's own clock, frame by frame: a driver that asks from outside adds its own
# waiting between two questions.
ANSWERED = """async ([pressed, selector, words]) => {
    const began = performance.now();
    pressed.click();
    await new Promise((done) => {
        const look = () => {
            const shown = [...document.querySelectorAll(selector)].map((e) => e.innerText.trim());
            shown.includes(words) ? done() : requestAnimationFrame(look);
        };
        look();
    });
    return performance.now() - began;
}"""


def _clicks(page: Any) -> list[float]:
    """Milliseconds from a click in the navigation until the screen's heading stands there."""
    times = []
    for i in range(CLICKS):
        screen = SCREENS[i % len(SCREENS)]
        link = page.get_by_role("link", name=screen, exact=True).element_handle()
        times.append(page.evaluate(ANSWERED, [link, "h1", screen]))
        time.sleep(1.0)
    return times


def _choices(page: Any) -> list[float]:
    """Milliseconds from choosing a family on Architectures until its sentence stands there."""
    _open(page, "Architectures")
    times = []
    for i in range(CLICKS // 2):
        time.sleep(1.0)
        family = FAMILIES[i % 2]
        choice = page.get_by_role("radio", name=family, exact=True).element_handle()
        times.append(page.evaluate(ANSWERED, [choice, "strong", f"{family}."]))
    return times


# From a click in the navigation until the lines of a race that ships are drawn.
RACED = """async (pressed) => {
    const began = performance.now();
    pressed.click();
    await new Promise((done) => {
        const look = () => document.querySelector(
            '[data-testid=stVegaLiteChart] .mark-line path') ? done() : requestAnimationFrame(look);
        look();
    });
    return performance.now() - began;
}"""


def _race(page: Any) -> list[float]:
    """Milliseconds from a click in the navigation to the race that ships."""
    times = []
    for _ in range(VISITS):
        _open(page, "Attention")
        time.sleep(1.5)
        link = page.get_by_role("link", name="Compare", exact=True).element_handle()
        times.append(page.evaluate(RACED, link))
        time.sleep(1.0)
    return times[1:]  # the first loads what the browser keeps


# From a key on the smoothing slider until the line it smooths has moved.
REDRAWN = """async () => {
    const line = () => [...document.querySelectorAll(
        '[data-testid=stVegaLiteChart] .mark-line path')].map((e) => e.getAttribute('d')).join();
    const before = line();
    const pressed = await new Promise((done) =>
        addEventListener('keydown', () => done(performance.now()), {once: true, capture: true}));
    await new Promise((done) => {
        const look = () => (line() === before ? requestAnimationFrame(look) : done());
        look();
    });
    return performance.now() - pressed;
}"""


def _redraws(seen: Visit) -> list[float]:
    """Milliseconds from a change of the smoothing until the curve of a long run is drawn with it:
    a round trip to the server, all points smoothed and decimated, the chart changed in place."""
    page = seen.page
    page.get_by_role("link", name="Train", exact=True).click()
    page.goto(f"{seen.url}/train?run={_long_run(seen.home, seen.visitor)}")
    page.get_by_text(f"{POINTS:,}", exact=True).first.wait_for(timeout=60_000)
    page.get_by_role("button", name="Scale").click()
    slider = page.get_by_role("slider", name="Smoothing")
    times = []
    for i in range(REDRAWS + 1):
        time.sleep(1.0)
        slider.focus()
        measured = page.evaluate_handle(f"({{time: ({REDRAWN})()}})")
        page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
        times.append(measured.evaluate("async (it) => await it.time"))
    return times[1:]  # the first pays for what the browser compiles once


def _long_run(home: Path, owner: str) -> str:
    """A run with many points in the store, as if it had been trained: noise around a curve that
    falls. Nothing but the drawing is measured with it."""
    import random

    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore
    from lm_core.training.events import Evaluated, Step

    store, noise = RunStore(home), random.Random(0)
    run = store.create(owner, "Long", default_spec(CorpusSpec(), "transformer").to_dict())
    store.update(run, status="finished")
    nats = {k: 2.0 + k**-0.3 + noise.gauss(0, 0.1) for k in range(1, POINTS + 1)}
    store.record(run, (Step(k, 64 * k, k / 100, nats[k], 0.01, 0.5, 6400.0) for k in nats))
    scored = range(100, POINTS, 100)
    store.record(run, (Evaluated(k, 64 * k, "validation", nats[k], 99, False) for k in scored))
    return run
