"""Take the README's pictures from the running lab.

    python -m tools.screenshots [--out docs/screenshots] [--all]

Screens as a person first meets them, wide and light, Train in the middle of a run; the first screen
dark as well. Those that are kept, or with --all every screen of the navigation, with --phone on a
phone, too.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools.chromium import FLAGS, MISSING, find_chromium
from tools.lab_server import ROOT, LabServer

WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
SECONDS_OF_TRAINING = 20  # of the minute that the screen offers: by then it has visibly learned
KEPT = ("home", "train", "architectures", "attention", "dataset_explorer", "doctor")
KEPT += ("generate_names", "generate_text")
LINKS = "[data-testid=stSidebarNavLink]"
LEFT = """seconds => {  // by the run's own clock, which begins with its first step
  const box = [...document.querySelectorAll("[data-testid=stMetric]")]
    .find((one) => one.innerText.startsWith("Time left"))
  const [, minutes, rest] = box?.innerText.match(/(\\d+):(\\d+)/) ?? []
  return minutes !== undefined && 60 * minutes + 1 * rest <= seconds
}"""
PATIENCE = 300_000  # ms, as a machine may be busy with other work
GREY = "[data-testid=stSkeleton]"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def settle(page: Page) -> None:
    """Wait until the script has run and the charts have drawn."""
    page.wait_for_selector(IDLE, timeout=PATIENCE)
    page.wait_for_load_state("networkidle", timeout=PATIENCE)
    # grey until the code that draws it is there
    page.wait_for_function(f"!document.querySelector('{GREY}')", timeout=PATIENCE)
    page.wait_for_timeout(1500)  # charts draw after the last message, with no sign of the end


def screens(browser: Browser, lab: LabServer) -> list[tuple[str, str]]:
    """(file name, address) of every screen that the navigation lists, the first one included."""
    with browser.new_page(base_url=lab.url, viewport=WIDE) as page:
        page.goto("/")
        settle(page)
        addresses = page.locator(LINKS).evaluate_all("all => all.map((one) => one.pathname)")
    return [(address.rstrip("/").split("/")[-1] or "home", address) for address in addresses]


def train_a_while(page: Page) -> None:
    """Start a run and wait until there is a curve to look at."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_function(LEFT, arg=60 - SECONDS_OF_TRAINING, timeout=PATIENCE)


def pictures(
    browser: Browser, lab: LabServer, *, every: bool, phone: bool
) -> Iterator[tuple[str, bytes]]:
    """(file name, PNG) one after the other."""
    looks: list[tuple[str, str, dict[str, int]]] = [("", "light", WIDE), ("_dark", "dark", WIDE)]
    if phone:
        looks.append(("_phone", "light", PHONE))
    for place, (name, address) in enumerate(screens(browser, lab)):
        for suffix, scheme, size in looks:
            if (scheme == "dark" and place > 0) or not (every or name in KEPT):
                continue
            with browser.new_page(
                base_url=lab.url, viewport=size, color_scheme=scheme, reduced_motion="reduce"
            ) as page:
                page.set_default_timeout(PATIENCE)
                page.goto(address)
                settle(page)
                if name == "train":
                    train_a_while(page)
                yield f"{name}{suffix}.png", page.screenshot()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of every screen.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true", help="every screen, not only those kept")
    parser.add_argument("--phone", action="store_true", help="also at the width of a phone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = find_chromium()
    if path is None:
        parser.exit(1, MISSING + "\n")
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home), seconds=PATIENCE / 1000) as lab,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=list(FLAGS)) as browser,
    ):
        for name, picture in pictures(browser, lab, every=options.all, phone=options.phone):
            (options.out / name).write_bytes(picture)
            print(options.out / name)


if __name__ == "__main__":
    main()
