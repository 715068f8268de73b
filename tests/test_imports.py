"""The walls of the house: who may import whom, that none do so in a circle, what stays light, how
long a file may be.

Imports are read from the source, so one that hides inside a function counts as well.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
LIBRARY = sorted((ROOT / "lm_core").rglob("*.py"))
SCREENS = [path for path in (ROOT / "app.py",) if path.exists()]
SCREENS += sorted((ROOT / "pages").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))
OURS = {*LIBRARY, *SCREENS, *TOOLS}

# From the ground up. A unit is a module or package directly in lm_core; it may import its own layer
# and those below. `charts` stands outside, on plain data.
LAYERS = [
    (
        "cleaning",
        "codec",
        "errors",
        "figures",
        "foundations",
        "settings",
        "split",
        "versions",
        "registry",
        "machine",
        "device",
        "home",
        "json_files",
        "csv_files",
        "texts",
        "visible",
        "foundations",
        "pictures",
        "series",
        "tables",
    ),
    ("corpora", "tokenizers", "models"),
    ("codecs", "contexts", "encoded", "extent", "windows"),
    ("training", "generation", "inspection", "evaluation", "adapt", "quantize"),
    ("tasks", "checkpoints"),
    ("doctor", "foreign"),
    ("runs", "export", "model_file"),
    ("lessons",),
    ("bench",),
    ("cli", "commands", "__main__"),
]
HEIGHT = {unit: height for height, units in enumerate(LAYERS) for unit in units}
CHARTS_MAY_USE = {"charts", "errors", "figures", "settings", "visible"}

# The rooms of pages/_ui: each imports itself and `shared`; another where a reason stands here.
ROOMS = sorted(path for path in (ROOT / "pages" / "_ui").iterdir() if path.name != "__pycache__")
MAY_USE = {
    (
        "averaging",
        "inside",
    ): "its last step is a head of the Attention screen: a text is offered and read as there",
    (
        "compare",
        "train",
    ): "the runs of a race are runs of Train: their points are read, their losses "
    "measured and their moments told as there",
    (
        "layers",
        "inside",
    ): "its lens opens on the text that the Attention screen offers for a model",
    (
        "layers",
        "memory",
    ): "neurons are looked for in the text that Memory reads, which was kept from the model",
    (
        "lessons",
        "lesson",
    ): "a lesson that is opened says how far one is and opens its steps, as the panel of a step "
    "does",
    (
        "teacher",
        "train",
    ): "a run that is shown to the class is one of Train: its curve and what it writes are drawn "
    "as there",
    ("why", "memory"): "a token of a recurrent model is explained by its gates, which are called "
    "and shown on Memory as there",
    ("reading", "why"): "a token that was pressed is explained as one that was written",
    ("write", "why"): "a token that was pressed is explained as one that was read",
    ("write", "reading"): "the prompt is scored as Read with the model's eyes scores any text",
    ("train", "lesson"): "a report of a run has what was asked and answered under its lesson",
    ("train", "write"): "after a run a link opens Generate names, which says what its models are "
    "called there and who stands beside whom",
}

LINES = 500  # a subject decides where a file ends; this only asks for a second look
SCREEN_LINES = 300
LONGER: dict[str, str] = {}  # path -> the reason why this one file may be longer


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def unit_of(path: Path) -> str:
    """`lm_core/models/lstm.py` -> models; `lm_core/home.py` -> home; `__init__.py` -> ''."""
    first = path.relative_to(ROOT / "lm_core").parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def imports(path: Path, *, at_the_top: bool = False) -> tuple[str, ...]:
    """Every module the file imports, anywhere in it or only when it starts, by its full name."""
    return _both(path)[at_the_top]


@cache
def _both(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those of the whole file and of its top, as it is read once."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return tuple(_imports(path, ast.walk(tree))), tuple(_imports(path, tree.body))


def _imports(path: Path, nodes: Iterable[ast.AST]) -> Iterator[str]:
    package = path.relative_to(ROOT).parent.parts
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def units_used(path: Path) -> set[str]:
    """Units of lm_core that the file imports; names defined in lm_core/__init__.py are none."""
    inner = [name.split(".")[1] for name in imports(path) if name.startswith("lm_core.")]
    return {unit for unit in inner if unit in HEIGHT or unit == "charts" or _exists(unit)}


def _exists(unit: str) -> bool:
    return (ROOT / "lm_core" / unit).is_dir() or (ROOT / "lm_core" / f"{unit}.py").exists()


def test_every_part_of_the_library_has_a_layer() -> None:
    units = {unit_of(path) for path in LIBRARY} - {""}
    assert units <= {*HEIGHT, "charts"}, "give the new one its place in LAYERS"


def test_imports_run_one_way() -> None:
    """`lm_core/__init__.py` imports nothing, so that importing it is quick; a picture is drawn by
    whoever shows it."""
    assert {name_of(path): above for path in LIBRARY if (above := _above(path))} == {}


def _above(path: Path) -> set[str]:
    """Parts that a file uses and may not."""
    unit, used = unit_of(path), units_used(path)
    if unit == "":
        return used
    if unit == "charts":
        return used - CHARTS_MAY_USE
    return {other for other in used if other == "charts" or HEIGHT[other] > HEIGHT[unit]}


@cache
def file_of(module: str) -> Path | None:
    """The file of ours that an imported name is, or is defined in; None for what is not ours."""
    for name in (module, module.rpartition(".")[0]):
        stem = ROOT.joinpath(*name.split("."))
        for path in (stem.with_suffix(".py"), stem / "__init__.py"):
            if name and path.is_file():
                return path
    return None


def test_no_two_files_import_each_other_in_a_circle() -> None:
    """Neither at the top, nor later inside a function, nor for a type alone."""
    files = [*LIBRARY, *SCREENS, *TOOLS]
    graph = {
        name_of(path): {name_of(f) for f in map(file_of, imports(path)) if f} for path in files
    }
    graph = {name: used - {name} for name, used in graph.items()}
    graph = {name: used & set(graph) for name, used in graph.items()}
    assert [name for name in graph if name in _reachable(name, graph)] == []


def test_nothing_in_the_library_is_out_of_reach() -> None:
    """Some screen, command or `make` target reaches every file, or it would better not be there."""
    graph = {name_of(path): _leads_to(path) for path in [*LIBRARY, *SCREENS, *TOOLS]}
    doors = {name_of(path) for path in [*SCREENS, *TOOLS]}
    doors |= {name for name in graph if name.startswith(("lm_core/commands/", "lm_core/cli.py"))}
    doors |= {name for name in graph if name.startswith(("lm_core/__main__", "lm_core/bench/"))}
    reached = doors | _reachable("doors", graph | {"doors": doors})
    hidden = {name for name in graph if name not in reached and not name.endswith("__init__.py")}
    assert hidden == set()


# Public functions that nothing in the lab calls, and who has the use of them.
OFFERED = {
    "convolved": "the lesson that Digits shows whole, and the oracle of nn.Conv2d",
    "max_pooled": "the same, of pooling",
    "precision_recall_f1": "whoever has a binary task: `report` is of all classes",
    "read_lines": "whoever reads the log of a run again, as the tests do",
}


def test_no_public_function_of_the_library_is_without_a_use() -> None:
    """Its name stands somewhere else than where it is defined; what is registered, as a text or a
    model is, or called by the name of its file, is found in another way."""
    words = Counter(
        word for path in OURS for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    )
    idle = {
        node.name
        for path in LIBRARY
        if "bench" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not node.decorator_list
        and node.name != path.stem
        and words[node.name] == 1
    }
    assert idle == set(OFFERED)


def _leads_to(path: Path) -> set[str]:
    """Files that one imports or opens by name: those of a registry by the name of their package,
    others beside it by their own in quotation marks, and all there where it imports by rule."""
    text = path.read_text(encoding="utf-8")
    files = {file for file in map(file_of, imports(path)) if file}
    for package in re.findall(r'package="(lm_core[.\w]+)"', text):
        folder = ROOT.joinpath(*package.split("."))  # and what its packages gather (`__init__`)
        files |= {*folder.glob("*.py"), *folder.glob("*/__init__.py")}
    inner = path in LIBRARY and path.parent != ROOT / "lm_core"
    beside = set(path.parent.rglob("*.py")) if inner else set()
    named = {name.rpartition(".")[2] for name in re.findall(r'"([\w.]+)"', text)}
    by_rule = "import_module(f" in text or "import_module(path)" in text
    files |= {file for file in beside if by_rule or file.stem in named}
    return {name_of(file) for file in files & OURS}


def test_no_two_parts_of_a_layer_import_each_other() -> None:
    graph: dict[str, set[str]] = {unit: set() for unit in HEIGHT}
    for path in LIBRARY:
        if unit_of(path) in graph:
            graph[unit_of(path)] |= units_used(path) & set(graph) - {unit_of(path)}
    circles = [unit for unit in graph if unit in _reachable(unit, graph)]
    assert not circles


def _reachable(start: T, graph: dict[T, set[T]]) -> set[T]:
    seen: set[T] = set()
    waiting = set(graph[start])
    while waiting:
        unit = waiting.pop()
        if unit not in seen:
            seen.add(unit)
            waiting |= graph[unit]
    return seen


def tops(path: Path, *, at_the_top: bool = False) -> set[str]:
    return {name.split(".")[0] for name in imports(path, at_the_top=at_the_top)}


def test_the_library_knows_nothing_of_the_page() -> None:
    page = {"streamlit", "pages", "app", "tests", "tools"}
    assert [name_of(path) for path in LIBRARY if tops(path) & page] == []


def test_charts_need_plain_data_only() -> None:
    charts = [path for path in LIBRARY if unit_of(path) == "charts"]
    used = {name.split(".")[0] for path in charts for name in imports(path)}
    assert charts
    assert not used & {"torch", "torchtext", "tokenizers", "safetensors", "streamlit"}


def test_torchtext_is_imported_in_two_modules() -> None:
    users = {
        name_of(path)
        for path in [*LIBRARY, *SCREENS]
        if any(name.split(".")[0] == "torchtext" for name in imports(path))
    }
    assert users == {"lm_core/tokenizers/word.py", "lm_core/evaluation/translation.py"}


def test_what_scores_and_draws_for_others_loads_when_it_is_asked_for() -> None:
    late = {"sacrebleu", "rouge_score", "nltk", "tensorboard"}
    assert [name_of(path) for path in LIBRARY if tops(path, at_the_top=True) & late] == []
    for path in LIBRARY:
        parts = {name.rpartition(".")[0] for name in imports(path, at_the_top=True)}
        assert "torch.utils.tensorboard" not in parts, name_of(path)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ("torch", "pandas", "numpy", "plotly", "altair", "streamlit", "tokenizers")
    code = f"import sys, lm_core; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_screen_starts_without_anything_heavy() -> None:
    heavy = {"torch", "torchtext", "tokenizers", "plotly", "pooch"}
    assert [name_of(path) for path in SCREENS if tops(path, at_the_top=True) & heavy] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_in_one_line_what_it_is_for(room: Path) -> None:
    assert room.is_dir(), "every file is in a room"
    tree = ast.parse((room / "__init__.py").read_text(encoding="utf-8"))
    purpose = ast.get_docstring(tree)
    assert purpose
    assert "\n" not in purpose
    assert len(tree.body) == 1, "and imports nothing"


def test_a_room_imports_itself_and_what_is_shared() -> None:
    assert all(MAY_USE.values())
    used = {
        (room.name, name.split(".")[2])
        for room in ROOMS
        for path in room.rglob("*.py")
        for name in imports(path)
        if name.startswith("pages.")
    }
    apart = {(room, other) for room, other in used if other not in (room, "shared")}
    assert apart == set(MAY_USE)


def test_what_is_shared_is_used_by_several_screens() -> None:
    """Or by app.py. What one room alone has the use of is in that room."""
    uses = {path: _files(path) for path in SCREENS}
    screens = [path for path in SCREENS if "_ui" not in path.parts]
    for path in sorted((ROOT / "pages" / "_ui" / "shared").glob("*.py")):
        users = [screen for screen in screens if path in _reachable(screen, uses)]
        assert len(users) > 1 or ROOT / "app.py" in users or path.name == "__init__.py", path


def _files(path: Path) -> set[Path]:
    """The files of the screens that a file imports: modules, or names in one."""
    named = {ROOT.joinpath(*name.split(".")) for name in imports(path) if name.startswith("pages.")}
    return {one.with_suffix(".py") for name in named for one in (name, name.parent)} & set(SCREENS)


def test_files_stay_short() -> None:
    for path in [*LIBRARY, *SCREENS]:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        most = SCREEN_LINES if path in SCREENS else LINES
        assert lines < most or name_of(path) in LONGER, name_of(path)


def test_exceptions_are_still_needed() -> None:
    for name, reason in LONGER.items():
        assert reason
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) >= LINES
