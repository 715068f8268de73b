"""The reader and the writer against torch's modules and against the papers' formulas."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lm_core.errors import BadSettings
from lm_core.models.building import build_model
from lm_core.models.plain.rnn_translator import Cell
from lm_core.models.rnn_translator import (
    READS,
    Additive,
    Multiplicative,
    RnnTranslator,
    RnnTranslatorSettings,
    backward,
    reordered,
)
from lm_core.models.translating import padded
from tests.tiny import some_ids, stir, tiny_settings

CLOSE = {"atol": 1e-6, "rtol": 1e-5}
V, LENGTHS = 27, (9, 4, 1, 6)
MODULES = {"lstm": nn.LSTM, "gru": nn.GRU}
both_cells = pytest.mark.parametrize("cell", MODULES)
every_way = pytest.mark.parametrize("reads", ["forward", "backward", "both"])


def translator(**options: object) -> RnnTranslator:
    return stir(build_model("rnn-translator", tiny_settings("rnn-translator", **options), V)).eval()


def sources() -> Tensor:
    return padded([some_ids(n, V, seed=n).tolist() for n in LENGTHS])


def parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (state,) if isinstance(state, Tensor) else state


@both_cells
@every_way
@pytest.mark.parametrize("n_layer", [1, 3])
def test_the_state_of_a_padded_row_is_that_of_the_row_alone(
    cell: str, reads: str, n_layer: int
) -> None:
    model = translator(cell=cell, reads=reads, attention="luong", n_layer=n_layer)
    with torch.inference_mode():
        together = model.encode(sources())
        for row, n in enumerate(LENGTHS):
            alone = model.encode(sources()[row : row + 1, :n])
            for ours, one in zip(parts(together.state), parts(alone.state), strict=True):
                assert one.shape == (n_layer, 1, 64)
                torch.testing.assert_close(ours[:, row : row + 1], one, **CLOSE)
            torch.testing.assert_close(together.memory[row, :n], alone.memory[0], **CLOSE)


@both_cells
@pytest.mark.parametrize("n_layer", [1, 2])
def test_reader_and_writer_are_torchs_own(cell: str, n_layer: int) -> None:
    """Without attention, forward: outputs and states of the module over packed rows, and of the
    module that goes on from there."""
    model = translator(cell=cell, reads="forward", n_layer=n_layer)
    target = some_ids(4, 7, V, seed=9)
    theirs = [MODULES[cell](32, 64, num_layers=n_layer, batch_first=True) for _ in range(2)]
    for module, ours in zip(theirs, (model.encoder, model.decoder), strict=True):
        module.load_state_dict(ours.state_dict())
    with torch.inference_mode():
        x = model.embedding(sources().clamp(min=0))
        lengths = torch.tensor(LENGTHS)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        h, state = theirs[0](packed)
        read = model.encode(sources())
        torch.testing.assert_close(read.memory, pad_packed_sequence(h, batch_first=True)[0])
        torch.testing.assert_close(read.state, state)
        s, _ = theirs[1](model.embedding(target), state)
        torch.testing.assert_close(model.answer(sources(), target), model.head(s), **CLOSE)


@both_cells
@pytest.mark.parametrize("from_the_end", [False, True])
def test_the_written_out_cell_reads_as_torchs_does(cell: str, from_the_end: bool) -> None:
    plain, theirs = Cell(cell, 5, 7), MODULES[cell](5, 7, batch_first=True)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    theirs.load_state_dict(dict(zip(names, plain.parameters(), strict=True)))
    x, padding = torch.randn(4, 9, 5), sources() < 0
    h, state = plain.read(x, ~padding, backward=from_the_end)
    order = backward(padding)
    given = reordered(x, order) if from_the_end else x
    lengths = torch.tensor(LENGTHS)
    packed = pack_padded_sequence(given, lengths, batch_first=True, enforce_sorted=False)
    found, last = theirs(packed)
    found, _ = pad_packed_sequence(found, batch_first=True)
    found = reordered(found, order) if from_the_end else found
    torch.testing.assert_close(h[~padding], found[~padding], **CLOSE)
    for ours, one in zip(state, parts(last), strict=True):
        torch.testing.assert_close(ours, one[0], **CLOSE)


def test_read_backward_is_a_text_that_stands_backward_read_forward() -> None:
    ways = {reads: translator(reads=reads) for reads in ("backward", "forward")}
    source, turned = some_ids(2, 6, V), some_ids(2, 6, V).flip(1)
    with torch.inference_mode():
        ours, theirs = ways["backward"].encode(source), ways["forward"].encode(turned)
    torch.testing.assert_close(ours.state, theirs.state)
    torch.testing.assert_close(ours.memory, theirs.memory.flip(1))  # in the order of the source


def test_rows_are_turned_round_within_their_lengths() -> None:
    ids = torch.tensor([[5, 6, 7], [8, 9, -1], [-1, -1, -1]])
    order = backward(ids < 0)
    assert ids.gather(1, order).tolist() == [[7, 6, 5], [9, 8, -1], [-1, -1, -1]]
    assert ids.gather(1, order).gather(1, order).tolist() == ids.tolist()


def test_both_ways_have_seen_the_whole_text_at_each_token() -> None:
    model = translator(reads="both", n_layer=1)
    source = some_ids(1, 6, V)
    with torch.inference_mode():
        before = model.encode(source).memory
        other = source.clone()
        other[0, 3] = (other[0, 3] + 1) % V
        changed = model.encode(other).memory != before
    forward, back = changed[0].split(32, dim=-1)
    assert forward.any(dim=-1).tolist() == [False] * 3 + [True] * 3
    assert back.any(dim=-1).tolist() == [True] * 4 + [False] * 2


def test_scores_are_those_of_the_papers() -> None:
    s, memory = torch.randn(2, 3, 8), torch.randn(2, 5, 8)
    luong, bahdanau = Multiplicative(8), Additive(8)
    Q, P, v = bahdanau.answered, bahdanau.asked, bahdanau.score
    for b in range(2):
        for t in range(3):
            for j in range(5):
                general = s[b, t] @ luong.answered.weight @ memory[b, j]
                found = luong(s, luong.answered(memory))[b, t, j]
                torch.testing.assert_close(found, general)
                added = v.weight[0] @ torch.tanh(P(s[b, t]) + Q(memory[b, j]))
                torch.testing.assert_close(bahdanau(s, Q(memory))[b, t, j], added)


def test_each_reads_as_its_paper_does_unless_told_otherwise() -> None:
    assert READS == {"none": "backward", "bahdanau": "both", "luong": "backward"}
    for attention, way in READS.items():
        assert RnnTranslatorSettings(attention=attention).way == way
    assert RnnTranslatorSettings(attention="none", reads="forward").way == "forward"
    with pytest.raises(BadSettings, match=r"n_hidden \(5\) must be even"):
        RnnTranslatorSettings(attention="bahdanau", n_hidden=5)
    assert RnnTranslatorSettings(attention="luong", n_hidden=5).way == "backward"


def test_the_names_of_the_weights() -> None:
    """Shipped models are stored under them."""
    fused = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    names = ["embedding.weight"]
    names += [f"encoder.{name}_l0{way}" for way in ("", "_reverse") for name in fused]
    names += [f"decoder.{name}_l0" for name in fused]
    names += ["attention.asked.weight", "attention.answered.weight", "attention.answered.bias"]
    names += ["attention.score.weight", "mix.weight", "head.weight", "head.bias"]
    assert list(translator(attention="bahdanau", n_layer=1).state_dict()) == names


def test_dropout_hides_while_it_learns_and_never_while_it_writes() -> None:
    for attention in READS:
        model = translator(attention=attention, dropout=0.5, n_layer=2)
        source, target = sources(), some_ids(4, 5, V)
        assert torch.equal(model.answer(source, target), model.answer(source, target))
        model.train()
        assert not torch.equal(model.answer(source, target), model.answer(source, target))
