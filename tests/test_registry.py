import threading

import pytest

from lm_core.errors import UnknownName
from lm_core.registry import Registry
from lm_core.settings import Settings
from tests.waiting import PATIENCE


@pytest.fixture
def package(tmp_path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of two modules, each of which registers one thing."""
    folder = tmp_path / "toolbox"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from lm_core.registry import Registry\ntools = Registry('tool', package='toolbox')\n"
    )
    for name, order in (("hammer", 20), ("saw", 10)):
        (folder / f"{name}.py").write_text(
            "from toolbox import tools\n"
            f"@tools.register({name!r}, title={name.title()!r}, idea='It works.', order={order}, "
            "weight=3)\n"
            f"def {name}(): return {name!r}\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    yield "toolbox"
    import sys

    for module in [m for m in sys.modules if m.split(".")[0] == "toolbox"]:
        del sys.modules[module]


def tools(package: str) -> Registry:
    import importlib

    return importlib.import_module(package).tools


def test_a_file_in_the_package_is_all_an_entry_takes(package: str) -> None:
    registry = tools(package)
    assert registry.names() == ["saw", "hammer"]  # by order
    assert "saw" in registry
    entry = registry["hammer"]
    assert (entry.title, entry.idea, entry.extra) == ("Hammer", "It works.", {"weight": 3})
    assert entry.build() == "hammer"
    assert entry.settings is Settings
    assert [e.name for e in registry] == registry.names()


def test_an_unknown_name_is_refused_with_the_nearest(package: str) -> None:
    registry = tools(package)
    with pytest.raises(UnknownName, match=r"Unknown tool 'hamer'; did you mean 'hammer'\?"):
        registry["hamer"]
    with pytest.raises(UnknownName, match=r"Unknown tool 'xyz'; known: saw, hammer\."):
        registry["xyz"]


@pytest.mark.parametrize("name", [None, 3, ["saw"], {"saw": 1}])
def test_what_is_no_name_is_unknown(package: str, name: object) -> None:
    registry = tools(package)
    assert name not in registry
    with pytest.raises(UnknownName, match="Unknown tool"):
        registry[name]


def test_threads_that_arrive_together_all_find_everything(package: str) -> None:
    registry, found = tools(package), []
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        found.append(registry.names())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [["saw", "hammer"]] * 8
