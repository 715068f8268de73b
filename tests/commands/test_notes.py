"""Whatever command reads a file says on standard error how it was read."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main
from tests.tiny import TEXT

ACCENTS = TEXT * 2 + "Größe und Maß für die schönen Mädchen aus Köln.\n" * 3
GUESS = "village: Not UTF-8: read as Western European (Mac Roman), a guess; check its accents"


@pytest.fixture(scope="module")
def mac(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("texts") / "village.txt"
    path.write_bytes(ACCENTS.encode("mac_roman"))
    return path


@pytest.fixture(scope="module")
def trained(mac: Path) -> Path:
    out = mac.with_name("model")
    arguments = ["train", "--corpus", str(mac), "--model", "bigram", "--out", str(out)]
    assert main(arguments) == 0
    return out


@pytest.mark.parametrize(
    "command",
    [
        "train --corpus {mac} --model bigram --out {out}",
        "train --corpus {plain} --validation {mac} --model bigram --out {out}",
        "train --model mixture --set model.first={model} --set model.second={model} --out {out}",
        "doctor --corpus {mac} --model bigram --steps init",
        "evaluate {model}",
        "evaluate {model} --corpus {mac}",
        "evaluate {model} --corpus {mac} --split all",
    ],
)
def test_a_guessed_encoding_is_said(
    command: str, mac: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text(ACCENTS, encoding="utf-8")
    capsys.readouterr()
    places = {"mac": mac, "plain": plain, "model": trained, "out": tmp_path / "out"}
    assert main([*command.format(**places).split(), "--json"]) == 0
    told = capsys.readouterr()
    assert GUESS in told.err
    assert "“Größe”, “Maß”, “für”" in told.err
    json.loads(told.out)


def test_so_is_what_was_taken_from_a_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "names.csv"
    path.write_text("\n".join(f"Name{i}" for i in range(30)), encoding="utf-8")
    arguments = ["train", "--corpus", str(path), "--items", "--model", "bigram"]
    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    assert "names: Its first line, “Name0”, was read as text." in capsys.readouterr().err


def test_nothing_is_said_of_a_plain_file(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "village.txt"
    path.write_text(ACCENTS, encoding="utf-8-sig")
    assert main(["train", "--corpus", str(path), "--model", "bigram", "--out", str(path)[:-4]]) == 0
    assert "village:" not in capsys.readouterr().err
