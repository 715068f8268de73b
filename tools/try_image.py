"""Carry out the Dockerfile where there is no container engine, and ask the lab that comes of it.

    sudo .venv/bin/python -m tools.try_image [--folder FOLDER]

buildah reads the Dockerfile and carries out its steps in a plain chroot; it and debootstrap are
packages of Debian's (apt-get install buildah debootstrap). No image can be pulled that way, so what
`FROM` names is stood in for: Debian of the same release, by debootstrap, with its own Python 3.11
as /usr/local. Then CMD is started as the image's user, HEALTHCHECK is asked as an engine would,
each screen is opened, a run is started, and all is ended as `docker stop` ends it.

pip installs there from where pip installs here. FOLDER keeps the Debian for the next time; it takes
about 10 GB while this goes on.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tools.visitor import Visitor

ROOT = Path(__file__).parents[1]
NEEDS = ("buildah", "debootstrap")
RELEASE = "bookworm"  # the one whose own Python is 3.11
PACKAGES = "ca-certificates,netbase,tzdata,python3,python3-venv"  # as the image on the shelf has
STAND_IN, LAB = "localhost/stand-in", "localhost/lab"
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 120.0  # seconds for a start, or an end
SCREENS = ("Dataset explorer", "Train", "Doctor", "Architectures", "Attention", "Generate text")
SCREENS += ("Generate names", "Translate")

# How the run stands, and whether all that it showed is in its checkpoint.
ENDED = """
from lm_core.runs.store import ENDED, RunStore
from lm_core.training.events import Checkpointed, Step
store = RunStore()
(run,) = store.runs_with(ENDED)
steps = [store.last(kind, run.id)["step"] for kind in (Checkpointed, Step)]
print(run.status, steps[0] == steps[1])
"""


class Failed(Exception):
    """A step did not do what it should; `str(error)` is the sentence."""


class Builder:
    """buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self._storage = [f"--root={folder / 'storage'}", f"--runroot={folder / 'run'}"]

    def command(self, what: str, *more: str) -> list[str]:
        return ["buildah", *self._storage, "--storage-driver=vfs", what, *more]

    def __call__(self, what: str, *more: str) -> str:
        """Its answer.

        Raises:
            Failed: it could not, with the last that it said.
        """
        done = subprocess.run(self.command(what, *more), capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"buildah {what} failed:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout.strip()


def stand_in(builder: Builder, folder: Path) -> None:
    """What stands in for the image that `FROM` names."""
    base = folder / RELEASE
    if not (base / "usr/local/bin/pip").exists():
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(base)]
        _do(command)
        _do(["chroot", str(base), "python3", "-m", "venv", "/usr/local"])
    made = builder("from", "scratch")
    builder("add", made, str(base), "/")
    builder("config", f"--env=PATH={PATH}", made)
    builder("commit", made, STAND_IN)
    builder("rm", made)


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def pip_as_here(folder: Path) -> list[str]:
    """Mounts through which pip finds in the root what it finds here: its settings as one file, and
    what these name on this machine's disk."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    settings = dict(re.findall(r"^[\w:]+\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    conf = folder / "pip.conf"
    conf.write_text("\n".join(["[global]", *(f"{k} = {v}" for k, v in settings.items())]) + "\n")
    named = re.findall(r"(?:file://)?(/[\w./-]+)", " ".join(settings.values()))
    paths = [Path(name) for name in named if Path(name).exists()]
    # Of a folder the one two deep: the pages of an index lead to files beside them.
    paths = [Path(*path.parts[:3]) if path.is_dir() else path for path in paths]
    return [f"--volume={conf}:/etc/pip.conf:ro", *(f"--volume={p}:{p}:ro" for p in {*paths})]


def build(builder: Builder, folder: Path) -> dict[str, Any]:
    """Carry out the Dockerfile; what the image says of itself."""
    how = ["--isolation=chroot", "--format=docker", f"--from={STAND_IN}", f"--tag={LAB}"]
    builder("build", *how, *pip_as_here(folder), f"--file={ROOT / 'Dockerfile'}", str(ROOT))
    return json.loads(builder("inspect", "--type=image", LAB))["Docker"]["config"]


def look(builder: Builder, config: dict[str, Any]) -> None:
    """Start CMD, ask all there is to ask, and end it.

    Raises:
        Failed: something was not as it should be.
    """
    (port,) = (int(name.partition("/")[0]) for name in config["ExposedPorts"])
    url = f"http://127.0.0.1:{port}"
    if _answer(url):
        raise Failed(f"Port {port} is taken on this machine: end what uses it and try again.")
    inside = builder.command("run", "--isolation=chroot", builder("from", LAB), "--")
    began = time.monotonic()
    server = subprocess.Popen([*inside, *config["Cmd"]], stdin=subprocess.DEVNULL)
    try:
        while _answer(f"{url}/_stcore/health") != b"ok":
            if server.poll() is not None or time.monotonic() - began > PATIENCE:
                raise Failed("The lab did not start; what it said stands above.")
            time.sleep(0.1)
        print(f"health: ok after {time.monotonic() - began:.1f} s")
        kind, *check = config["Healthcheck"]["Test"]
        _expect(kind == "CMD" and not subprocess.run([*inside, *check]).returncode, "HEALTHCHECK")
        _expect(b"<title>" in _answer(url), "the page")
        _expect(b"lab_workers" in _answer(f"{url}/_stcore/metrics"), "metrics")
        users = {path.stat().st_uid for path in _processes(config["Cmd"])}
        _expect(users == {1000}, "run by user 1000 alone")
        asyncio.run(visit(url))
        backup = ["python", "-m", "lm_core", "backup", "--out", "/tmp/lab.zip"]
        _expect(not subprocess.run([*inside, *backup]).returncode, "backup while it goes on")
        began = time.monotonic()
        for path in _processes(config["Cmd"]):
            os.kill(int(path.name), signal.SIGTERM)
        server.wait(PATIENCE)
        print(f"ended {time.monotonic() - began:.1f} s after SIGTERM")
        ended = subprocess.run([*inside, "python", "-c", ENDED], capture_output=True, text=True)
        _expect(ended.stdout.split() == ["interrupted", "True"], "the run was saved at the end")
    finally:
        for path in _processes(config["Cmd"]):
            os.kill(int(path.name), signal.SIGKILL)
        server.wait(PATIENCE)


def _expect(true: object, what: str) -> None:
    if not true:
        raise Failed(f"Not as it should be: {what}.")
    print(f"{what}: as it should be")


async def visit(url: str) -> None:
    """Each screen, then a run until its first point."""
    async with Visitor(url) as visitor:
        await visitor.open("")
        for screen in SCREENS:
            await visitor.go(screen)
        print(f"screens: Home and {len(SCREENS)} others opened")
        await visitor.go("Train")
        await visitor.until(lambda: visitor.can_press("Start"))
        await visitor.press("Start")
        seconds = await visitor.until(lambda: visitor.figures.get("Step", "")[:1].isdigit())
        print(f"run: at step {visitor.figures['Step']} {seconds:.1f} s after Start")


def _answer(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()
    except OSError:
        return b""


def _processes(command: list[str]) -> list[Path]:
    """Those that were started by this command, as folders of /proc; not buildah, which has it among
    its words."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        except OSError:
            continue
        if words[1:] == command[1:] and Path(words[0]).name.startswith(command[0]):
            found.append(path)
    return found


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tools.try_image", description=__doc__)
    asked.formatter_class = argparse.RawDescriptionHelpFormatter
    asked.add_argument("--folder", type=Path, help="kept for the next time (default: none is)")
    folder = asked.parse_args().folder
    missing = [name for name in NEEDS if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        print(
            f"Nothing was tried: this needs root and, on Debian, apt-get install {' '.join(NEEDS)}."
        )
        return 0
    work = folder or Path(tempfile.mkdtemp(prefix="lab-image-"))
    work.mkdir(parents=True, exist_ok=True)
    builder = Builder(work)
    try:
        began = time.monotonic()
        stand_in(builder, work)
        print(f"stand-in for FROM: {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        config = build(builder, work)
        print(f"built: {time.monotonic() - began:.0f} s")
        look(builder, config)
    except (Failed, TimeoutError) as error:
        print(
            str(error) or "A screen did not come; what the lab said stands above.", file=sys.stderr
        )
        return 1
    finally:
        mounted = Path("/proc/mounts").read_text(encoding="utf-8")
        for path in [work] if folder is None else [work / "storage", work / "run"]:
            if f" {path.resolve()}/" not in mounted:  # or it would empty a folder of this machine
                shutil.rmtree(path, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
