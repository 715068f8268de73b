import itertools

import pytest
import torch

from lm_core.errors import BadSettings, BadText, ContextTooLong
from lm_core.generation import SamplerSettings
from lm_core.generation.filling import GAP, fill, fill_text, gaps_filled, guesses
from lm_core.models.encoder import Encoder, EncoderSettings
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.word import WordTokenizer
from lm_core.training.optimizers import OPTIMIZERS
from tests.tiny import NAMES, TEXT, encoded, lively_model, some_ids

GREEDY = SamplerSettings(temperature=0.0)
V = 27


def filled(model, ids, places, **how) -> torch.Tensor:
    """(samples, T) ids with every gap filled."""
    steps = list(fill(model, ids, places, **how))
    text = torch.as_tensor(ids).repeat(len(steps[0].ids), 1)
    for step in steps:
        text[torch.arange(len(text)), step.places] = step.ids
    return text


def test_one_gap_is_asked_for_as_the_model_says_it() -> None:
    model, ids = lively_model("encoder"), some_ids(9, V)
    given = ids.clone()
    given[4] = model.mask_id
    with torch.inference_mode():
        logits = model(given.view(1, -1))[0][0, 4]
    torch.testing.assert_close(guesses(model, ids, [4])[0], logits.softmax(-1))
    (step,) = fill(model, ids, [4], sampler=GREEDY)
    torch.testing.assert_close(step.logits[0], logits)
    assert step.places.tolist() == [4]
    assert step.ids.tolist() == [int(logits.argmax())]


def test_what_is_never_to_fill_gives_way_to_the_next_likeliest() -> None:
    model, ids = lively_model("encoder"), some_ids(9, V)
    order = guesses(model, ids, [4])[0].argsort(descending=True).tolist()
    (step,) = fill(model, ids, [4], sampler=GREEDY, never=order[:2])
    assert step.ids.tolist() == [order[2]]
    drawn = filled(model, ids, [4], samples=200, never=order[:2])[:, 4].tolist()
    assert not set(order[:2]) & set(drawn)


def test_unk_fills_no_gap() -> None:
    tokenizer = WordTokenizer(["<unk>", "<eos>", "the", "river", "low"])
    model = lively_model("encoder", tokenizer.vocab_size)
    said = fill_text(model, tokenizer, "the _ river _ _", samples=50)
    assert len(set(said)) > 1
    assert not any("<unk>" in text for text in said)


def test_guesses_come_in_the_order_they_were_asked_for_and_sum_to_one() -> None:
    model, ids = lively_model("encoder"), some_ids(9, V)
    several = guesses(model, ids, [7, 0, 3])
    assert several.shape == (3, V)
    torch.testing.assert_close(several.sum(-1), torch.ones(3))
    assert torch.equal(guesses(model, ids, [0, 3, 7]), several[[1, 2, 0]])


def test_what_stands_at_a_hidden_place_is_not_read() -> None:
    model, ids = lively_model("encoder"), some_ids(9, V)
    other = ids.clone()
    other[[2, 6]] = -1
    assert torch.equal(guesses(model, ids, [2, 6]), guesses(model, other, [2, 6]))
    both = [filled(model, text, [2, 6], sampler=GREEDY) for text in (ids, other)]
    assert torch.equal(*both)


def test_the_surest_gap_is_filled_first_and_read_from_then_on() -> None:
    model, ids = lively_model("encoder"), some_ids(12, V)
    hidden, text = [1, 5, 6, 10], some_ids(12, V)
    for step in fill(model, ids, [1, 5, 6, 10], sampler=GREEDY):
        p = guesses(model, text, hidden)
        surest = hidden[int(torch.special.entr(p).sum(-1).argmin())]
        assert step.places.tolist() == [surest]
        assert int(step.ids) == int(p[hidden.index(surest)].argmax())
        text[surest] = step.ids
        hidden.remove(surest)
    assert not hidden


def test_only_the_gaps_change() -> None:
    model, ids = lively_model("encoder"), some_ids(12, V)
    text = filled(model, ids, [3, 4, 8], samples=20, seed=1)
    kept = [t for t in range(12) if t not in (3, 4, 8)]
    assert torch.equal(text[:, kept], ids[kept].repeat(20, 1))
    assert len({tuple(row) for row in text.tolist()}) > 10  # each sample is drawn for itself


def test_draws_follow_the_probabilities() -> None:
    model, ids = lively_model("encoder", 5), some_ids(8, 5)
    counts = torch.zeros(5)
    for seed in range(4):
        chosen = filled(model, ids, [2], samples=1000, seed=seed)[:, 2]
        counts += chosen.bincount(minlength=5)
    torch.testing.assert_close(counts / 4000, guesses(model, ids, [2])[0], atol=0.03, rtol=0)


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    model, ids = lively_model("encoder"), some_ids(12, V)
    before = torch.get_rng_state()
    one, again, other = (
        filled(model, ids, range(1, 11), samples=3, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("training", [True, False])
def test_train_or_eval_mode_is_put_back(training: bool) -> None:
    model, ids = lively_model("encoder", dropout=0.5).train(training), some_ids(9, V)
    assert torch.equal(guesses(model, ids, [4]), guesses(model, ids, [4]))  # without dropout
    assert model.training is training
    steps = fill(model, ids, [1, 2, 3])
    next(steps)
    steps.close()
    assert model.training is training


def test_who_stops_asking_has_what_was_filled_so_far() -> None:
    model, ids = lively_model("encoder"), some_ids(12, V)
    whole = [int(step.ids) for step in fill(model, ids, [1, 5, 9], seed=3)]
    part = [int(step.ids) for step in itertools.islice(fill(model, ids, [1, 5, 9], seed=3), 2)]
    assert part == whole[:2]


def test_names_that_were_learned_are_filled_in() -> None:
    """Trained here on forty names by heart, it puts letters back."""
    torch.manual_seed(0)
    tokenizer = CharTokenizer.train(NAMES)
    s = EncoderSettings(
        n_layer=2, n_head=2, n_embd=32, block_size=12, position="learned", masked=0.4
    )
    model = Encoder(s, tokenizer.vocab_size).train()
    b = tokenizer.boundary_id
    text = torch.full((len(NAMES), 12), -1)
    for row, name in enumerate(NAMES):
        text[row, : len(name) + 2] = torch.tensor([b, *tokenizer.encode(name), b])
    idx = text[:, :-1].clamp(min=0)
    optimizer = OPTIMIZERS["adamw"](model, lr=5e-3, weight_decay=0.0)
    for _ in range(200):
        model.nats(idx, text[:, 1:])[0].mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    gaps = [name[:2] + "_" + name[3:] for name in NAMES if len(name) > 4]
    said = [fill_text(model, tokenizer, gap, sampler=GREEDY, items=True)[0] for gap in gaps]
    right = sum(name in NAMES for name in said)
    assert right > 0.8 * len(gaps)
    three = fill_text(model, tokenizer, "oliv__", samples=3, items=True)
    assert len(three) == 3
    assert all(name.startswith("oliv") for name in three)


def test_a_gap_is_one_token_of_whatever_kind() -> None:
    tokenizer = WordTokenizer.train([TEXT])
    model = lively_model("encoder", tokenizer.vocab_size)
    (said,) = fill_text(model, tokenizer, "the road ___ on it", gap="___", seed=2)
    words = said.split()
    assert len(words) == 5
    assert [*words[:2], *words[3:]] == ["the", "road", "on", "it"]
    with pytest.raises(BadText, match="no gap in this text: write '_'"):
        fill_text(model, tokenizer, "the road was in it")
    with pytest.raises(BadText, match="no gap"):
        fill_text(model, tokenizer, "the road", gap="")


def test_what_cannot_be_filled_is_one_sentence() -> None:
    model, ids = lively_model("encoder"), some_ids(9, V)
    for run in (lambda *a, **k: next(fill(*a, **k)), guesses):
        with pytest.raises(BadSettings, match=r"left to right.*choose an encoder"):
            run(lively_model("transformer"), ids, [2])
        with pytest.raises(BadSettings, match="at least one place"):
            run(model, ids, [])
        with pytest.raises(BadSettings, match="at least one place"):
            run(model, [], [0])
        for place in (9, -1):
            with pytest.raises(BadSettings, match=f"0 to 8, so {place} is none"):
                run(model, ids, [2, place])
        with pytest.raises(BadSettings, match="no place twice"):
            run(model, ids, [2, 2])
        with pytest.raises(BadSettings, match="ids 0 to 26, and 27 is none"):
            run(model, [1, 27, 3], [2])
        with pytest.raises(ContextTooLong, match="18 tokens"):
            run(model, some_ids(18, V), [2])
    with pytest.raises(BadSettings, match="1 to 1000 samples, not 0"):
        next(fill(model, ids, [2], samples=0))
    with pytest.raises(BadSettings, match="seed must be"):
        next(fill(model, ids, [2], seed=-1))


@pytest.mark.parametrize("items", [True, False])
def test_real_text_is_shown_with_its_gaps_and_filled(items: bool) -> None:
    tokenizer, data = encoded(NAMES if items else [TEXT], items=items)
    model = lively_model("encoder", tokenizer.vocab_size)
    lines = gaps_filled(model, tokenizer, data).splitlines()
    given, filled = lines[::2], lines[1::2]
    assert len(given) == len(filled) == (4 if items else 1)
    source = NAMES if items else [TEXT]
    for before, after, real in zip(given, filled, source, strict=False):
        assert GAP in before
        assert len(before) == len(after)
        assert all(b in (a, GAP) for a, b in zip(after, before, strict=True))
        assert all(b in (r, GAP) for r, b in zip(real, before, strict=False))
