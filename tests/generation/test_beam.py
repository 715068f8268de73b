"""Beam search against trying out every text."""

import itertools

import pytest
import torch

from lm_core.errors import BadSettings
from lm_core.generation import SamplerSettings, generate
from lm_core.generation.beam import beam_search
from lm_core.generation.session import Session, next_logits
from lm_core.models import models
from tests.generation.huggingface import END, gpt2
from tests.generation.huggingface import theirs as found_by
from tests.marks import most_slow
from tests.tiny import lively_model

# Counts of a short text are often equal, and then any of several texts is the likeliest.
CAUSAL = [entry.name for entry in models if entry.build.causal and entry.name != "bigram"]


def nats(model, prompt: list[int], ids: tuple[int, ...]) -> float:
    idx = torch.tensor([[*prompt, *ids]])
    with torch.inference_mode():
        each, _ = model.nats(idx[:, :-1], idx[:, 1:])
    return float(each[0, len(prompt) - 1 :].double().sum())


@pytest.mark.parametrize("family", ["mlp", "lstm", "transformer"])
def test_beams_as_many_as_there_are_texts_find_the_best(family: str) -> None:
    model = lively_model(family, 4)
    found = beam_search(model, [1, 2], width=64, max_tokens=3)
    every = sorted((nats(model, [1, 2], ids), ids) for ids in itertools.product(range(4), repeat=3))
    assert len(found) == 64
    for beam, (surprise, ids) in zip(found[:10], every, strict=False):
        assert beam.nats == pytest.approx(surprise, abs=1e-4)
        assert tuple(beam.ids) == ids


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0])
def test_texts_that_end_compete_with_those_that_go_on(penalty: float) -> None:
    """All texts over {1, 2, 3} of up to three tokens, closed by 0 or cut off after three."""
    model, prompt = lively_model("lstm", 4), [1]
    every = []
    for n in range(4):
        for ids in itertools.product((1, 2, 3), repeat=n):
            if n < 3:  # the end token takes a place of its own
                every.append((-nats(model, prompt, (*ids, 0)) / (n + 1) ** penalty, ids, True))
            else:
                every.append((-nats(model, prompt, ids) / 3**penalty, ids, False))
    best = max(every)
    found = beam_search(model, prompt, width=40, max_tokens=3, length_penalty=penalty, end=0)[0]
    assert found.score(penalty) == pytest.approx(best[0], abs=1e-5)
    assert (tuple(found.ids), found.ended) == best[1:]


@pytest.mark.parametrize("family", CAUSAL)
def test_one_beam_is_greedy_even_past_the_context(family: str) -> None:
    model = lively_model(family)
    greedy = generate(model, [3, 4], max_tokens=30, sampler=SamplerSettings(temperature=0.0))
    expected = [int(step.ids) for step in greedy]
    found = beam_search(model, [3, 4], width=1, max_tokens=30)
    assert [beam.ids for beam in found] == [expected]


def test_more_beams_are_never_worse() -> None:
    model = lively_model("transformer")
    best = [beam_search(model, [5], width=w, max_tokens=6)[0].nats for w in (1, 4, 32)]
    assert best[2] <= best[0] + 1e-6
    assert best == sorted(best, reverse=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"width": 0}, "1 to 64 beams"),
        ({"width": 65}, "1 to 64 beams"),
        ({"max_tokens": 0}, "1 to 2000 tokens"),
        ({"length_penalty": float("nan")}, "length penalty must be from 0 to 10"),
        ({"early_stopping": "soon"}, "early_stopping must be one of"),
        ({"prompt": []}, "needs a prompt"),
        ({"model": lively_model("encoder")}, "reads left to right"),
    ],
)
def test_bad_requests_are_one_sentence(change: dict, says: str) -> None:
    given = {"model": lively_model("lstm"), "prompt": [1], "width": 2, "max_tokens": 3} | change
    with pytest.raises(BadSettings, match=says):
        beam_search(given.pop("model"), given.pop("prompt"), **given)


def test_the_mode_is_restored() -> None:
    model = lively_model("lstm").train()
    beam_search(model, [1], width=2, max_tokens=2)
    assert model.training


@pytest.mark.parametrize(
    ("width", "penalty", "early"),
    most_slow(
        list(itertools.product((2, 3, 5), (0.0, 1.0, 2.0), (False, True, "never"))),
        quick=[
            *[(2, 0.0, False), (5, 2.0, False)],
            *[(3, 0.0, True), (2, 2.0, True)],
            *[(5, 0.0, "never"), (3, 2.0, "never")],
        ],
    ),
)
def test_it_finds_what_transformers_finds(width: int, penalty: float, early: bool | str) -> None:
    """GPT-2 and ours with its weights: every beam and its score, whatever the rule of stopping."""
    lengths, how = set(), {"length_penalty": penalty, "early_stopping": early}
    for seed in range(6):
        theirs, ours = gpt2(seed)
        prompt = [5 + seed, 6, 7][: 1 + seed % 3]
        (rows,) = found_by(theirs, torch.tensor([prompt]), width, max_new_tokens=10, **how)
        found = beam_search(ours, prompt, width=width, max_tokens=10, end=END, **how)
        assert [beam.ids for beam in found] == [ids for ids, _ in rows]
        scores = torch.tensor([beam.score(penalty) for beam in found])
        torch.testing.assert_close(scores, torch.tensor([s for _, s in rows]), atol=1e-4, rtol=1e-4)
        lengths |= {len(beam.ids) for beam in found}
    assert len(lengths) > 1


@pytest.mark.parametrize("family", CAUSAL)
def test_rows_are_picked_with_what_they_have_read(family: str) -> None:
    """A session whose rows are kept, repeated and left out says what reading them anew says; past
    the context too, and where nobody had said that rows would be picked."""
    model, generator = lively_model(family), torch.Generator().manual_seed(0)
    for branches in (True, False):
        ids = torch.tensor([[3, 4]])
        session = Session(model, ids, branches=branches)
        for n in range(24):
            rows = torch.randint(len(ids), (1 + n % 4,), generator=generator)
            chosen = torch.randint(27, (len(rows),), generator=generator)
            session.pick(rows)
            expected = next_logits(model, ids[rows])
            torch.testing.assert_close(session.logits, expected, atol=1e-4, rtol=1e-4)
            session.push(chosen)
            ids = torch.cat([ids[rows], chosen.unsqueeze(1)], dim=1)
            assert torch.equal(session.ids, ids)
            expected = next_logits(model, ids)
            torch.testing.assert_close(session.logits, expected, atol=1e-4, rtol=1e-4)


def test_a_beam_knows_how_it_came_about() -> None:
    model = lively_model("lstm", 5)
    for beam in beam_search(model, [1], width=4, max_tokens=6, end=0):
        assert beam.nats == pytest.approx(-sum(beam.logprobs))
        assert len(beam.rows) == len(beam.logprobs) == len(beam.ids) + beam.ended
        assert beam.rows[0] == 0
        assert beam.nats == pytest.approx(
            nats(model, [1], (*beam.ids, *([0] if beam.ended else []))), abs=1e-4
        )
