"""README promises only what there is: its Python example runs, its commands are understood, and the
files, targets, variables and names it mentions exist.
"""

import json
import re
import shlex
from pathlib import Path

import pytest

from lm_core.cli import _parser
from lm_core.corpora import corpora
from lm_core.models import models

ROOT = Path(__file__).parents[1]
CARDS = sorted(ROOT.glob("checkpoints/*/meta.json"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
CODE = re.findall(r"`([^`\n]+)`", PROSE)
COMMANDS = [line for kind, text in BLOCKS if not kind for line in text.splitlines()]
FOLDERS = ("", "lm_core/", "pages/_ui/", "tests/")  # where the tables' short paths begin
SET_BY_TORCHRUN = {"WORLD_SIZE", "RANK", "LOCAL_RANK"}  # and not by people
MADE_LATER = (".venv", "my-model")


def sources(*patterns: str) -> str:
    """All our code of these names in one piece."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())


def test_the_python_example_runs(capsys: pytest.CaptureFixture) -> None:
    (example,) = [text for kind, text in BLOCKS if kind == "python"]
    assert "Budget(seconds=10)" in example
    exec(compile(example.replace("seconds=10", "steps=2"), "README.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert [line.partition("(")[0] for line in said][:1] == ["Step"]
    assert {"Step", "Evaluated", "Sampled"} <= {line.partition("(")[0] for line in said}
    assert said[-1].startswith("Finished(step=2, ")
    assert "reason='budget'" in said[-1]


def test_the_house_is_the_tree() -> None:
    """Every folder, and every file that stands in no folder, has its place in the table."""
    house = README.partition("### The house")[2].partition("\n\n**")[0]
    rows = re.findall(r"^\| (`.+?) \|", house, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    told |= {f"lm_core/{name}" for name in told if "/" not in name.rstrip("/")}
    packages = {f"lm_core/{path.parent.name}/" for path in ROOT.glob("lm_core/*/__init__.py")}
    files = {f"lm_core/{path.name}" for path in ROOT.glob("lm_core/*.py")}
    files -= {"lm_core/__init__.py", "lm_core/__main__.py"}
    folders = {f"{path.parent.name}/" for kind in ("py", "md") for path in ROOT.glob(f"*/*.{kind}")}
    assert packages | files <= told
    assert {name for name in folders if not name.startswith(".")} - {"lm_core/"} <= told


def lm_commands() -> list[list[str]]:
    said = [line.partition("lm_core ")[2] for line in COMMANDS if "-m lm_core " in line]
    return [shlex.split(line, comments=True) for line in said]


@pytest.mark.parametrize("argv", lm_commands(), ids=" ".join)
def test_each_command_is_understood(argv: list[str]) -> None:
    args = _parser(argv).parse_args(argv)
    assert args.command == argv[0]
    if args.command == "train":
        assert args.corpus in corpora
        assert args.start or args.model in models


def test_every_command_is_shown() -> None:
    shown = {argv[0] for argv in lm_commands()}
    listed = {
        "corpora",
        "models",
        "train",
        "evaluate",
        "generate",
        "score",
        "tokenize",
        "translate",
        "export",
        "quantize",
        "race",
        "doctor",
        "bench",
        "backup",
        "restore",
        "vision",
    }
    assert shown == listed


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"\bmake ([a-z-]+)", "\n".join([*COMMANDS, *CODE]))
    assert {"run", "test", "help", "checkpoints"} <= set(named) <= targets
    listed = re.search(r"`make help` lists what\nelse there is: ([^.]+)\.", README)
    assert set(re.findall(r"`([a-z-]+)`", listed[1])) <= targets


def paths() -> list[str]:
    """What README links to or shows, and what stands in code style and looks like a path."""
    linked = re.findall(r"\]\(([^)#]+)\)", PROSE)
    looks = re.compile(r"\.?[\w.-]+(?:/[\w.-]*)+|[\w-]+\.(?:py|txt|toml|md)|Dockerfile|Makefile")
    styled = [text for text in CODE if looks.fullmatch(text)]
    typed = re.findall(r"\b[\w.-]+\.(?:py|txt)\b", "\n".join(COMMANDS))
    found = [path for path in [*linked, *styled, *typed] if "://" not in path]
    return sorted({path for path in found if not path.startswith(MADE_LATER)})


@pytest.mark.parametrize("path", paths())
def test_every_path_exists(path: str) -> None:
    inside = [unit.relative_to(ROOT).as_posix() + "/" for unit in (ROOT / "lm_core").glob("*/")]
    assert any((ROOT / folder / path).exists() for folder in (*FOLDERS, *inside)), path


def test_every_environment_variable_is_there_and_none_is_missing() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE)
    code = sources("lm_core/**/*.py", "pages/**/*.py", "app.py", "tools/*", "Makefile")
    code += sources("tools/*/*.py")
    code += sources("tests/models/*.py")
    read = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", code)) - {"PYTHONPATH"}
    assert read - SET_BY_TORCHRUN <= set(rows)
    for name in rows:
        assert re.search(rf"\b{name}\b", code), name


def test_registry_names_exist() -> None:
    """Names in the commands and the spec of the example, and texts that the words mention."""
    example = "\n".join(text for kind, text in BLOCKS if kind == "python")
    assert re.search(r'CorpusSpec\(name="(.+?)"\)', example)[1] in corpora
    assert re.search(r'\), "(\w+)", budget', example)[1] in models
    for text in ("tiny-shakespeare",):
        assert text in PROSE
        assert text in corpora


def test_every_screen_of_the_navigation_is_in_the_table() -> None:
    table = re.search(r"^\| screen \|.*?\n\n", README, re.MULTILINE | re.DOTALL)[0]
    named = re.findall(r"^\| ([A-Z][\w ]+) \|", table, re.MULTILINE)
    titles = re.findall(r"title=\"([^\"]+)\"", (ROOT / "app.py").read_text(encoding="utf-8"))
    assert set(named) <= set(titles), titles
    assert named


def test_the_table_of_shipped_models_is_what_their_cards_say() -> None:
    table = re.search(r"^### Shipped models\n\n(.*?)\n\n", README, re.MULTILINE | re.DOTALL)[1]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]
    assert {row[0].strip("`") for row in rows} == {p.parent.name for p in CARDS}
    for row in rows:
        card = json.loads((ROOT / "checkpoints" / row[0].strip("`") / "meta.json").read_text())
        scored = [card["metrics"].get(split) for split in ("validation", "test")]
        nats = ["–" if one is None else f"{one['nats_per_token']:.3f}" for one in scored]
        assert row[1:4] == [f"{card['parameters']:,}", *nats]
        assert row[4].endswith(f" {card['tokens']:,} tokens read")
