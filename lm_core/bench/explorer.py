"""Looking at texts, measured in a real Chromium: how soon `speeches` stands there, first and again,
how soon a search is answered, how soon an n-gram of another order says its perplexity, and how long
an upload of ten megabytes takes. What the server holds in memory at the end stands beside it, and
how much of that the texts are.
"""

import statistics
import time

from lm_core.bench.browser import Visit, visit
from lm_core.bench.result import Result
from lm_core.machine import family_memory

WORDS = ("liberty", "railroad", "peace", "silver", "union", "labor", "freedom")
ORDERS, UPLOAD = 6, 10_000_000  # moves of the slider; bytes
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
    with visit() as seen:
        if seen is None:
            return []
        page = seen.page
        page.set_default_timeout(120_000)
        page.goto(seen.url)
        page.get_by_role("heading", name="Language Model Lab").wait_for()
        time.sleep(8)  # the workers import torch; a person reads the first screen
        idle = family_memory(seen.process)
        cold, warm = _opened(seen)
        ways = ("Letters", "Words in context", "Pattern")
        searched = {how: _searched(seen, how) for how in ways}
        moved = {text: _moved(seen, text) for text in ("names", "speeches")}
        held = family_memory(seen.process)
        uploaded = _uploaded(seen)
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
    if held is not None and idle is not None:
        about = {"of": "speeches and names, opened, searched and counted"}
        results.append(Result("explorer_memory_texts", (held - idle) / 1e9, "GB", False, about))
    return results


def _opened(seen: Visit) -> tuple[float, list[float]]:
    """Seconds until the first picture of the text stands there: of a server that has not read it,
    and by a click in the navigation of one that has."""
    page, began = seen.page, time.perf_counter()
    page.goto(f"{seen.url}/dataset_explorer?text=speeches")
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


def _searched(seen: Visit, how: str) -> list[float]:
    """Milliseconds from Enter until another answer stands there."""
    page = seen.page
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
        times.append(seen.timed(SAID, where, lambda field=field: field.press("Enter")))
        time.sleep(1)
    return times[1:]  # the first pays for what is made once


def _moved(seen: Visit, text: str) -> list[float]:
    """Milliseconds from a key on the slider until the perplexity is that of the other order."""
    page = seen.page
    page.goto(f"{seen.url}{RUNS}{text}")
    page.locator("[data-testid=stMetricValue]").first.wait_for()
    page.locator(DRAWN).nth(1).wait_for()
    time.sleep(3)
    times = []
    for turn in range(ORDERS + 1):
        page.get_by_role("slider", name="Order").focus()
        key = "ArrowRight" if turn % 2 else "ArrowLeft"
        where = ["[data-testid=stMetricValue]", ""]
        times.append(seen.timed(SAID, where, lambda key=key: page.keyboard.press(key)))
        time.sleep(1.5)
    return times[1:]


def _uploaded(seen: Visit) -> float:
    """Seconds from the choice of a file until what it holds can be taken."""
    page, file = seen.page, seen.home / "upload.txt"
    line = "We the people of the town have read this line before, and shall read it again.\n"
    file.write_text("".join(f"{k} {line}" for k in range(UPLOAD // (len(line) + 7))))
    page.goto(f"{seen.url}/dataset_explorer?text=names")
    page.get_by_role("combobox", name="Text").first.click()
    page.get_by_role("option", name="Your own text").click()
    page.get_by_role("radio", name="Upload a file", exact=True).click()
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    began = time.perf_counter()
    chooser.set_input_files(str(file))
    page.get_by_role("button", name="Use this text").wait_for()
    return time.perf_counter() - began
