"""Find a Chromium for the browser tests and the screenshots, or get one.

    python -m tools.chromium        get one where there is none

Debian's package where apt-get may install it, else Playwright's own download, else one sentence.
Ubuntu's package only leads to a snap, which cannot see the temporary folders that tests use.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # root has no sandbox, and only our own page on this machine is opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # The rest keeps the browser itself from calling anyone.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "No Chromium was found for the browser tests: install one (on Debian: sudo apt-get install "
    "chromium; elsewhere: .venv/bin/python -m playwright install --with-deps chromium) and run "
    "make again."
)
ROOT = Path(__file__).parents[1]


def find_chromium(downloaded: str) -> str | None:
    """Path of a browser that starts: one on PATH, else Playwright's own at `downloaded`."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in [*found, downloaded] if _starts(path)), None)


def required() -> bool:
    """Whether a missing browser is a failure (CI) and not a reason to skip (a person's machine)."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _starts(path: str) -> bool:
    # Ubuntu's stand-in for its snap is there and does not start.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _downloaded() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _from_debian() -> bool:
    if _linux_name() == "ubuntu":
        return False
    # A bare machine has no fonts, and a page without letters tests little.
    command = ["sh", str(ROOT / "tools/apt.sh"), "chromium", "fonts-dejavu-core"]
    return shutil.which("sh") is not None and subprocess.run(command).returncode == 0


def _linux_name() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def _from_playwright() -> None:
    install = [sys.executable, "-m", "playwright", "install"]
    subprocess.run([*install, "chromium"], stdin=subprocess.DEVNULL)
    if _may_install() and not _starts(_downloaded()):  # libraries of the system are missing
        subprocess.run([*install, "--with-deps", "chromium"], stdin=subprocess.DEVNULL)


def _may_install() -> bool:
    """Root, or sudo without a password: otherwise Playwright would stop and ask for one."""
    if not hasattr(os, "geteuid"):
        return True  # Windows needs nothing beside the browser
    if os.geteuid() == 0:
        return True
    sudo = shutil.which("sudo")
    return sudo is not None and subprocess.run([sudo, "-n", "true"]).returncode == 0


def main() -> int:
    downloaded = _downloaded()
    if find_chromium(downloaded):
        return 0
    if not (_from_debian() and find_chromium(downloaded)):
        _from_playwright()
    if find_chromium(downloaded):
        return 0
    print(MISSING, file=sys.stderr)
    return 1 if required() else 0


if __name__ == "__main__":
    sys.exit(main())
