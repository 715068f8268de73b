"""After each fault: what the owner of a run reads on the Train screen, that what was shown is still
there, and that the run can go on."""

import asyncio
import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.home import unwritable
from lm_core.runs.dispatch import CAN_GO_ON, KILLED
from lm_core.runs.keepsakes import keep
from lm_core.runs.manager import CLOSED, LEFT
from lm_core.runs.owners import new_owner
from lm_core.runs.processes import _why
from lm_core.runs.store import FILE, FOUND, RunStore
from lm_core.training.events import Checkpointed, Step
from pages._ui.shared import session
from tests.pages.foreign import read
from tests.pages.stored import stored_run
from tests.waiting import PATIENCE, rerun_until, until
from tools.lab_server import LabServer
from tools.visitor import Visitor

APP = Path(__file__).parents[2] / "app.py"
FULL = unwritable(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
FAULTS = {
    "its process was killed": ("interrupted", f"{_why(-signal.SIGTERM)} {CAN_GO_ON}"),
    "it did not listen": ("stopped", KILLED),
    "nobody knows who has it": ("interrupted", LEFT),
    "the disk was full": ("failed", FULL),
}


def said(app: AppTest) -> str:
    """What is said beside the run, and above the table of runs."""
    return read(" ".join(one.value for one in [*app.warning, *app.caption]))


def opened(app: AppTest, run: str) -> AppTest:
    app.query_params["run"] = run
    app.run()
    assert not app.exception
    return app


def assert_it_can_go_on(app: AppTest) -> None:
    """And its last figures stand there."""
    assert {one.label: one.value for one in app.metric}["Step"] == "120"
    assert not app.button(key="train-Resume").disabled


@pytest.mark.parametrize("fault", FAULTS)
def test_what_happened_is_said_and_resume_is_there(train: AppTest, fault: str) -> None:
    status, message = FAULTS[fault]
    run = stored_run(train.session_state["visitor"], status=status, message=message)
    opened(train, run)
    assert message in said(train)
    assert_it_can_go_on(train)


def test_after_a_server_that_was_killed(train: AppTest) -> None:
    run = stored_run(train.session_state["visitor"])
    session._manager().store.update(run, status="running", server=1)  # which nobody is any more
    session._manager().look_after()
    opened(train, run)
    assert CLOSED in said(train)
    assert_it_can_go_on(train)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    session._manager.clear()
    yield tmp_path
    session._manager.clear()


@pytest.mark.parametrize("damage", [b"something else entirely " * 1000, b"", None], ids=repr)
def test_a_record_that_is_damaged_while_a_page_is_open(home: Path, damage: bytes | None) -> None:
    """Overwritten, emptied, deleted: the page goes on, and lists what folders tell."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE).switch_page("pages/train.py").run()
    run, store = stored_run(app.session_state["visitor"]), session._manager().store
    keep(store.run_folder(run), vars(store.get(run)))
    opened(app, run)
    for file in home.glob(f"{FILE}*"):
        file.unlink()
    if damage is not None:
        (home / FILE).write_bytes(damage)
    rerun_until(app, lambda: "is begun anew" in said(app))
    assert "Runs that are listed again, without their curves: 1." in said(app)
    assert FOUND in said(opened(app, run))
    assert not app.button(key="train-Resume").disabled


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="ends processes by POSIX signals")
def test_a_server_is_killed_and_started_again_and_a_visitor_goes_on(tmp_path: Path) -> None:
    """By the same address, with the same cookie, over the real websocket."""
    owner, heard = new_owner(), []

    async def begin() -> str:
        async with Visitor(lab.url, owner=owner) as visitor:
            await visitor.open("train")
            await visitor.until(lambda: visitor.can_press("Start"))
            await visitor.press("Start")
            await visitor.until(lambda: visitor.figures.get("Step", "")[:1].isdigit())
            return parse_qs(visitor.query)["run"][0]

    async def go_on() -> None:
        async with Visitor(lab.url, owner=owner, heard=heard.append) as visitor:
            await visitor.open("train", f"run={run}")
            await visitor.until(lambda: visitor.can_press("Resume"))
            before = store.last(Step, run)["step"]
            await visitor.press("Resume")
            await visitor.until(lambda: store.last(Step, run)["step"] > before)

    with LabServer(tmp_path / "home", seconds=PATIENCE) as lab:
        run, store = asyncio.run(begin()), RunStore(tmp_path / "home")
        until(lambda: store.last(Checkpointed, run))
        os.kill(lab.process, signal.SIGKILL)
        lab._process.wait()
        shown = store.since(Step, run)
        lab.start()
        asyncio.run(go_on())
        assert any(b"The lab was closed while this" in one for one in heard)
        again = {row["step"]: row["nats"] for row in store.since(Step, run)}
        assert all(again[row["step"]] == row["nats"] for row in shown)
        assert sorted(again) == list(range(1, len(again) + 1))
        assert "Traceback" not in lab.log
