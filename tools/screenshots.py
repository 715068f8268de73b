"""Take the README's pictures from the running lab.

    python -m tools.screenshots [--out docs/screenshots]

Every screen of the navigation as a person first meets it, wide and light, Train in the middle of a
run; the first screen dark as well, and all of them on a phone with --phone.
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
LINKS = "[data-testid=stSidebarNavLink]"
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def settle(page: Page) -> None:
    """Wait until the script has run and the charts have drawn."""
    page.wait_for_selector(IDLE, timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # charts draw after the last message, with no sign of the end


def screens(browser: Browser, lab: LabServer) -> list[tuple[str, str]]:
    """(file name, address) of every screen that the navigation lists, the first one included."""
    with browser.new_page(base_url=lab.url, viewport=WIDE) as page:
        page.goto("/")
        page.wait_for_selector(LINKS)
        addresses = [link.get_attribute("href") or "" for link in page.locator(LINKS).all()]
    slugs = [address.split("?")[0].rstrip("/").split("/")[-1] for address in addresses]
    named = [slug if ":" not in slug and slug else "home" for slug in slugs]
    return list(zip(named, addresses, strict=True))


def train_a_while(page: Page) -> None:
    """Start a run and wait until there is a curve to look at."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_timeout(1000 * SECONDS_OF_TRAINING)


def pictures(browser: Browser, lab: LabServer, *, phone: bool) -> Iterator[tuple[str, bytes]]:
    """(file name, PNG) one after the other."""
    looks: list[tuple[str, str, dict[str, int]]] = [("", "light", WIDE), ("_dark", "dark", WIDE)]
    if phone:
        looks.append(("_phone", "light", PHONE))
    for place, (name, address) in enumerate(screens(browser, lab)):
        for suffix, scheme, size in looks:
            if scheme == "dark" and place > 0:
                continue
            with browser.new_page(
                base_url=lab.url, viewport=size, color_scheme=scheme, reduced_motion="reduce"
            ) as page:
                page.goto(address)
                settle(page)
                if name == "train":
                    train_a_while(page)
                yield f"{name}{suffix}.png", page.screenshot()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of every screen.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--phone", action="store_true", help="also at the width of a phone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    path = find_chromium()
    if path is None:
        parser.exit(1, MISSING + "\n")
    with (
        tempfile.TemporaryDirectory() as home,
        LabServer(Path(home)) as lab,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=list(FLAGS)) as browser,
    ):
        for name, picture in pictures(browser, lab, phone=options.phone):
            (options.out / name).write_bytes(picture)
            print(options.out / name)


if __name__ == "__main__":
    main()
