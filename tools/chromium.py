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
# Playwright's driver is a Node.js that wants libatomic1, and a bare machine has no fonts: a page
# without letters tests little.
DEBIAN = ("chromium", "fonts-dejavu-core", "libatomic1")
MISSING = (
    "No Chromium that Playwright can drive was found for the browser tests: install one (on "
    f"Debian: sudo apt-get install {' '.join(DEBIAN)}; elsewhere: .venv/bin/python -m playwright "
    "install --with-deps chromium) and run make again."
)
ROOT = Path(__file__).parents[1]


def find_chromium() -> str | None:
    """Path of a browser that starts: one on PATH, else the one that Playwright downloaded."""
    downloaded = _downloaded()
    if downloaded is None:
        return None
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


def _downloaded() -> str | None:
    """Where Playwright's own browser is or would be; None if Playwright itself does not start.

    Asked in a process of its own, because a test may have Playwright running in this one.
    """
    code = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def _from_debian() -> None:
    if shutil.which("sh") and _linux_name() != "ubuntu":
        subprocess.run(["sh", str(ROOT / "tools" / "apt.sh"), *DEBIAN])


def _linux_name() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def _from_playwright() -> None:
    # With the system's libraries where that is allowed; otherwise Playwright would stop and ask
    # for a password.
    libraries = ["--with-deps"] if _may_install() else []
    install = [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]
    # Progress is shown; of a failure only our own sentence, not a page of Node.js.
    subprocess.run(install, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _may_install() -> bool:
    if not hasattr(os, "geteuid"):
        return False  # Windows needs nothing beside the browser
    sudo = shutil.which("sudo")
    return os.geteuid() == 0 or (
        sudo is not None
        and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0
    )


def main() -> int:
    for get in (_from_debian, _from_playwright):
        if find_chromium():
            return 0
        get()
    if find_chromium():
        return 0
    print(MISSING, file=sys.stderr)
    return 1 if required() else 0


if __name__ == "__main__":
    sys.exit(main())
