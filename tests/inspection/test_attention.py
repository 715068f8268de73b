"""Attention of a text, and that the arithmetic of one cell gives the weight on the map."""

import math

import pytest
import torch

from lm_core.errors import BadText, ContextTooLong, Unsupported
from lm_core.inspection import attention_cell, attention_maps, has_attention, text_ids
from lm_core.models.building import build_model
from lm_core.models.contract import LanguageModel
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import lively_model, some_ids

L, H, C, T = 3, 2, 16, 7
IDS = torch.tensor([3, 1, 4, 1, 5, 9, 2])


@pytest.fixture
def model() -> LanguageModel:
    settings = {"n_layer": L, "n_head": H, "n_embd": C, "block_size": 8}
    model = build_model("transformer", settings, 11, seed=4)
    with torch.no_grad():  # as if trained: the layers above the first see more than the embedding
        for block in model.blocks:
            block.attention.out.weight.normal_(generator=torch.Generator().manual_seed(1))
    return model


def test_rows_sum_to_one_and_nothing_looks_ahead(model: LanguageModel) -> None:
    maps = attention_maps(model, IDS)
    assert maps.shape == (L, H, T, T)
    torch.testing.assert_close(maps.sum(-1), torch.ones(L, H, T))
    assert not maps.triu(1).any()


@pytest.mark.parametrize(("row", "column"), [(6, 2), (6, 6), (3, 0), (0, 0)])
def test_the_arithmetic_gives_the_weight_on_the_map(
    model: LanguageModel, row: int, column: int
) -> None:
    maps = attention_maps(model, IDS)
    for layer in range(L):
        for head in range(H):
            cell = attention_cell(model, IDS, layer, head, row, column)
            torch.testing.assert_close(cell.weights, maps[layer, head, row, : row + 1])
            assert cell.weight == pytest.approx(float(maps[layer, head, row, column]))
            assert cell.dot == pytest.approx(float((cell.q * cell.k).sum()), abs=1e-5)
            assert cell.scale == pytest.approx(1 / math.sqrt(C / H))
            assert cell.score == pytest.approx(cell.dot * cell.scale, abs=1e-5)
            torch.testing.assert_close(cell.scores.softmax(0), cell.weights)


def test_one_token_looks_at_itself_alone(model: LanguageModel) -> None:
    assert attention_maps(model, IDS[:1]).eq(1).all()
    assert attention_cell(model, IDS[:1], 0, 0, 0, 0).weight == 1


@pytest.mark.parametrize("place", [(2, 3), (7, 0), (3, -1)])
def test_a_token_cannot_look_at_a_later_one(model: LanguageModel, place: tuple[int, int]) -> None:
    with pytest.raises(IndexError):
        attention_cell(model, IDS, 0, 0, *place)


def test_a_text_longer_than_the_context_is_refused(model: LanguageModel) -> None:
    with pytest.raises(ContextTooLong):
        attention_maps(model, torch.zeros(9, dtype=torch.int64))


@pytest.mark.parametrize("name", ["lstm", "ngram"])
def test_a_model_without_attention_says_so(name: str) -> None:
    model = build_model(name, {}, 11)
    assert not has_attention(model)
    with pytest.raises(Unsupported, match="choose a Transformer"):
        attention_maps(model, IDS)


def test_training_mode_is_left_as_it_was(model: LanguageModel) -> None:
    attention_maps(model.train(), IDS)
    assert model.training
    assert has_attention(model)


def test_an_item_is_looked_at_after_its_boundary() -> None:
    tokenizer = CharTokenizer.train(["emma"], items=True)
    assert text_ids(tokenizer, "ame", items=False).tolist() == [1, 3, 2]  # newline a e m
    assert text_ids(tokenizer, "ame", items=True).tolist() == [0, 1, 3, 2]
    assert text_ids(tokenizer, "", items=True).tolist() == [0]
    with pytest.raises(BadText, match="never saw"):
        text_ids(tokenizer, "zoe", items=True)


def test_what_alibi_takes_off_for_the_distance_is_in_the_score() -> None:
    model, ids = lively_model("transformer", position="alibi"), some_ids(1, 9, 27)[0]
    maps = attention_maps(model, ids)
    cell = attention_cell(model, ids, 1, 0, 7, 3)
    torch.testing.assert_close(cell.scores.softmax(-1), cell.weights, atol=1e-5, rtol=1e-5)
    assert cell.weight == pytest.approx(float(maps[1, 0, 7, 3]), abs=1e-6)


@pytest.mark.parametrize("family", ["encoder", "encoder-decoder", "mixture", "lstm", "bigram"])
def test_who_does_not_look_back_over_one_text_is_not_asked(family: str) -> None:
    model = lively_model(family)
    assert not has_attention(model)
    with pytest.raises(Unsupported, match="choose a Transformer"):
        attention_maps(model, some_ids(1, 5, 27)[0])
