"""`train --model mixture` over two folders, and `ensemble` over several, mix what they hold and
train nothing."""

import json
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from tests.tiny import TEXT


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An n-gram and a small LSTM trained on the same file."""
    folder = tmp_path_factory.mktemp("parts")
    (folder / "text.txt").write_text(TEXT * 8)
    small = {"ngram": ["--set=model.order=3"], "lstm": ["--steps=30", "--set=model.n_hidden=32"]}
    for name, more in small.items():
        command = ["train", "--corpus", f"{folder}/text.txt", "--model", name, "--threads=1"]
        assert main([*command, *more, "--out", f"{folder}/{name}"]) == 0
    return folder / "ngram", folder / "lstm"


@pytest.fixture
def parts(
    trained: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """The trained ones, seen from a folder and a home of the test's own."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return trained


def mix(*parts: object, model: str = "mixture", more: tuple[str, ...] = ()) -> list[str]:
    named = [f"--set=model.{n}={p}" for n, p in zip(("first", "second"), parts, strict=False)]
    if model == "ensemble":
        named = [f"--set=model.members={'; '.join(map(str, parts))}"]
    return ["train", "--model", model, *named, *more, "--out", "mixed", "--json"]


def last_json(capsys: pytest.CaptureFixture) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.mark.parametrize(("model", "weighs"), [("mixture", (0, 1)), ("ensemble", (0, 1, 0))])
def test_what_is_mixed_is_at_least_as_good_as_each(
    parts, capsys, model: str, weighs: tuple[int, ...]
) -> None:
    parts = [parts[k] for k in weighs]
    assert main(mix(*parts, model=model)) == 0
    answer = last_json(capsys)
    cards = [json.loads((folder / "meta.json").read_text()) for folder in parts]
    alone = [card["metrics"]["validation"]["nats_per_token"] for card in cards]
    assert answer["validation_nats"] <= min(alone) + 1e-6
    assert answer["steps"] == 0
    mixed = load_checkpoint("mixed")
    assert mixed.meta["weight"] == float(mixed.model.shares[0])
    assert mixed.meta["shares"] == mixed.model.shares.tolist()
    assert sum(mixed.meta["shares"]) == pytest.approx(1, abs=1e-6)
    assert len(mixed.model.parts) == len(parts)
    for part, folder in zip(mixed.model.parts, parts, strict=True):
        whole, kept = part.state_dict(), load_checkpoint(folder).model.state_dict()
        assert all(torch.equal(whole[name], tensor) for name, tensor in kept.items())
    assert main(["evaluate", "mixed", "--json"]) == 0
    again = last_json(capsys)["nats_per_token"]
    assert again == pytest.approx(answer["validation_nats"], rel=1e-6)
    assert main(["generate", "mixed", "--prompt", "The ", "--max-tokens", "5", "--json"]) == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--set=train.lr=1",), "takes two checkpoint folders and no other --set"),
        (("--set=model.second=transformer",), "takes two checkpoint folders"),
    ],
)
def test_half_a_mixture_is_refused(parts, capsys, more: tuple[str, ...], says: str) -> None:
    given = parts if "lr" in more[0] else parts[:1]
    assert main(mix(*given, more=more)) == 2
    assert says in capsys.readouterr().err


def test_half_an_ensemble_is_refused(parts, capsys) -> None:
    for given, more in [
        ((*parts, "lstm n_hidden=8"), ()),
        (parts[:1], ()),
        ((*parts, ""), ()),  # a semicolon after the last
        (parts, ("--set=train.lr=1",)),
    ]:
        assert main(mix(*given, model="ensemble", more=more)) == 2
        assert "takes checkpoint folders with semicolons between" in capsys.readouterr().err


def test_other_tokens_are_refused(parts, capsys) -> None:
    Path("other.txt").write_text("abc " * 50)
    assert main(["train", "--corpus=other.txt", "--model=ngram", "--out=other"]) == 0
    for model in ("mixture", "ensemble"):
        assert main(mix(parts[0], "other", model=model)) == 2
        assert "cut text into different tokens" in capsys.readouterr().err
