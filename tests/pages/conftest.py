"""Screens are tested as they are served: through app.py."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit.components.v2.manifest_scanner as manifests
import streamlit.testing.v1.app_test as app_test
import streamlit.testing.v1.local_script_runner as script_runner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

import lm_core.runs.prepare  # noqa: F401  so that tests share what is prepared
from lm_core.errors import LabError
from lm_core.foreign import packages
from lm_core.home import make_folder
from lm_core.runs.manager import RunManager
from pages._ui.shared import session
from pages._ui.shared.once import once
from tests.pages import stored
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def through_the_front_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets before every run that `st.navigation` was called, so that Streamlit runs the
    screen alone, without app.py. Let it forget on a stand-in: a test then begins as a fresh server
    does and goes on as one."""
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    monkeypatch.setattr(app_test, "PagesManager", type("StandIn", (PagesManager,), {}))


@pytest.fixture(scope="session", autouse=True)
def as_one_server() -> Iterator[None]:
    """What a server does once, AppTest does for each app or each run: look through every installed
    package for components, and compile the screens. That was half the time of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifests, "scan_component_manifests", cache(manifests.scan_component_manifests)
        )
        patch.setattr(once, "clear", cleared)
        compiled = ScriptCache()
        for part in (app_test, script_runner):  # one compiles app.py, the other the screen
            patch.setattr(part, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Models of packages, which most screens list, are read once and copied into a test's home."""
    made, shared = packages.folder, tmp_path_factory.mktemp("models")

    def folder(name: str) -> Path:
        model = packages.PACKAGED.get(name)
        if model is None or not model.quick:
            return made(name)
        kept = packages._kept(name, model)
        if not (shared / kept.name).exists():
            shutil.copytree(made(name), shared / kept.name)
        elif not kept.exists():
            with contextlib.suppress(OSError, LabError):  # a home that cannot be written
                place = make_folder(kept.parent)
                with tempfile.TemporaryDirectory(prefix=".new-", dir=place) as fresh:
                    shutil.copytree(shared / kept.name, Path(fresh) / "copy").rename(kept)
        return made(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "folder", folder)
        yield


def cleared(thing: once) -> None:
    """Forgotten as `once.clear` does; and the thread of a manager that no test asks any more ends,
    or a hundred of them would look twice a second into the stores of tests that are over."""
    if isinstance(thing.made, RunManager):
        thing.made._closing.set()
        thing.made._keeper.join()
    thing._made = []


@pytest.fixture
def train() -> Iterator[AppTest]:
    """The Train screen as it opens; what a test stores for its visitor is forgotten again."""
    yield from _train()


@pytest.fixture
def train_more() -> Iterator[AppTest]:
    """The same with More settings unfolded, which draws two dozen widgets at each run."""
    yield from _train(more=True)


def _train(*, more: bool = False) -> Iterator[AppTest]:
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    if more:
        at.session_state["train-more"] = True
    at.switch_page("pages/train.py").run()
    yield at
    store = session._manager().store
    stored.forget(store, *(r.id for r in store.runs_of(at.session_state["visitor"])))
