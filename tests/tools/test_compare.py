"""Comparisons with small stand-ins for the peers: what is measured, and that it is said."""

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from tests.tiny import TEXT, some_ids, stream
from tests.tools.peers import NANOGPT, WORD_LANGUAGE_MODEL, checkout
from tools.compare import huggingface, nanogpt, race, word_language_model
from tools.compare.beside import beside, load, threads

TINY = {"n_layer": 1, "n_head": 1, "n_embd": 8, "block_size": 8}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of a size for tests."""
    monkeypatch.setattr(nanogpt, "SMALL", TINY)
    monkeypatch.setattr(race, "SMALL", TINY)
    monkeypatch.setattr(nanogpt, "STEPS", 2)
    monkeypatch.setattr(nanogpt, "WRITING", {"1x8": (TINY, 5)})
    monkeypatch.setattr(word_language_model, "WIDTH", 8)
    monkeypatch.setattr(word_language_model, "STEPS", 2)
    monkeypatch.setattr(word_language_model, "ROWS", 3)
    monkeypatch.setattr(word_language_model, "BPTT", 4)


def answer(capsys: pytest.CaptureFixture) -> dict:
    """The one JSON object, alone on standard output."""
    return json.loads(capsys.readouterr().out)


# Beside each other --------------------------------------------------------------------------------


def test_rounds_alternate_and_medians_are_compared() -> None:
    order, mine, other = [], iter([9, 1, 2, 3.0]), iter([9, 4, 8, 100.0])

    def ours() -> float:
        order.append("ours")
        return next(mine)

    def theirs() -> float:
        order.append("theirs")
        return next(other)

    row = beside("x", 100, ours, theirs, peer="them", rounds=3)
    assert order[2:] == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]  # two to warm up
    assert (row["ours"], row["them"]) == (50.0, 12.5)
    assert row["ratio"] == 4.0
    assert row["ratio_of_rounds"] == [4.0, 33.333]


def test_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    with threads(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no model\.py"):
        load(tmp_path, "model.py", "GPT")
    with pytest.raises(SystemExit, match="has no RNNModel"):
        load(checkout(tmp_path, NANOGPT), "model.py", "RNNModel")


# nanoGPT ------------------------------------------------------------------------------------------


def test_nanogpt_is_compared_in_training_and_writing(small, tmp_path: Path, capsys) -> None:
    nanogpt.main([str(checkout(tmp_path, NANOGPT)), "--rounds", "1", "--threads", "1"])
    rows = answer(capsys)["results"]
    assert [row["name"] for row in rows] == ["train 4x128", "generate 1x8"]
    assert all(row["ours"] > 0 and row["nanogpt"] > 0 and row["ratio"] > 0 for row in rows)
    assert rows[1]["threads"] == 1


def test_the_rate_is_that_of_nanogpt() -> None:
    assert race.rate(0, 2000) == pytest.approx(1e-3 / 101)
    assert race.rate(99, 2000) == pytest.approx(1e-3 * 100 / 101)
    assert race.rate(100, 2000) == pytest.approx(1e-3)
    assert race.rate(1050, 2000) == pytest.approx((1e-3 + 1e-4) / 2)
    assert race.rate(2000, 2000) == pytest.approx(1e-4)


@pytest.mark.parametrize("rule", race.RULES)
def test_both_rules_score_every_token_once(tmp_path: Path, rule: str) -> None:
    peer = load(checkout(tmp_path, NANOGPT), "model.py")
    model, text = nanogpt.peer_model(peer, TINY, vocab_size=11), stream(some_ids(70, 11))
    expected = F.cross_entropy(model.table(text.ids[:-1]), text.ids[1:])  # the last token decides
    found = race.score(race.peer_nats(model), text, 8, rule)
    assert found == pytest.approx(expected.item(), rel=1e-5)


def test_the_context_that_each_rule_gives() -> None:
    text = stream(torch.zeros(21, dtype=torch.int64))

    def places(idx: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return torch.arange(idx.size(1)).float().expand_as(targets)  # tokens before it, less one

    assert race.score(places, text, 10, "windows") == pytest.approx(4.5)
    # The first row asks for all of its ten places, the others for their second halves.
    assert race.score(places, text, 10, "half") == pytest.approx((45 + 35 + 35) / 20)


def test_the_race_is_run_and_told(small, tmp_path: Path, capsys) -> None:
    file = tmp_path / "village.txt"
    file.write_text(TEXT * 2)
    peer = str(checkout(tmp_path / "nanogpt", NANOGPT))
    nanogpt.main([peer, "--quality", str(file), "--steps", "5", "--threads", "1"])
    told = answer(capsys)
    assert [row["name"] for row in told["results"]] == ["race, windows", "race, half"]
    for row in told["results"]:
        assert row["scored_characters"] == len(TEXT * 2) - int(0.9 * len(TEXT * 2)) - 1
        assert row["nanogpt_steps"] == 5
        assert 2 < row["nanogpt"] < 10
        assert 2 < row["ours_in_the_same_time"] < 4
        # Five steps of a table of pairs from random numbers: ours begins nearer to the truth.
        assert row["ours_seconds_to_reach_it"] > row["nanogpt_seconds"] >= 0
        assert row["times_sooner"] < 1


def test_the_first_lap_that_has_reached_it() -> None:
    laps = [race.Lap(seconds, {}) for seconds in range(9)]
    for first in range(9):
        assert race._first(lambda lap, n=first: lap.seconds >= n, laps) is laps[first]
    assert race._first(lambda lap: False, laps) is None


# PyTorch's word language model --------------------------------------------------------------------


def test_the_word_model_is_compared(small, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(word_language_model, "speeches", lambda: (some_ids(500, 40), 40))
    monkeypatch.setattr(word_language_model, "_asked", lambda *asked: float(asked[-1]))
    peer = str(checkout(tmp_path, WORD_LANGUAGE_MODEL))
    word_language_model.main([peer, "--rounds", "1", "--threads", "1"])
    speed, *memory = answer(capsys)["results"]
    assert speed["vocabulary"] == 40
    assert speed["ours"] > 0
    assert speed["word_language_model"] > 0
    assert [row["name"] for row in memory] == [
        "memory, 40 words, 3 rows",
        "memory, 40 words, 12 rows",
        "memory, 160 words, 3 rows",
    ]
    assert memory[1]["ours"] == 12.0


def test_both_learn_from_what_they_read(small, tmp_path: Path, monkeypatch) -> None:
    """The loops that are timed are trainings: a text of two words in turn is soon learned."""
    peer = load(checkout(tmp_path, WORD_LANGUAGE_MODEL), "model.py")
    ids, losses = torch.arange(600) % 2, []
    criterion = torch.nn.NLLLoss.forward

    def kept(self, output: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        losses.append(criterion(self, output, targets))
        return losses[-1]

    monkeypatch.setattr(torch.nn.NLLLoss, "forward", kept)
    word_language_model.peer_round(peer, ids, 5, rows=3, steps=120)()
    assert len(losses) == 120
    assert losses[-1] < 0.5 < losses[0]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux says so exactly")
@pytest.mark.slow
def test_memory_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    peer = checkout(tmp_path, WORD_LANGUAGE_MODEL)
    found = word_language_model._asked(peer, word_language_model.NAME, 2000, 20)
    assert 2 < found < 400  # the logits of a batch alone are 5.6 MB


# Hugging Face -------------------------------------------------------------------------------------


def test_both_write_the_same_with_the_same_weights() -> None:
    shape = {"n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 24}
    theirs = huggingface.their_model(shape)
    with torch.no_grad():
        for weight in theirs.parameters():
            weight += 0.3 * torch.randn_like(weight)
    ours = huggingface.our_model(shape, theirs)
    assert ours.n_parameters == theirs.num_parameters()
    written = huggingface.our_ids(ours, 23, greedy=True)
    assert written == huggingface.their_ids(theirs, 23, greedy=True)
    assert len(set(written)) > 3  # and not one token over and over
    assert len(huggingface.our_ids(ours, 23, greedy=False)) == 23
    assert len(huggingface.their_ids(theirs, 23, greedy=False)) == 23


def test_every_size_and_way_has_a_row(monkeypatch, capsys) -> None:
    monkeypatch.setattr(huggingface, "SHAPES", {"1x8": TINY})
    huggingface.main(["--rounds", "1"])
    told = answer(capsys)
    assert told["transformers"]
    assert [row["name"] for row in told["results"]] == [
        "generate 1x8 greedy, recipe",
        "generate 1x8 drawn, recipe",
        "generate 1x8 greedy, the same weights",
        "generate 1x8 drawn, the same weights",
    ]
    assert all(row["tokens"] == 7 and row["ratio"] > 0 for row in told["results"])
