"""What the files around the code promise: pinned packages, no addresses of one machine, commands
that exist, settings that Streamlit knows, colours that can be read.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import lm_core

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ("requirements.txt", "requirements-beyond.txt", "requirements-dev.txt")
TARGETS = ["run", "class", "test", "test-slow", "lint", "format", "audit"]
TARGETS += ["bench", "checkpoints", "races", "scaling", "ablations", "tokenizers", "words", "lora"]
TARGETS += ["memory", "games"]
TARGETS += ["screenshots", "clean", "help"]

# Written in pieces, because this file is searched as well.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("download", "pytorch", "org"),
        ("registry", "npmjs", "org"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("conda", "anaconda", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
    )
]
# A path that only one machine has: /<folder>/..., not part of a longer path or an address.
MACHINE_PATH = re.compile(rb"(?<![\w.~$})/-])/(?:work|root|home/[A-Za-z][\w-]*|Users/[A-Za-z]\w*)/")


@cache
def our_files() -> tuple[Path, ...]:
    """Files that git tracks or would, without those it ignores."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("only git tells our files from what was made here, and there is none")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def test_the_environment_is_none_of_them() -> None:
    """Not even as a link: a checkout would put it in the place of the folder."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", ".venv"], cwd=ROOT, capture_output=True, text=True
    )
    assert not listed.stdout


@cache
def pins(name: str) -> dict[str, tuple[str, str]]:
    """Package -> (version, reason) of a requirements file."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-r ")):
            match = re.fullmatch(r"([A-Za-z0-9_.-]+)==([0-9][^\s#]*)\s+# (.{5,})", line)
            assert match, f"{name}: {line!r} is not `package==version  # why it is here`"
            found[match[1]] = (match[2], match[3])
    return found


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_with_a_reason(name: str) -> None:
    assert pins(name)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_what_is_installed(name: str) -> None:
    for package, (version, _) in pins(name).items():
        installed = importlib.metadata.version(package).split("+")[0]  # 2.13.0+cpu is 2.13.0
        if package == "torch" and installed != version:
            assert tuple(map(int, installed.split(".")[:2])) >= (
                2,
                11,
            )  # a GPU machine keeps its own
        else:
            assert installed == version, package


def test_installed_packages_agree_with_each_other() -> None:
    check = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_names_a_package_registry() -> None:
    named = [
        (path.relative_to(ROOT).as_posix(), host)
        for path in our_files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert not named


def test_no_file_names_a_path_of_one_machine() -> None:
    named = [
        (path.relative_to(ROOT).as_posix(), match[0].decode())
        for path in our_files()
        for match in MACHINE_PATH.finditer(path.read_bytes())
    ]
    assert not named


def test_the_path_search_finds_what_it_looks_for() -> None:
    for text in ("/" + "work/main", "open('/" + "root/.cache')", "/" + "home/ada/lab"):
        assert MACHINE_PATH.search(text.encode()), text
    for text in ("a network/ folder", "../shared/work/x", "https://a.example/home/ada/"):
        assert not MACHINE_PATH.search(text.encode()), text


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_its_commands(target: str) -> None:
    # -n prints what would be done and does nothing.
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for script in re.findall(r"(?:tools|checkpoints)/\w+\.(?:py|sh)", done.stdout):
        assert (ROOT / script).exists(), script
    for module in re.findall(r"-m (tools\.\w+)", done.stdout):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_make_help_names_every_command() -> None:
    # Called from `make test` this is a make within a make, which would print where it is.
    command = ["make", "--no-print-directory", "help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == TARGETS


def test_ci_runs_make_test() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "exec make test"
    assert "set -eu" in script


def test_install_asks_nothing_when_all_is_there(tmp_path: Path) -> None:
    """With a stamp that matches, neither pip nor apt-get is called, and no network is needed."""
    (tmp_path / "tools").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in (*REQUIREMENTS, "tools/install.sh"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    command = ["sh", "tools/install.sh", "requirements.txt"]
    # An interpreter that is none: where something had to be installed, this is the sentence.
    environment = {**os.environ, "PYTHON": "no-such-python"}

    text = (tmp_path / "requirements.txt").read_bytes()
    key = subprocess.run(["cksum"], input=text, capture_output=True, check=True).stdout
    (tmp_path / ".venv" / "installed-requirements.txt").write_bytes(key)
    run = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    done = subprocess.run(command, **run)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    (tmp_path / ".venv" / "bin" / "python").unlink()  # the folder was moved, or Python updated
    done = subprocess.run(command, **run)
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed and no-such-python is not")
    assert len(done.stderr.splitlines()) == 1


@cache
def theme_and_server() -> dict:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def _flat(table: dict, prefix: str = "") -> dict:
    values = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        values |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return values


def test_streamlit_knows_every_setting() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    assert set(_flat(theme_and_server())) <= known


def test_the_page_tells_nobody_and_shows_no_traceback() -> None:
    values = _flat(theme_and_server())
    assert values["browser.gatherUsageStats"] is False
    assert values["browser.serverAddress"] == "localhost"
    assert values["client.showErrorDetails"] == "none"
    assert values["client.showErrorLinks"] is False
    assert values["server.enableXsrfProtection"] is True
    assert "http" not in values["theme.font"]


def _luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_can_be_read_in_both_themes(dark: bool) -> None:
    theme = theme_and_server()["theme"]
    colours = {**theme, **(theme["dark"] if dark else {})}
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours["textColor"], colours[ground]) >= 7
        assert contrast(colours["linkColor"], colours[ground]) >= 4.5
        # The accent marks what is chosen, beside a second cue: 3 to 1 as for graphics.
        assert contrast(colours["primaryColor"], colours[ground]) >= 3
    assert contrast(colours["primaryColor"], "#FFFFFF") >= 4.5  # words on the primary button


def test_the_version_has_one_source() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version", "dependencies"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "lm_core.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", lm_core.__version__)


def test_only_the_library_is_installed_and_all_of_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["packages"]["find"] == {"include": ["lm_core*"]}
    folders = {path.parent for path in (ROOT / "lm_core").rglob("*.py")}
    # A folder without this file is no package to setuptools and would be left out.
    assert all((folder / "__init__.py").exists() for folder in folders)
