"""Each answer of the lab against another way to it; whatever else is given, a sentence."""

import json
import math
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora import load_corpus
from lm_core.errors import LabError
from lm_core.lessons.answers import ANSWERS, answer, entry_of
from lm_core.lessons.question import Computed, Question
from lm_core.runs.gallery import CASES

SHIPPED = Path(__file__).parents[2] / "checkpoints"


def asked(kind: str, name: str, options: tuple = (), at: tuple = (), **given: object) -> Question:
    return Question(
        "?", kind, options, computed=Computed(name, tuple(sorted(given.items()))), at=at
    )


def test_what_a_model_says() -> None:
    """Next token, surprise, perplexity and parameters, from the logits of one pass."""
    checkpoint = load_checkpoint(SHIPPED / "names-lstm")
    model, tokenizer = checkpoint.model.eval(), checkpoint.tokenizer
    end = tokenizer.boundary_id
    ids = torch.tensor([[end, *tokenizer.encode("emma"), end]])
    with torch.inference_mode():
        logits, _ = model(ids[:, :-1])
    nats = torch.nn.functional.cross_entropy(logits[0], ids[0, 1:]).item()
    of = {"model": "names-lstm", "text": "emma"}
    assert answer(asked("number", "surprise", **of)) == pytest.approx(nats, rel=1e-4)
    assert answer(asked("number", "perplexity", **of)) == pytest.approx(math.exp(nats), rel=1e-4)
    best = tokenizer.decode([int(logits[0, 3].argmax())])
    said = asked("choice", "next_token", ("a", "e"), model="names-lstm", prompt="emm")
    assert answer(said) == best
    count = sum(parameter.numel() for parameter in model.parameters())
    assert answer(asked("number", "n_parameters", model="names-lstm")) == count


def test_what_ships_says() -> None:
    race = json.loads((SHIPPED / "races" / "names-10s.json").read_text(encoding="utf-8"))
    rows = [one for one in race["results"] if one["model"] == "gru" and one["seed"] == 0]
    (step, _, _, nats), *_ = rows[0]["curve"]
    found = answer(asked("curve", "curve", at=(step, 1e6), race="names-10s", family="gru"))
    assert found == (nats, rows[0]["curve"][-1][3])
    case = CASES[0]
    said = asked("choice", "cure", (case.mend, "nothing"), case=case.name)
    assert answer(said) == case.mend
    said = asked("choice", "verdict", (case.expected, "fine"), case=case.name)
    assert answer(said) == case.expected


def test_the_winner_has_the_lowest_mean() -> None:
    race = json.loads((SHIPPED / "races" / "names-10s.json").read_text(encoding="utf-8"))
    losses: dict[str, list[float]] = {}
    for one in race["results"]:
        losses.setdefault(one["model"], []).append(one["validation_nats"])
    two = {"bigram", "lstm"}
    best = min(two, key=lambda name: sum(losses[name]) / len(losses[name]))
    said = asked("choice", "winner", ("Bigram", "LSTM"), race="names-10s", families="bigram, lstm")
    assert answer(said).lower() == best


def test_what_is_counted() -> None:
    names = load_corpus("names").splits["train"]
    assert answer(asked("number", "initial_loss", vocab_size=27)) == pytest.approx(3.2958, abs=1e-4)
    pairs = sum(name[i : i + 2] == "an" for name in names for i in range(len(name)))
    assert answer(asked("number", "pair_count", first="a", second="n")) == pairs
    begin = sum(name.startswith("a") for name in names)
    assert answer(asked("number", "pair_count", first="", second="a")) == begin
    ends = sum(name.endswith("a") for name in names)
    assert answer(asked("number", "pair_count", first="a", second="")) == ends


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (asked("number", "horoscope"), "computes no 'horoscope'"),
        (asked("number", "initial_loss", size=3), "Unknown setting 'size'"),
        (asked("number", "initial_loss", vocab_size=0), "vocab_size must be from 1"),
        (asked("number", "winner"), "a question of the kind choice"),
        (asked("number", "perplexity", model="../../etc"), "No model that ships"),
        (asked("number", "perplexity", model="translate-none"), "guesses no tokens"),
        (asked("number", "perplexity", text="x" * 2001), "shorten it"),
        (asked("choice", "winner", ("a", "b"), race="../x"), "No race that ships"),
        (asked("choice", "winner", ("a", "b"), families="gpt"), "'gpt' did not race"),
        (asked("choice", "winner", ("a", "b")), "none of the options"),
        (asked("curve", "curve", at=(0.5, 1)), "was measured first after"),
        (asked("curve", "curve", at=(1, 2), family="gpt"), "did not race"),
        (asked("choice", "cure", ("a", "b"), case="x"), "Unknown case"),
        (asked("number", "pair_count", first="ab"), "two letters"),
        (Question("?", "number"), "Nothing computes"),
    ],
)
def test_what_cannot_be_computed_is_said(question: Question, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        answer(question)


def test_each_says_what_it_takes() -> None:
    for name, entry in ANSWERS.items():
        kind = entry.kinds[0]
        options = ("a", "b") if kind == "choice" else ()
        at = (1, 2) if kind == "curve" else ()
        found, settings = entry_of(asked(kind, name, options, at))
        assert found is entry
        assert settings == entry.settings()
        assert entry.title
