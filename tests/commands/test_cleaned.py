"""A model trained on a cleaned text cleans what it is asked, by the same rules, and says so."""

import json
from pathlib import Path

import pytest

from lm_core.cli import main

TEXT = "".join(f"The end, {k} times the END! It was said so.\n" for k in range(40))
SAID = "cleaned as its own was: lower case, punctuation removed."


def answer(capsys: pytest.CaptureFixture, *arguments: object) -> tuple[dict, str]:
    capsys.readouterr()
    assert main([*map(str, arguments), "--json"]) == 0
    written = capsys.readouterr()
    return json.loads(written.out), written.err


def test_foreign_text_is_cleaned_alike(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    for name, text in (("text", TEXT), ("shout", "THE END! " * 40), ("plain", "the end " * 40)):
        (tmp_path / f"{name}.txt").write_text(text)
    rules = ("--set=corpus.lower=true", "--set=corpus.punctuation=false")
    model = tmp_path / "model"
    train = ("train", "--corpus", tmp_path / "text.txt", "--model", "bigram", *rules)
    assert main([*map(str, train), "--out", str(model)]) == 0
    card = json.loads((model / "meta.json").read_text())
    assert card["corpus"]["cleaning"] == "lower case, punctuation removed"
    asked = [("score", model, "--text", text) for text in ("The END!", "the end")]
    found = [answer(capsys, *one) for one in asked]
    assert found[0][0]["tokens"] == found[1][0]["tokens"]
    assert all(SAID in told for _, told in found)
    asked = [
        ("evaluate", model, "--corpus", tmp_path / f"{name}.txt", "--split", "all")
        for name in ("shout", "plain")
    ]
    shout, plain = (answer(capsys, *one) for one in asked)
    assert (shout[0]["nats_per_token"], shout[0]["unknown_tokens"]) == (
        pytest.approx(plain[0]["nats_per_token"], rel=0.02),
        0,
    )
    assert SAID in shout[1]
    written = [
        answer(capsys, "generate", model, "--prompt", prompt, "--max-tokens", 9, "--seed", 1)
        for prompt in ("THE E", "the e")
    ]
    assert written[0][0]["texts"][0][5:] == written[1][0]["texts"][0][5:]
    assert SAID in written[0][1]
    assert main(["export", str(model), "--format", "script", "--out", str(tmp_path / "m.py")]) != 0
