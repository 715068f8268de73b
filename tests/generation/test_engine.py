import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, BadText
from lm_core.generation import SamplerSettings, generate, write_text
from lm_core.generation.engine import MOST_TOKENS, continuation, prompt_ids
from lm_core.generation.session import window_start
from lm_core.models import models
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.word import WordTokenizer
from tests.marks import most_slow
from tests.tiny import NAMES, TEXT, encoded, lively_model, some_ids, tiny_model

FAMILIES = [entry.name for entry in models if entry.build.causal]  # that write


def ids_of(model, prompt, **how) -> torch.Tensor:
    """(samples, tokens) that were written."""
    return torch.stack([written.ids for written in generate(model, prompt, **how)], dim=1)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("samples", most_slow([1, 3], quick=[3]))
def test_cached_and_plain_write_the_same_at_any_temperature(family: str, samples: int) -> None:
    how = {"max_tokens": 50, "samples": samples, "seed": 4, "sampler": SamplerSettings(top_k=5)}
    model = lively_model(family)
    fast, plain = (ids_of(model, [1, 2, 3], cached=cached, **how) for cached in (True, False))
    assert torch.equal(fast, plain)
    assert fast.shape == (samples, 50)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_seed_decides_and_the_global_generator_is_left_alone(family: str) -> None:
    model = lively_model(family)
    before = torch.get_rng_state()
    one, again, other = (
        ids_of(model, [1], max_tokens=30, samples=2, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not torch.equal(one[0], one[1])  # each sample is drawn for itself
    assert torch.equal(torch.get_rng_state(), before)


def test_who_stops_asking_has_what_was_written_so_far() -> None:
    model = lively_model("transformer")
    whole = ids_of(model, [1], max_tokens=20, seed=3)
    writing = generate(model, [1], max_tokens=20, seed=3)
    part = [written.ids for written in itertools.islice(writing, 5)]
    assert torch.equal(torch.stack(part, dim=1), whole[:, :5])


@pytest.mark.parametrize("training", [True, False])
def test_train_or_eval_mode_is_put_back_even_when_the_reader_leaves(training: bool) -> None:
    model = lively_model("transformer", dropout=0.5).train(training)
    writing = generate(model, [1], max_tokens=20)
    next(writing)
    writing.close()
    assert model.training is training
    list(generate(model, [1], max_tokens=2))
    assert model.training is training


def test_logits_are_those_the_choice_was_made_from() -> None:
    model = lively_model("lstm")
    greedy = SamplerSettings(temperature=0.0)
    for written in generate(model, [1], max_tokens=5, samples=2, sampler=greedy):
        assert written.logits.shape == (2, 27)
        assert torch.equal(written.ids, written.logits.argmax(-1))


@pytest.mark.parametrize("prompt", [[5, 6, 7], torch.tensor([5, 6, 7])])
def test_a_prompt_is_a_list_or_a_tensor(prompt) -> None:
    assert ids_of(lively_model("lstm"), prompt, max_tokens=3).shape == (1, 3)


def test_a_prompt_longer_than_the_context_is_read_from_its_end() -> None:
    model = lively_model("transformer")
    prompt = some_ids(100, 27)
    seen = prompt[window_start(100, 16) :]
    assert 8 < len(seen) <= 16
    greedy = SamplerSettings(temperature=0.0)
    first = next(generate(model, prompt, max_tokens=1, sampler=greedy))
    with torch.inference_mode():
        logits, _ = model(seen[None])
    torch.testing.assert_close(first.logits, logits[:, -1])


@given(n=st.integers(1, 2000), context=st.integers(2, 100))
def test_a_window_fits_and_is_at_least_half_full_and_moves_seldom(n: int, context: int) -> None:
    begin = window_start(n, context)
    if n <= context:
        assert begin == 0
    else:
        assert context - context // 2 <= n - begin <= context
    assert window_start(n, None) == 0
    moves = {window_start(k, context) for k in range(n, n + context)}
    assert len(moves) <= 4


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"prompt": []}, "at least one token"),
        ({"max_tokens": 0}, "1 to 100000 tokens"),
        ({"max_tokens": MOST_TOKENS + 1}, "1 to 100000 tokens"),
        ({"samples": 0}, "1 to 1000 samples"),
        ({"samples": 1001}, "1 to 1000 samples"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**63}, "seed must be"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(how: dict, said: str) -> None:
    with pytest.raises(BadSettings) as error:
        next(generate(tiny_model("lstm"), **({"prompt": [1], "max_tokens": 1} | how)))
    assert said in str(error.value)


# Text ---------------------------------------------------------------------------------------------


def test_items_begin_at_a_boundary_and_running_text_only_where_there_is_none() -> None:
    tokenizer = CharTokenizer(["\n", "a", "b"])
    assert prompt_ids(tokenizer, "ab", items=True) == [0, 1, 2]
    assert prompt_ids(tokenizer, "", items=True) == [0]
    assert prompt_ids(tokenizer, "ab", items=False) == [1, 2]
    assert prompt_ids(tokenizer, "", items=False) == [0]


def test_a_prompt_with_a_strange_character_is_refused_by_name() -> None:
    tokenizer, _ = encoded(NAMES, items=True)
    with pytest.raises(BadText, match="'Z'"):
        write_text(tiny_model("lstm", tokenizer.vocab_size), tokenizer, "Zoe", items=True)


def test_items_end_at_their_boundary() -> None:
    tokenizer, data = encoded(NAMES, items=True)
    model = tiny_model("ngram", tokenizer.vocab_size, order=4)
    model.fit(data.ids, data.starts)
    texts = write_text(model, tokenizer, "em", max_tokens=30, samples=40, items=True)
    assert len(texts) == 40
    assert all(text.startswith("em") and "\n" not in text for text in texts)
    assert {"emma", "emily"} & set(texts)


def test_running_text_goes_on_for_as_long_as_asked() -> None:
    tokenizer, data = encoded([TEXT])
    model = tiny_model("ngram", tokenizer.vocab_size, order=4)
    model.fit(data.ids, data.starts)
    (text,) = write_text(model, tokenizer, "The river ", max_tokens=80)
    assert text.startswith("The river ")
    assert len(text) == len("The river ") + 80
    greedy = SamplerSettings(temperature=0.0)
    (text,) = write_text(model, tokenizer, "The ri", max_tokens=4, sampler=greedy)
    assert text == "The river "


def test_words_are_joined_as_people_write_them() -> None:
    words = WordTokenizer(["<unk>", "<eos>", "the", "river", ".", "low"])
    assert continuation(words, "The", [3, 5, 4]) == " river low."
    assert continuation(words, "The ", [3]) == "river"
    assert continuation(words, "The river", [4]) == "."
    assert continuation(words, "", [2, 3]) == "the river"
    assert continuation(words, "The river", []) == ""
    letters = CharTokenizer(["\n", "a", "b"])
    assert continuation(letters, "a", [2, 1]) == "ba"
