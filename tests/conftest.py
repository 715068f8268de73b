"""What holds for every test: a home folder of its own, no network, one thread, a fixed seed.

The environment is set before torch is imported, and the programs that tests start inherit it.
"""

import gc
import importlib
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
OFFLINE = ROOT / "tests" / "offline"

# A worker that still saves what it did holds nobody up.
_folder = tempfile.TemporaryDirectory(
    prefix="language-model-lab-tests-", ignore_cleanup_errors=True
)
_calls = Path(_folder.name) / "calls"
_calls.touch()

os.environ["LM_LAB_HOME"] = str(Path(_folder.name) / "home")
os.environ["LM_LAB_WORKERS"] = "1"
os.environ.pop("LM_LAB_DATA", None)
os.environ["LM_LAB_TEST_CALLS"] = str(_calls)
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(OFFLINE), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
)
# What a test starts, and the next run of the tests, need not compile the library again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Small models are fastest on one thread, and sums come out the same on every machine.
os.environ["OMP_NUM_THREADS"] = "1"
importlib.import_module("tests.offline.sitecustomize")

# No deadline: a busy machine is no defect. The same examples each time: a failure can be repeated.
# `make test-slow` looks at sixteen times as many.
settings.register_profile("lab", deadline=None, derandomize=True, database=None, max_examples=25)
settings.register_profile("thorough", settings.get_profile("lab"), max_examples=400)
settings.load_profile("lab")


BROWSER = 2  # the cost of its tests


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Cheap tests first: units, then pages, then the browser. Without a GPU skip its tests.

    Where processes share them, each begins with an equal stretch of the list and takes from the end
    of another's when its own is done: then the browser's come first, so that one process has them
    all. Two browsers at once, each with a server that trains, would wait for each other.
    """
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.browser)
    items.sort(key=_cost)
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _cost(item) < BROWSER)
    on_gpu = [item for item in items if item.get_closest_marker("cuda")]
    if on_gpu and not _has_gpu():
        for item in on_gpu:
            item.add_marker(pytest.mark.skip(reason="needs an NVIDIA GPU"))


def pytest_collection_finish() -> None:
    """The thousands of tests stay to the end: whoever collects garbage need not go through them,
    nor so often through the libraries that come after them, which was a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 20)


def _cost(item: pytest.Item) -> int:
    parts = item.path.relative_to(ROOT).parts
    return BROWSER if "browser" in parts else int("pages" in parts)


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test starts from the same random numbers and on one thread, alone or after others."""
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        # torch.manual_seed notes for each kind of GPU that is not there who asked, and keeps that.
        torch.default_generator.manual_seed(0)
        if torch.cuda.is_available():
            torch.cuda.manual_seed_all(0)
        torch.set_num_threads(1)  # a command chooses how many it uses


@pytest.fixture(scope="session", autouse=True)
def shared_texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What comes with packages is read and prepared once, where any test of these trains."""
    with pytest.MonkeyPatch.context() as patch:
        if "lm_core.runs.prepare" in sys.modules:
            texts = importlib.import_module("tests.shared_texts")
            texts.share(tmp_path_factory.mktemp("texts"), patch)
        yield


class Calls:
    """Addresses off this machine that a test, or a program it started, tried to reach."""

    def __init__(self) -> None:
        self._start = _calls.stat().st_size

    def __iter__(self) -> Iterator[str]:
        return iter(_calls.read_bytes()[self._start :].decode().splitlines())

    def expected(self) -> list[str]:
        """The calls so far, which then no longer fail the test: for a test that wants them."""
        calls = list(self)
        self._start = _calls.stat().st_size
        return calls


@pytest.fixture(autouse=True)
def network_calls() -> Iterator[Calls]:
    """Fail the test if anything called another machine; nothing gets through in any case."""
    calls = Calls()
    yield calls
    assert not list(calls), "the lab has to work with the network unplugged"
