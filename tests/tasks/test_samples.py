"""Samples with the probability of each token, beside the plain computation."""

import math

import pytest
import torch

from lm_core.generation import generate, write_text
from lm_core.models.contract import LanguageModel
from lm_core.tasks.samples import ITEM_TOKENS, ITEMS, SAMPLER, TEXT_TOKENS, parted, write_sample
from lm_core.tokenizers import Tokenizer, tokenizers
from tests.tiny import NAMES, TEXT, alphabet, lively_model

FOREIGN = "Über den Fluß, 你好 ☃ "


def made(token: str, *, items: bool) -> tuple[Tokenizer, LanguageModel]:
    entry = tokenizers[token]
    rare = {"min_frequency": 1} if token == "word" else {}
    texts = NAMES if items else [TEXT + FOREIGN]
    tokenizer = entry.build.train(texts, entry.settings(**rare), items=items)
    return tokenizer, lively_model("transformer", tokenizer.vocab_size)


@pytest.mark.parametrize("items", [True, False])
@pytest.mark.parametrize("token", ["char", "word", "bpe"])
def test_it_is_what_is_written_without_looking_and_the_pieces_are_all_of_it(
    token: str, items: bool
) -> None:
    tokenizer, model = made(token, items=items)
    text, pieces = write_sample(model, tokenizer, seed=3, items=items)
    plain = write_text(
        model,
        tokenizer,
        max_tokens=ITEM_TOKENS if items else TEXT_TOKENS,
        samples=ITEMS if items else 1,
        sampler=SAMPLER,
        seed=3,
        items=items,
    )
    assert text == "\n".join(plain)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece and (math.isnan(p) or 0 < p <= 1) for piece, p in pieces)


def test_each_piece_has_the_probability_of_its_token_at_temperature_one() -> None:
    tokenizer, model = made("char", items=False)
    text, pieces = write_sample(model, tokenizer, seed=1)
    assert len(pieces) == TEXT_TOKENS
    ids = [tokenizer.boundary_id, *tokenizer.encode(text).tolist()]
    for n in (1, 2, 9, 16):  # while all of it is in the context of 16
        with torch.inference_mode():
            logits, _ = model(torch.tensor([ids[:n]]))
        assert pieces[n - 1][1] == pytest.approx(float(logits[0, -1].softmax(-1)[ids[n]]), rel=1e-4)


def test_a_line_end_between_items_is_the_token_that_ended_the_first() -> None:
    tokenizer, model = made("char", items=True)
    text, pieces = write_sample(model, tokenizer, seed=3, items=True)
    ends = [p for piece, p in pieces if piece == "\n"]
    assert len(ends) == ITEMS - 1 == text.count("\n")
    steps = list(
        generate(
            model,
            [tokenizer.boundary_id],
            max_tokens=ITEM_TOKENS,
            samples=ITEMS,
            sampler=SAMPLER,
            seed=3,
        )
    )
    assert not all(map(math.isnan, ends))
    for row, p in enumerate(ends):
        ended = [step for step in steps if int(step.ids[row]) == tokenizer.boundary_id]
        plain = ended[0].logits[row].softmax(-1)[tokenizer.boundary_id] if ended else math.nan
        assert p == pytest.approx(float(plain), nan_ok=True)


def test_an_item_that_is_cut_off_has_an_end_without_a_probability() -> None:
    class Endless(LanguageModel):
        def forward(self, idx, state=None):  # never the boundary
            logits = torch.zeros(*idx.shape, self.vocab_size)
            logits[..., 0] = -math.inf
            return logits, None

    tokenizer = alphabet(5)
    text, pieces = write_sample(Endless(None, 5), tokenizer, items=True)
    assert [len(line) for line in text.split("\n")] == [ITEM_TOKENS] * ITEMS
    assert all(math.isnan(p) for piece, p in pieces if piece == "\n")
    assert all(p == pytest.approx(0.25) for piece, p in pieces if piece != "\n")


def test_bytes_that_are_a_letter_only_together_are_one_piece() -> None:
    tokenizer, _ = made("bpe", items=False)
    ids = tokenizer.encode("a☃b").tolist()
    probabilities = [0.5] * len(ids)
    pieces = parted(tokenizer, ids, probabilities)
    assert "".join(piece for piece, _ in pieces) == "a☃b"
    snow = next(p for piece, p in pieces if "☃" in piece)
    assert snow == 0.5 ** (len(ids) - len(pieces) + 1)


def test_nothing_touches_the_global_random_numbers_or_the_mode() -> None:
    tokenizer, model = made("char", items=False)
    model.train()
    before = torch.get_rng_state()
    write_sample(model, tokenizer)
    assert torch.equal(torch.get_rng_state(), before)
    assert model.training
