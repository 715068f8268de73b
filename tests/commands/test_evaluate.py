"""Texts that a model cannot read, or holds impossible: said in JSON and in words, never made up."""

import json
import math
from pathlib import Path

import pytest

from lm_core.checkpoints import CARD, save_checkpoint
from lm_core.cli import main
from lm_core.json_files import numbers
from tests.tiny import NAMES, alphabet, tiny_model

ROOT = Path(__file__).parents[2]
PHRASE = "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 "  # Russian, unread by names


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object) -> list[str]:
        capfd.readouterr()
        assert main([str(arg) for arg in args]) == 0
        return capfd.readouterr().out.splitlines()

    return run


def refused(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


def answer(lines: list[str]) -> dict:
    return json.loads(lines[-1], parse_constant=refused)


def test_lines_with_unread_phrases_are_not_easier_than_without(lm, tmp_path: Path) -> None:
    """A name after a phrase that is skipped costs what the name costs; divided by the characters
    of both, it looked four times as likely."""
    lines = [f"anna{chr(letter)}" for letter in range(ord("a"), ord("z") + 1)]
    plain, mixed = tmp_path / "plain.txt", tmp_path / "mixed.txt"
    plain.write_text("\n".join(lines) + "\n")
    mixed.write_text("".join(f"{PHRASE}{line}\n" for line in lines), encoding="utf-8")
    args = ["evaluate", ROOT / "checkpoints/names-lstm", "--items", "--split", "all", "--corpus"]
    one, other = (answer(lm(*args, path, "--json")) for path in (plain, mixed))
    assert one["bits_per_character"] == pytest.approx(3.325, abs=0.001)
    assert one["skipped_characters"] == 0
    assert one["withheld"] is None
    assert other["bits_per_character"] is other["bits_per_byte"] is None
    assert other["skipped_characters"] == 26 * len(PHRASE)
    assert other["characters"] == one["characters"]
    assert "are not told by the tokens" in other["withheld"]
    said = lm(*args, mixed)
    assert "bits_per_character: none" in said
    assert f"withheld: {other['withheld']}" in said


@pytest.fixture(scope="module")
def believing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Counts alone: what never came has probability 0."""
    folder = tmp_path_factory.mktemp("believing")
    (folder / "names.txt").write_text("\n".join(NAMES) + "\n")
    args = ["train", "--corpus", folder / "names.txt", "--items", "--model", "ngram"]
    args += ["--set", "model.smoothing=ml", "--out", folder / "model", "--json"]
    assert main([str(arg) for arg in args]) == 0
    return folder / "model"


def test_infinite_is_said_as_infinite(lm, believing: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("zzzz\n")
    args = ["evaluate", believing, "--corpus", tmp_path / "one.txt", "--items", "--split", "all"]
    found = answer(lm(*args, "--json"))
    infinite = {"nats_per_token", "perplexity", "bits_per_byte", "bits_per_character"}
    assert {key for key, value in found.items() if value == "Infinity"} == infinite
    assert all(numbers(found)[key] == math.inf for key in infinite)
    said = lm(*args)
    assert "perplexity: infinite" in said
    assert "impossible" in said[-1]


def test_an_impossible_token_is_scored_in_strict_json(lm, believing: Path) -> None:
    found = answer(lm("score", believing, "--text", "zz", "--json"))
    assert found["nats"] == "Infinity"
    assert "-Infinity" in [row["logprob"] for row in found["tokens"]]
    assert all(isinstance(row["entropy"], float) for row in found["tokens"])
    assert lm("score", believing, "--text", "zz")[-1].startswith("infinite")


def test_a_text_of_unknown_words_is_said_to_be_one(lm, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the river was low and the road was warm. " * 20)
    args = ["train", "--corpus", text, "--tokenizer", "word", "--model", "ngram", "--out"]
    lm(*args, tmp_path / "model")
    found = answer(lm("score", tmp_path / "model", "--text", "The river, xyzzy", "--json"))
    assert found["skipped_characters"] == len("T") + len(",") + len(" xyzzy")
    said = lm("score", tmp_path / "model", "--text", "The river, xyzzy")
    assert said[-1].startswith("8 of the 16 characters are not told")


@pytest.mark.parametrize("spec", [None, {}, {"seed": 1}, {"data": {}}, {"version": 2, "data": []}])
def test_a_card_that_names_no_text_is_not_scored_on_the_usual_one(
    spec: object, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    save_checkpoint(tmp_path, tiny_model("bigram", 27), alphabet(27), {})
    card = json.loads((tmp_path / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps(card | ({} if spec is None else {"spec": spec})))
    assert main(["evaluate", str(tmp_path)]) == 2
    assert "does not say which text it learned from" in capsys.readouterr().err
