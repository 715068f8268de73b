"""Every side of every model with attention: weights by hand, who may look where, its names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor

from lm_core.codecs import PairCodec
from lm_core.errors import BadSettings, BadText, ContextTooLong, Unsupported
from lm_core.inspection import attention_maps, views_in, views_of_pair, views_of_text
from lm_core.inspection.attention import AttentionCell
from lm_core.inspection.views import CROSS, NOTHING, OTHER, OWN, AttentionView
from lm_core.models.attention import Attention
from lm_core.models.building import build_model
from lm_core.models.contract import Model
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import alphabet, lively_model, some_ids, stir, tiny_settings

V, H, L = 27, 2, 2  # as `tiny_settings` has them
TEXT = some_ids(11, V)
CODEC = PairCodec(
    CharTokenizer.train(["abcd"], items=True), CharTokenizer.train(["xyz"], items=True)
)
SOURCE, TARGET = torch.tensor([1, 3, 2, 4, 1]), torch.tensor([2, 3, 1])


def translator(family: str, **changes: Any) -> Model:
    return stir(build_model(family, tiny_settings(family, **changes), CODEC.sizes)).eval()


def of_text(model: Model, ids: Tensor = TEXT) -> dict[str, AttentionView]:
    return {view.name: view for view in views_of_text(model, ids, alphabet(V))}


def of_pair(model: Model) -> dict[str, AttentionView]:
    return {view.name: view for view in views_of_pair(model, SOURCE, TARGET, CODEC)}


def sums_to_one(view: AttentionView) -> None:
    assert view.weights.shape[2:] == view.seen.shape == (len(view.rows), len(view.columns))
    torch.testing.assert_close(view.weights.sum(-1), torch.ones(view.weights.shape[:3]))
    assert not view.weights[..., ~view.seen].any()


@contextmanager
def heard(model: Model) -> Iterator[dict[str, tuple[Tensor, Tensor]]]:
    """What every attention was given: the tokens that ask, and those that answer."""
    found: dict[str, tuple[Tensor, Tensor]] = {}

    def keep(name: str) -> Any:
        def hook(module: Attention, args: tuple, given: dict) -> None:
            found[name] = args[0][0], given["memory"][0] if module.cross else args[0][0]

        return hook

    hooks = [
        module.register_forward_pre_hook(keep(name), with_kwargs=True)
        for name, module in model.named_modules()
        if isinstance(module, Attention)
    ]
    yield found
    for hook in hooks:
        hook.remove()


def by_hand(attention: Attention, x: Tensor, memory: Tensor, seen: Tensor) -> Tensor:
    """(H, T, S) from queries and keys, one number after the other."""
    C, D = x.size(-1), attention.D
    if attention.cross:
        W, b = attention.q.weight, attention.q.bias
        U, d = attention.kv.weight[:C], attention.kv.bias[:C]
    else:
        W, b = attention.qkv.weight[:C], attention.qkv.bias[:C]
        U, d = attention.qkv.weight[C : 2 * C], attention.qkv.bias[C : 2 * C]
    weights = torch.zeros(H, *seen.shape)
    for head in range(H):
        part = slice(head * D, (head + 1) * D)
        for t, token in enumerate(x):
            q = W[part] @ token + b[part]
            scores = [q @ (U[part] @ other + d[part]) / D**0.5 for other in memory]
            shares = [s.exp() * may for s, may in zip(scores, seen[t], strict=True)]
            weights[head, t] = torch.stack(shares) / sum(shares)
    return weights


MODULES = {
    "encoder": {OWN: "stack.blocks.{}.attention"},
    "encoder-decoder": {
        OWN: "decoder.blocks.{}.attention",
        OTHER: "encoder.blocks.{}.attention",
        CROSS: "decoder.blocks.{}.cross",
    },
}


@torch.no_grad()
@pytest.mark.parametrize("family", MODULES)
@pytest.mark.parametrize("pair", [False, True])
def test_weights_are_those_of_queries_and_keys(family: str, pair: bool) -> None:
    if pair and family == "encoder":
        return
    model = translator(family) if pair else lively_model(family)
    with heard(model) as given:
        views = of_pair(model) if pair else of_text(model)
    assert tuple(views) == views_in(model) == tuple(MODULES[family])
    for name, view in views.items():
        for layer in range(L):
            path = MODULES[family][name].format(layer)
            expected = by_hand(model.get_submodule(path), *given[path], view.seen)
            torch.testing.assert_close(view.weights[layer], expected, atol=1e-5, rtol=1e-4)
        sums_to_one(view)


def test_a_decoder_looks_back_and_no_further() -> None:
    model = lively_model("transformer")
    (view,) = of_text(model).values()
    assert (view.name, view.causal) == (OWN, True)
    assert view.rows == view.columns
    assert not view.weights.triu(1).any()
    torch.testing.assert_close(view.weights, attention_maps(model, TEXT))
    sums_to_one(view)


def test_an_encoder_looks_to_both_sides() -> None:
    (view,) = of_text(lively_model("encoder")).values()
    assert (view.name, view.causal) == (OWN, False)
    assert view.seen.all()
    assert (view.weights > 0).all()
    assert view.rows[0] == view.columns[0] == alphabet(V).token_text(int(TEXT[0]))


def test_an_encoder_decoder_reads_the_first_part_and_writes_the_second() -> None:
    model, S = lively_model("encoder-decoder", source=4), 4
    views = of_text(model)
    own, other, cross = (views[name] for name in (OWN, OTHER, CROSS))
    assert not own.weights.triu(1).any()
    assert not own.weights[..., S:, :S].any()  # it looks back to the cut and no further
    assert other.rows == own.rows[:S]
    assert other.seen.all()
    assert (other.weights > 0).all()
    assert cross.columns == (NOTHING, *own.rows[:S])
    assert cross.weights[:, :, :S, 0].eq(1).all()  # while the first part is written
    assert (cross.weights[:, :, S:] > 0).all()
    for view in views.values():
        sums_to_one(view)


def test_a_text_no_longer_than_the_first_part_has_nothing_to_look_across_to() -> None:
    views = of_text(lively_model("encoder-decoder", source=12))
    assert list(views) == [OWN]
    assert not views[OWN].weights.triu(1).any()


def test_a_translation_is_named_after_what_is_written() -> None:
    views = of_pair(translator("encoder-decoder"))
    assert views[OWN].rows == views[OWN].columns == ("⏎", "y", "z", "x")
    assert views[OTHER].rows == ("a", "c", "b", "d", "a")
    assert views[CROSS].rows == ("y", "z", "x", "⏎")
    assert views[CROSS].columns == (NOTHING, "a", "c", "b", "d", "a")
    assert views[OWN].causal
    assert not views[OWN].weights.triu(1).any()
    assert not views[OTHER].causal
    assert (views[OTHER].weights > 0).all()


@torch.no_grad()
@pytest.mark.parametrize("attention", ["bahdanau", "luong"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_recurrent_translator_looks_across_alone(attention: str, cell: str) -> None:
    model = translator("rnn-translator", attention=attention, cell=cell)
    (view,) = of_pair(model).values()
    assert (view.name, view.causal) == (CROSS, False)
    assert view.weights.shape == (1, 1, 4, 5)
    assert view.columns == ("a", "c", "b", "d", "a")
    sums_to_one(view)
    writing = model.writing(SOURCE.view(1, -1))
    for t, id in enumerate([CODEC.target.boundary_id, *TARGET.tolist()]):
        writing.step(torch.tensor([id]))
        torch.testing.assert_close(view.weights[0, 0, t], writing.alignment[0])
    with pytest.raises(Unsupported, match="another way"):
        view.cell(0, 0, 1, 2)


@torch.no_grad()
def test_a_luong_row_is_a_softmax_of_states_and_memory() -> None:
    model = translator("rnn-translator", attention="luong")
    (view,) = of_pair(model).values()
    read = model.encode(SOURCE.view(1, -1))
    target = torch.tensor([[CODEC.target.boundary_id, *TARGET.tolist()]])
    states, _ = model.decoder(model.embedding(target), read.state)
    for t in range(4):
        scores = [states[0, t] @ (model.attention.answered.weight @ h) for h in read.memory[0]]
        torch.testing.assert_close(view.weights[0, 0, t], torch.stack(scores).softmax(0))


@pytest.mark.parametrize("family", ["transformer", "encoder", "encoder-decoder"])
@pytest.mark.parametrize("position", ["sinusoidal", "alibi", "rotary"])
def test_the_arithmetic_of_every_cell_gives_its_weight(family: str, position: str) -> None:
    changes = {"source": 4} if family == "encoder-decoder" else {}
    for view in of_text(lively_model(family, position=position, **changes)).values():
        sums_to_one(view)
        for row, column in view.seen.nonzero().tolist():
            cell = view.cell(L - 1, 1, row, column)
            holds(cell, view.weights[L - 1, 1, row, column])


def test_the_arithmetic_of_a_translation() -> None:
    for view in of_pair(translator("encoder-decoder", position="alibi")).values():
        for row, column in view.seen.nonzero().tolist():
            holds(view.cell(0, 1, row, column), view.weights[0, 1, row, column])


def holds(cell: AttentionCell, weight: Tensor) -> None:
    assert cell.weight == pytest.approx(float(weight), abs=1e-6)
    assert cell.dot == pytest.approx(float((cell.q * cell.k).sum()), abs=1e-4)
    torch.testing.assert_close(cell.scores.softmax(0), cell.weights, atol=1e-5, rtol=1e-4)


def test_a_cell_that_may_not_be_looked_at_is_refused() -> None:
    own = of_text(lively_model("encoder-decoder", source=4))[OWN]
    for place in ((2, 3), (6, 1), (11, 0), (2, -1)):
        with pytest.raises(IndexError):
            own.cell(0, 0, *place)


def test_grouped_keys_and_one_token() -> None:
    model = lively_model("encoder", n_kv_head=1)
    (view,) = of_text(model, TEXT[:1]).values()
    assert view.weights.eq(1).all()
    holds(view.cell(0, 1, 0, 0), torch.tensor(1.0))


@pytest.mark.parametrize("family", ["lstm", "ngram", "mixture", "bigram", "mlp"])
def test_who_has_no_attention_says_so(family: str) -> None:
    model = lively_model(family)
    assert views_in(model) == ()
    with pytest.raises(Unsupported, match="no attention"):
        views_of_text(model, TEXT, alphabet(V))


def test_a_translator_without_attention_says_so() -> None:
    model = translator("rnn-translator")
    assert views_in(model) == ()
    with pytest.raises(Unsupported, match="no attention"):
        of_pair(model)


def test_a_model_is_asked_for_what_it_reads() -> None:
    with pytest.raises(Unsupported):
        of_text(translator("rnn-translator", attention="luong"))
    with pytest.raises(BadSettings, match="two vocabularies"):
        of_text(translator("encoder-decoder"))
    with pytest.raises(Unsupported):
        of_pair(lively_model("encoder"))


def test_nothing_and_too_much_are_said() -> None:
    with pytest.raises(BadText):
        of_text(lively_model("encoder"), TEXT[:0])
    with pytest.raises(BadText):
        views_of_pair(translator("rnn-translator", attention="luong"), SOURCE[:0], TARGET, CODEC)
    with pytest.raises(ContextTooLong):
        of_text(lively_model("encoder"), some_ids(18, V))
    with pytest.raises(ContextTooLong):
        views_of_pair(translator("encoder-decoder"), SOURCE.repeat(4), TARGET, CODEC)
    views = views_of_pair(translator("encoder-decoder"), SOURCE, TARGET[:0], CODEC)
    assert [view.rows for view in views] == [("⏎",), ("a", "c", "b", "d", "a"), ("⏎",)]


def test_the_mode_of_training_is_left_as_it_was() -> None:
    model = lively_model("encoder", dropout=0.5).train()
    first, second = (of_text(model)[OWN].weights for _ in range(2))
    torch.testing.assert_close(first, second)
    assert model.training
