"""A Writer writes what `generate` writes, one token at a time."""

import math

import pytest
import torch

from lm_core.checkpoints import build_model
from lm_core.errors import BadSettings
from lm_core.generation import SamplerSettings, generate
from lm_core.generation.writer import Writer, candidates
from lm_core.models import LanguageModel

V = 11
SMALL = {
    "transformer": {"n_layer": 2, "n_head": 2, "n_embd": 8, "block_size": 8},
    "lstm": {"n_layer": 1, "n_embd": 6, "n_hidden": 8},
    "ngram": {"order": 3},
}


@pytest.fixture(params=SMALL)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    """A model whose guesses differ, so that a wrong state would show."""
    model = build_model(request.param, SMALL[request.param], V).eval()
    if model.learns_by == "counting":
        model.fit(torch.arange(200) ** 2 % V, torch.zeros(1, dtype=torch.int64))
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model


def test_writes_what_generate_writes_past_the_end_of_the_context(model: LanguageModel) -> None:
    sampler = SamplerSettings(temperature=0.9, top_k=6)
    prompt = [3, 1, 4]
    whole = [int(w.ids) for w in generate(model, prompt, max_tokens=20, sampler=sampler, seed=5)]
    writer = Writer(model, prompt, seed=5)
    assert [writer.step(sampler) for _ in range(20)] == whole == writer.written
    assert writer.forgotten == (16 if model.context_size else 0)


def test_a_prompt_longer_than_the_context_is_read_from_its_end(model: LanguageModel) -> None:
    prompt = [i % V for i in range(30)]
    (whole,) = generate(model, prompt, max_tokens=1)
    writer = Writer(model, prompt)
    torch.testing.assert_close(writer.logits, whole.logits[0])


def test_probabilities_are_the_models_own_whatever_the_sampler(model: LanguageModel) -> None:
    writer = Writer(model, [1])
    expected = writer.logits.softmax(-1)
    id = writer.step(SamplerSettings(temperature=0.0))
    assert id == int(expected.argmax())
    assert writer.probabilities == [pytest.approx(float(expected[id]))]


def test_looking_changes_nothing(model: LanguageModel) -> None:
    writer = Writer(model, [1])
    before = writer.logits.clone()
    candidates(writer.logits, SamplerSettings(temperature=0.2, top_k=2, top_p=0.5))
    torch.testing.assert_close(writer.logits, before)
    assert writer.written == []


def test_a_token_written_long_ago_is_looked_at_again(model: LanguageModel) -> None:
    """The logits are those it was chosen from, past the end of the context too; writing goes on as
    if nobody had looked."""
    writer, undisturbed, were = (
        Writer(model, [3, 1, 4], seed=5),
        Writer(model, [3, 1, 4], seed=5),
        [],
    )
    for _ in range(20):
        were.append(writer.logits)
        writer.step()
        writer.logits_at(len(writer.written) // 2)
    for position, logits in enumerate([*were, writer.logits]):
        torch.testing.assert_close(writer.logits_at(position), logits)
    assert writer.written == [undisturbed.step() for _ in range(20)]
    p = [float(writer.logits_at(i).softmax(-1)[id]) for i, id in enumerate(writer.written)]
    assert p == pytest.approx(writer.probabilities, rel=1e-4)
    assert writer.seen_at(0) == [3, 1, 4]
    assert writer.seen_at(20) == (writer.prompt + writer.written)[writer.forgotten :]


@pytest.mark.parametrize("position", [-1, 1])
def test_a_token_that_is_not_written_cannot_be_looked_at(
    model: LanguageModel, position: int
) -> None:
    with pytest.raises(IndexError):
        Writer(model, [1]).seen_at(position)


def test_an_empty_prompt_is_refused_with_a_sentence(model: LanguageModel) -> None:
    with pytest.raises(BadSettings, match="boundary token"):
        Writer(model, [])


def test_the_arithmetic_of_a_candidate() -> None:
    logits = torch.tensor([2.0, 0.0, 1.0, -3.0])
    first, second, third = candidates(logits, SamplerSettings(temperature=0.5), most=3)
    assert [first.id, second.id, third.id] == [0, 2, 1]
    assert [first.scaled, second.scaled] == [4.0, 2.0]
    total = sum(math.exp(2 * z) for z in logits.tolist())
    assert second.share == pytest.approx(math.exp(2.0) / total)
    assert second.probability == second.share
    assert second.own == pytest.approx(math.e / sum(math.exp(z) for z in logits.tolist()))


def test_what_is_ruled_out_has_a_share_and_no_probability() -> None:
    logits = torch.tensor([2.0, 0.0, 1.0, -3.0])
    kept, also, out = candidates(logits, SamplerSettings(top_k=2), most=3)
    assert out.share > 0
    assert out.probability == 0
    assert kept.probability + also.probability == pytest.approx(1)


def test_temperature_zero_gives_everything_to_the_likeliest() -> None:
    best, other = candidates(torch.tensor([0.0, 1.0]), SamplerSettings(temperature=0.0))
    assert (best.id, best.probability, best.share) == (1, 1.0, 1.0)
    assert (other.probability, other.share) == (0.0, 0.0)
    assert math.isnan(best.scaled)


@pytest.mark.parametrize(("chosen", "shown"), [(3, [0, 3]), (2, [0, 2]), (None, [0, 2])])
def test_the_chosen_token_is_shown_however_unlikely(chosen: int | None, shown: list[int]) -> None:
    logits = torch.tensor([2.0, 0.0, 1.0, -3.0])
    found = candidates(logits, SamplerSettings(), most=2, chosen=chosen)
    assert [candidate.id for candidate in found] == shown


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused_with_a_sentence(model: LanguageModel, seed: int) -> None:
    with pytest.raises(BadSettings, match="seed must be from 0"):
        Writer(model, [1], seed=seed)


def test_what_is_taken_back_was_never_written(model: LanguageModel) -> None:
    """Past the end of the context too, and whoever goes on by hand reads what a fresh one reads."""
    writer = Writer(model, [3, 1, 4], seed=5)
    for _ in range(20):
        writer.step()
    before = writer.written[:], writer.probabilities[:]
    for length in (17, 17, 6, 0):
        writer.back_to(length)
        assert (writer.written, writer.probabilities) == (before[0][:length], before[1][:length])
        torch.testing.assert_close(writer.logits, writer.logits_at(length))
    for id in before[0]:
        assert writer.take(id) == id
    assert writer.written == before[0]
    assert writer.probabilities == pytest.approx(before[1], rel=1e-4)


def test_drawing_again_after_a_step_back_uses_fresh_random_numbers(model: LanguageModel) -> None:
    found = set()
    writer = Writer(model, [3, 1, 4], seed=5)
    for _ in range(12):
        writer.back_to(0)
        found.add(tuple(writer.step() for _ in range(4)))
    assert len(found) > 1


def test_a_text_that_was_kept_is_gone_on_with(model: LanguageModel) -> None:
    kept = Writer(model, [3, 1, 4], seed=5)
    for _ in range(12):
        kept.step()
    other = Writer(model, [3, 1, 4], seed=8)
    other.step()
    other.resume(kept.written, kept.probabilities)
    torch.testing.assert_close(other.logits, kept.logits_at(12))
    assert other.written == kept.written
    other.step()
    assert len(kept.written) == 12


@pytest.mark.parametrize("wrong", [-1, V])
def test_no_such_token_can_be_given(model: LanguageModel, wrong: int) -> None:
    writer = Writer(model, [1])
    with pytest.raises(IndexError):
        writer.take(wrong)
    with pytest.raises(IndexError):
        writer.back_to(1)
