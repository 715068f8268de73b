"""A model adapted, compared and made smaller, as a visitor does it, in a real Chromium: from the
Fine-tune screen with a model that ships, by what it won and forgot, to every scheme of Quantize.

`walk` is also what a test walks, which asks what is seen and not how long it took.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from lm_core.bench.browser import visit
from lm_core.bench.result import Result
from lm_core.quantize.schemes import SCHEMES

MODEL, TEXT, BUDGET = "Transformer, US first names, 2017", "speeches", "10 s"
STAGES = ("adapt", "compare", "quantize")


def bench_adapt() -> list[Result]:
    """Seconds from opening Fine-tune until all of it stands there, and of each stage."""
    with visit() as seen:
        if seen is None:
            return []
        ends = [time.perf_counter()]
        walk(seen.page, seen.url, lambda stage: ends.append(time.perf_counter()))
    about = {"model": MODEL, "text": TEXT, "budget": BUDGET, "schemes": len(SCHEMES)}
    spent = zip(STAGES, ends[:-1], ends[1:], strict=True)
    return [
        Result("adapt_walk", ends[-1] - ends[0], "s", False, about),
        *(Result(f"adapt_walk_{name}", b - a, "s", False, about) for name, a, b in spent),
    ]


def walk(page: Any, url: str, done: Callable[[str], None]) -> None:
    """`page` of playwright goes through all three; `done` is told the name of each when it is.

    Raises:
        playwright.sync_api.Error: what should be seen is not.
    """
    page.goto(f"{url}/fine_tune?text={TEXT}")
    page.get_by_role("combobox").first.click()  # of the models, above that of the texts
    page.get_by_role("option", name=MODEL).click()
    page.get_by_text(re.compile("336,960 of 336,960 numbers learn")).wait_for()
    page.get_by_text(BUDGET, exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/train\?.*run="))
    page.get_by_text(re.compile("^Done: the budget is spent")).wait_for()
    done("adapt")
    page.goto(f"{url}/fine_tune?tune-view=What came of it")
    for heading in ("Won and lost", "What it writes", "How many directions the change has"):
        page.get_by_role("heading", name=heading).wait_for()
    page.get_by_text(re.compile("a change of rank .* would leave out")).wait_for()
    done("compare")
    page.goto(f"{url}/quantize?quantize-view=All schemes")
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name=re.compile("^Yours: Every weight")).click()
    page.get_by_role("button", name="Measure all schemes").click()
    page.get_by_text(re.compile("int8 with a scale a channel costs")).wait_for()
    done("quantize")
