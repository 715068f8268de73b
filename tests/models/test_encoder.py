import math
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lm_core.errors import ContextTooLong
from lm_core.models import models
from lm_core.models.attention import ATTENTIONS
from lm_core.models.contract import IGNORED
from lm_core.models.encoder import EVERY, Encoder, EncoderSettings, Stack, draw, whole_text
from lm_core.models.positions import POSITIONS
from lm_core.training.optimizers import OPTIMIZERS
from tests.models.torch_names import as_ours, gradients, lively
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
L, H, C, V = 2, 4, 32, 27
SMALL = EncoderSettings(n_layer=L, n_head=H, n_embd=C, block_size=16)


def padding(*lengths: int, T: int) -> torch.Tensor:
    """(B, T) bool, True from each length on."""
    return torch.arange(T) >= torch.tensor(lengths).unsqueeze(1)


@pytest.mark.parametrize("norm_place", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("lengths", [None, (9, 4, 1)])
def test_the_layers_are_those_of_torch(norm_place: str, activation: str, lengths) -> None:
    """`nn.TransformerEncoder` of the same weights: outputs, and all gradients."""
    before = norm_place == "before"
    layer = nn.TransformerEncoderLayer(
        C, H, 4 * C, dropout=0.0, activation=activation, batch_first=True, norm_first=before
    )
    end = nn.LayerNorm(C) if before else None
    theirs = lively(nn.TransformerEncoder(layer, L, norm=end, enable_nested_tensor=False))
    ours = Stack(replace(SMALL, norm_place=norm_place, activation=activation))
    ours.load_state_dict(as_ours(theirs.state_dict()))

    x = torch.randn(3, 9, C)
    hidden = None if lengths is None else padding(*lengths, T=9)
    real = torch.ones(3, 9, dtype=torch.bool) if hidden is None else ~hidden
    pull = torch.randn(3, 9, C) * real.unsqueeze(-1)  # what comes out at padding means nothing
    said = []
    for run in (
        lambda x: theirs(x, src_key_padding_mask=hidden),
        lambda x: ours(x, padding=hidden),
    ):
        given = x.clone().requires_grad_()
        y = run(given)
        (y * pull).sum().backward()
        said.append((y[real], given.grad))
    torch.testing.assert_close(said[1], said[0], **CLOSE)
    torch.testing.assert_close(gradients(ours), as_ours(gradients(theirs)), **CLOSE)


def test_the_defaults_are_the_parts_of_2017() -> None:
    s = EncoderSettings()
    assert (s.position, s.norm, s.norm_place, s.activation) == (
        "sinusoidal",
        "layer",
        "after",
        "relu",
    )
    assert s.bias
    assert not s.qk_norm
    assert s.masked == 0.15


def test_embeddings_are_scaled_by_the_root_of_their_width_before_the_places_are_added() -> None:
    model = lively_model("encoder")
    idx = some_ids(1, 5, V)
    x = model.placed(model.embedding(idx))
    width = model.settings.n_embd
    places = torch.arange(5).unsqueeze(1) / 10_000 ** (torch.arange(0, width, 2) / width)
    table = torch.stack([places.sin(), places.cos()], dim=-1).flatten(1)
    torch.testing.assert_close(x[0], width**0.5 * model.embedding.weight[idx[0]] + table, **CLOSE)


def test_a_hidden_token_is_one_more_row_that_is_read_and_never_guessed() -> None:
    model = lively_model("encoder")
    idx = some_ids(2, 8, V)
    idx[:, 3] = model.mask_id
    with torch.inference_mode():
        logits, state = model(idx)
        assert logits.shape == (2, 8, V)
        assert state is None
        model.mask += 1.0
        assert not torch.equal(model(idx)[0], logits)
    with pytest.raises(IndexError):
        model(torch.tensor([[model.mask_id + 1]]))


OPTIONS = [
    *({"position": position} for position in POSITIONS),
    *({"attention": attention} for attention in ATTENTIONS),
    {"norm": "rms", "norm_place": "before", "qk_norm": True, "activation": "swiglu"},
    {"n_kv_head": 1},
    {"head": "adaptive"},
    {"tied": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_what_stands_at_padding_does_not_matter(options: dict) -> None:
    model = lively_model("encoder", **options)
    idx, hidden = some_ids(3, 12, V), padding(12, 7, 2, T=12)
    with torch.inference_mode():
        x = model.read(idx, padding=hidden)
        again = model.read(idx.masked_fill(hidden, 5), padding=hidden)
        torch.testing.assert_close(again[~hidden], x[~hidden], atol=0, rtol=0)
        for row, length in enumerate((12, 7, 2)):
            alone = model.read(idx[row : row + 1, :length])
            torch.testing.assert_close(x[row, :length], alone[0], **CLOSE)


@pytest.mark.parametrize("position", POSITIONS)
def test_it_looks_both_ways_whatever_tells_it_the_order(position: str) -> None:
    model = lively_model("encoder", position=position)
    idx = some_ids(1, 9, V)
    with torch.inference_mode():
        before = model(idx)[0]
        for t in range(9):
            other = idx.clone()
            other[0, t] = (other[0, t] + 1) % V
            assert (model(other)[0] != before).any(-1).all()


def test_only_places_tell_it_the_order() -> None:
    idx, turned = some_ids(1, 9, V), some_ids(1, 9, V).flip(1)
    with torch.inference_mode():
        bag, ordered = (lively_model("encoder", position=p) for p in ("none", "sinusoidal"))
        torch.testing.assert_close(bag(turned)[0], bag(idx)[0].flip(1), **CLOSE)
        assert not torch.allclose(ordered(turned)[0], ordered(idx)[0].flip(1), atol=1e-2)


def test_a_text_is_its_first_input_and_its_targets() -> None:
    idx = torch.tensor([[0, 1, 2, 3], [0, 5, 6, 9], [0, 7, 8, 9]])
    targets = torch.tensor([[1, 2, 3, 4], [IGNORED, IGNORED, 9, 4], [7, 8, IGNORED, IGNORED]])
    text, hidden = whole_text(idx, targets)
    assert text[0].tolist() == [0, 1, 2, 3, 4]
    assert text[1].tolist() == [0, 5, 6, 9, 4]  # the first two are read again, not asked for
    assert text[2, :3].tolist() == [0, 7, 8]
    assert hidden.tolist() == [[False] * 5, [False] * 5, [False, False, False, True, True]]


def test_asked_in_eval_mode_each_target_is_hidden_once_with_every_seventh() -> None:
    model = lively_model("encoder")
    text = some_ids(2, 17, V)
    targets = text[:, 1:].clone()
    targets[1, :3] = IGNORED  # read again
    targets[1, 12:] = IGNORED  # padding
    with torch.inference_mode():
        nats, _ = model.nats(text[:, :-1], targets)
        expected = torch.zeros(2, 16)
        for b, length in enumerate((17, 13)):
            for t in range(3 if b else 0, length - 1):
                row = text[b : b + 1, :length].clone()
                together = [u + 1 for u in range(t % EVERY, length - 1, EVERY) if not b or u >= 3]
                row[0, together] = model.mask_id
                logits = model(row)[0][0, t + 1]
                expected[b, t] = F.cross_entropy(logits, text[b, t + 1])
        torch.testing.assert_close(nats, expected, **CLOSE)
        again, _ = model.nats(text[:, :-1], targets)
        assert torch.equal(again, nats)
        logits = model.guesses(text[:, :-1], targets)
        said = F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=-1, reduction="none")
        torch.testing.assert_close(said, nats, **CLOSE)


def test_the_first_of_a_text_is_seen_and_a_single_target_can_be_asked() -> None:
    model = lively_model("encoder")
    with torch.inference_mode():
        one = model.nats(torch.tensor([[3]]), torch.tensor([[4]]))[0]
        logits = model(torch.tensor([[3, model.mask_id]]))[0]
    torch.testing.assert_close(one[0, 0], F.cross_entropy(logits[0, 1], torch.tensor(4)), **CLOSE)


def test_a_share_is_drawn_and_at_least_one_a_row() -> None:
    asked = ~padding(40, 12, 1, T=40)
    asked[1, :6] = False
    total = torch.zeros(3, 40)
    for _ in range(1000):
        hidden = draw(asked, 0.15)
        assert not (hidden & ~asked).any()
        assert hidden.any(dim=1).all()
        total += hidden
    assert total[0].sum() / 40_000 == pytest.approx(0.15, abs=0.01)
    assert (total[0] > 80).all()  # everywhere alike
    assert total[2, 0] == 1000
    nobody = torch.zeros(2, 5, dtype=torch.bool)
    assert torch.equal(draw(nobody, 0.5), nobody)


def test_while_training_hidden_tokens_count_for_all() -> None:
    model = lively_model("encoder").train()
    idx, targets = some_ids(4, 16, V), some_ids(4, 16, V, seed=1)
    targets[2, 10:] = IGNORED
    torch.manual_seed(3)
    nats, _ = model.nats(idx, targets)
    torch.manual_seed(3)
    hidden = draw(targets != IGNORED, model.settings.masked)
    text, rest = whole_text(idx, targets)
    text[:, 1:][hidden] = model.mask_id
    logits = model.head(model.read(text, padding=rest))[:, 1:]
    mean = F.cross_entropy(logits[hidden], targets[hidden])
    assert torch.equal(nats > 0, hidden)
    torch.testing.assert_close(nats.sum() / (targets != IGNORED).sum(), mean, **CLOSE)


def test_the_seed_of_torch_decides_what_is_hidden() -> None:
    model = lively_model("encoder").train()
    idx, targets = some_ids(4, 16, V), some_ids(4, 16, V, seed=1)
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(model.nats(idx, targets)[0])
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_it_learns_what_only_the_right_side_tells() -> None:
    """Of each pair the second is drawn and the first follows from it, so who reads from the left
    cannot know the first."""
    torch.manual_seed(0)
    settings = EncoderSettings(n_layer=1, n_head=2, n_embd=32, block_size=12, position="learned")
    model = Encoder(settings, 8).train()
    optimizer = OPTIMIZERS["adamw"](model, lr=1e-2, weight_decay=0.0)

    def pairs(B: int) -> torch.Tensor:
        second = torch.randint(8, (B, 6))
        first = (3 * second + 1) % 8
        return torch.cat([torch.zeros(B, 1), torch.stack([first, second], 2).flatten(1)], 1).long()

    for _ in range(150):
        text = pairs(32)
        loss = model.nats(text[:, :-1], text[:, 1:])[0].mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    text = pairs(50)
    with torch.inference_mode():
        nats = model.nats(text[:, :-1], text[:, 1:])[0]
    assert nats[:, ::2].mean() < 0.1 * math.log(8)  # ln 8 is all a reader from the left can do


def test_more_than_the_context_is_refused_with_both_numbers() -> None:
    model = tiny_model("encoder")
    idx, targets = some_ids(1, 16, V), some_ids(1, 16, V, seed=1)
    assert model.context_size == 16
    assert model.nats(idx, targets)[0].shape == (1, 16)  # 16 targets, and the token before them
    with pytest.raises(ContextTooLong, match=r"18 tokens .* context of 17"):
        model(some_ids(1, 18, V))


def test_the_registry_knows_that_it_does_not_write() -> None:
    assert not models["encoder"].build.causal
    assert models["encoder"].equation.startswith("x = norm(x + Attention(x))")
