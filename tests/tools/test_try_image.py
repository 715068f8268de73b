"""What can be told of the Dockerfile, and of the tool that carries it out, without a builder."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools import try_image

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


class Asked(BaseHTTPRequestHandler):
    """A server that is well at one path alone."""

    well = "/_stcore/health"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == self.well else 404)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("prefix", "well", "finds"),
    [
        ("", "/_stcore/health", True),
        ("lab", "/lab/_stcore/health", True),
        ("/lab/", "/lab/_stcore/health", True),
        ("lab", "/_stcore/health", False),
    ],
)
def test_the_health_check_asks_where_the_lab_is_served(
    port: int, monkeypatch: pytest.MonkeyPatch, prefix: str, well: str, finds: bool
) -> None:
    command = json.loads(re.search(r"^HEALTHCHECK .*?CMD (\[.*?\])$", joined(), re.MULTILINE)[1])
    monkeypatch.setattr(Asked, "well", well)
    done = subprocess.run(
        [sys.executable, *(part.replace("8501", str(port)) for part in command[1:])],
        env={**os.environ, "STREAMLIT_SERVER_BASE_URL_PATH": prefix},
        capture_output=True,
    )
    assert (done.returncode == 0) == finds


def joined() -> str:
    """The Dockerfile with each step on one line."""
    return DOCKERFILE.replace("\\\n", " ")


def test_the_stand_in_is_of_the_release_that_from_names() -> None:
    (image,) = re.findall(r"^FROM (\S+)$", DOCKERFILE, re.MULTILINE)
    assert image == f"python:3.11-slim-{try_image.RELEASE}"


def test_where_it_cannot_be_tried_that_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(try_image.shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["try_image"])
    assert try_image.main() == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Nothing was tried: ")


def test_pip_finds_there_what_it_finds_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    said = f"global.find-links='{wheels}'\n:env:.timeout='7'\n"
    done = subprocess.CompletedProcess([], 0, stdout=said)
    monkeypatch.setattr(try_image.subprocess, "run", lambda *given, **how: done)
    mounts = try_image.pip_as_here(tmp_path)
    assert (tmp_path / "pip.conf").read_text() == f"[global]\nfind-links = {wheels}\ntimeout = 7\n"
    two_deep = Path(*wheels.parts[:3])
    assert f"--volume={two_deep}:{two_deep}:ro" in mounts
