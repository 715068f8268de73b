"""Looking at texts, measured in a real Chromium: how soon `speeches` stands there, first and again,
how soon a search is answered, how soon an n-gram of another order says its perplexity, and how long
an upload of ten megabytes takes. What the server holds in memory at the end stands beside it.

Needs a checkout and its development tools, as `page.py` does.
"""

import importlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lm_core.bench.result import Result
from lm_core.machine import family_memory

WORDS = ("liberty", "railroad", "peace", "silver", "union", "labor", "freedom")
ORDERS, UPLOAD = 6, 10_000_000  # moves of the slider; bytes
LOOKS = "/dataset_explorer?text=speeches&explorer-look="
RUNS = "/counting?counting-part=Longer+runs&text="

# From a key or a click until the words that match are others than before.
SAID = """async ([selector, begins]) => {
    const seen = () => [...document.querySelectorAll(selector)]
        .map((e) => e.innerText.trim()).filter((t) => t.startsWith(begins)).join('|');
    const before = seen();
    const pressed = await new Promise((done) => {
        const now = () => done(performance.now());
        addEventListener('keydown', now, {once: true, capture: true});
    });
    await new Promise((done) => {
        const look = () => {
            const now = seen();
            now && now !== before ? done() : requestAnimationFrame(look);
        };
        look();
    });
    return performance.now() - pressed;
}"""
DRAWN = "[data-testid=stPlotlyChart] .main-svg"


def bench_explorer() -> list[Result]:
    """Dataset explorer and Counting as a visitor waits for them."""
    try:
        server = importlib.import_module("tools.lab_server")
        chromium = importlib.import_module("tools.chromium")
        play = importlib.import_module("playwright.sync_api")
    except ImportError:
        return []
    path = chromium.find_chromium()
    if path is None:
        return []
    with (
        tempfile.TemporaryDirectory(prefix="lm-bench-") as home,
        server.LabServer(Path(home)) as lab,
        play.sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(120_000)
        page.goto(lab.url)
        page.get_by_role("heading", name="Language Model Lab").wait_for()
        time.sleep(8)  # the workers import torch; a person reads the first screen
        cold, warm = _opened(page, lab.url)
        searched = {how: _searched(page, how) for how in ("Letters", "Words in context", "Pattern")}
        moved = {text: _moved(page, lab.url, text) for text in ("names", "speeches")}
        held = family_memory(lab.process)
        uploaded = _uploaded(page, lab.url, Path(home))
        browser.close()
    results = [
        Result("explorer_cold", cold, "s", False, {"text": "speeches"}),
        Result("explorer_warm", statistics.median(warm), "s", False, {"text": "speeches"}),
        *(
            Result("explorer_search", statistics.median(ms), "ms", False, {"as": how})
            for how, ms in searched.items()
        ),
        *(
            Result("counting_order", statistics.median(ms), "ms", False, {"text": text})
            for text, ms in moved.items()
        ),
        Result("upload", uploaded, "s", False, {"bytes": UPLOAD}),
    ]
    if held is not None:
        about = {"of": "the server and its workers"}
        results.append(Result("explorer_memory", held / 1e9, "GB", False, about))
    return results


def _opened(page: Any, url: str) -> tuple[float, list[float]]:
    """Seconds until the first picture of the text stands there: of a server that has not read it,
    and by a click in the navigation of one that has."""
    began = time.perf_counter()
    page.goto(f"{url}/dataset_explorer?text=speeches")
    page.locator(DRAWN).first.wait_for()
    cold, warm = time.perf_counter() - began, []
    for _ in range(5):
        time.sleep(2)
        page.get_by_role("link", name="Train", exact=True).click()
        page.get_by_role("heading", name="Train", exact=True).first.wait_for()
        time.sleep(2)
        began = time.perf_counter()
        page.get_by_role("link", name="Dataset explorer", exact=True).click()
        page.get_by_role("heading", name="Dataset explorer", exact=True).first.wait_for()
        page.locator(DRAWN).first.wait_for()
        warm.append(time.perf_counter() - began)
    return cold, warm


def _timed(page: Any, where: list[str], press: Callable[[], None]) -> float:
    measured = page.evaluate_handle("([look, on]) => ({time: eval(look)(on)})", [SAID, where])
    press()
    return measured.evaluate("async (it) => await it.time")


def _searched(page: Any, how: str) -> list[float]:
    """Milliseconds from Enter until another answer stands there."""
    if page.get_by_role("textbox", name="Look for").count() == 0:
        page.get_by_role("radio", name="Search", exact=True).click()
    page.get_by_role("textbox", name="Look for").wait_for()
    page.get_by_role("radio", name=how, exact=True).click()
    time.sleep(6)
    times = []
    for word in WORDS:
        field = page.get_by_role("textbox", name="Look for")
        field.fill(word)
        time.sleep(0.5)
        where = ["[data-testid=stMarkdown]", ""]
        times.append(_timed(page, where, lambda field=field: field.press("Enter")))
        time.sleep(1)
    return times[1:]  # the first pays for what is made once


def _moved(page: Any, url: str, text: str) -> list[float]:
    """Milliseconds from a key on the slider until the perplexity is that of the other order."""
    page.goto(f"{url}{RUNS}{text}")
    page.locator("[data-testid=stMetricValue]").first.wait_for()
    page.locator(DRAWN).nth(1).wait_for()
    time.sleep(3)
    times = []
    for turn in range(ORDERS + 1):
        page.get_by_role("slider", name="Order").focus()
        key = "ArrowRight" if turn % 2 else "ArrowLeft"
        where = ["[data-testid=stMetricValue]", ""]
        times.append(_timed(page, where, lambda key=key: page.keyboard.press(key)))
        time.sleep(1.5)
    return times[1:]


def _uploaded(page: Any, url: str, home: Path) -> float:
    """Seconds from the choice of a file until what it holds can be taken."""
    file = home / "upload.txt"
    line = "We the people of the town have read this line before, and shall read it again.\n"
    file.write_text("".join(f"{k} {line}" for k in range(UPLOAD // (len(line) + 7))))
    page.goto(f"{url}/dataset_explorer?text=names")
    page.get_by_role("combobox", name="Text").first.click()
    page.get_by_role("option", name="Your own text").click()
    page.get_by_role("radio", name="Upload a file", exact=True).click()
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    began = time.perf_counter()
    chooser.set_input_files(str(file))
    page.get_by_role("button", name="Use this text").wait_for()
    return time.perf_counter() - began
