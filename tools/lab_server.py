"""Start the real lab on a free port and stop it with every process it started.

    with LabServer(home=folder) as lab:
        print(lab.url)              # http://localhost:40123

The browser tests, the screenshots and the click benchmark all use it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[1]


class LabServer:
    """The page as `make run` serves it, with a home folder of its own.

    `home` is created if need be; the server's words go to `server.log` in it. `environment` changes
    the environment of this process (None removes a name). `prefix`, as "/lab", is the path of its
    addresses before that of a screen. `seconds` is how long a start may take.
    """

    def __init__(
        self,
        home: Path,
        *,
        app: Path = ROOT / "app.py",
        environment: Mapping[str, str | None] | None = None,
        prefix: str = "",
        seconds: float = 60,
    ) -> None:
        self.home = home
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}{prefix}"
        self._app, self._seconds = app, seconds
        self._log = home / "server.log"
        changed = {**os.environ, **(environment or {}), "LM_LAB_HOME": str(home)}
        if prefix:
            changed["STREAMLIT_SERVER_BASE_URL_PATH"] = prefix
        self._environment = {name: value for name, value in changed.items() if value is not None}
        self._process: subprocess.Popen | None = None

    def __repr__(self) -> str:
        return f"LabServer({self.url!r})"

    def __enter__(self) -> "LabServer":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def process(self) -> int:
        """The id of a server that was started; its workers are its children."""
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything the server has said so far."""
        return self._log.read_text(errors="replace")

    def start(self) -> None:
        """Return once the page can be opened.

        Raises:
            RuntimeError: it ended, or was not ready in time; the message holds its log.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "streamlit", "run", str(self._app)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--server.port={self.port}"],
                cwd=self._app.parent,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, so that its workers end with it
            )
        end = time.monotonic() + self._seconds
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"The lab did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server and its workers: politely, and after ten seconds without asking."""
        if self._process is None:
            return
        for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            if _signal_group(self._process.pid, sign) and self._ended(patience):
                break
        self._process = None

    def _ended(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._process.poll()  # reaps the server, which would otherwise stay in the group
            if not _signal_group(self._process.pid, 0):
                return True
            time.sleep(0.05)
        return False

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _signal_group(group: int, sign: int) -> bool:
    """Whether anyone was left in the group to hear it."""
    try:
        os.killpg(group, sign)
    except (ProcessLookupError, PermissionError):  # macOS's word for a group of none but zombies
        return False
    return True
