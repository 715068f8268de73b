from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.models.attention import make_mask
from lm_core.models.building import blueprint
from lm_core.models.encoder import Stack
from lm_core.models.encoder_decoder import PAPER, Decoder, EncoderDecoder, EncoderDecoderSettings
from lm_core.models.positions import POSITIONS
from lm_core.models.tracing import trace
from lm_core.training.optimizers import OPTIMIZERS, set_rate
from tests.models.torch_names import as_ours, gradients, lively
from tests.tiny import lively_model, some_ids

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
L, H, C, V = 2, 4, 32, 27
SMALL = EncoderDecoderSettings(n_layer=L, n_head=H, n_embd=C, block_size=16)


def padding(*lengths: int, T: int) -> torch.Tensor:
    """(B, T) bool, True from each length on."""
    return torch.arange(T) >= torch.tensor(lengths).unsqueeze(1)


def torch_layers(norm_place: str) -> tuple[nn.Module, nn.Module]:
    """torch's encoder and decoder; a norm at the end only where the layers leave none, as the
    paper has it (`nn.Transformer` by itself adds one to both)."""
    before = norm_place == "before"
    how = {"dropout": 0.0, "batch_first": True, "norm_first": before}
    ends = [nn.LayerNorm(C) if before else None for _ in range(2)]
    encoder = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(C, H, 4 * C, **how), L, ends[0], enable_nested_tensor=False
    )
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(C, H, 4 * C, **how), L, ends[1])
    return lively(encoder, seed=1), lively(decoder, seed=2)


def our_layers(theirs: tuple[nn.Module, nn.Module], norm_place: str) -> tuple[Stack, Decoder]:
    """Ours with the same weights."""
    s = replace(SMALL, norm_place=norm_place)
    ours = Stack(s), Decoder(s)
    for our, their in zip(ours, theirs, strict=True):
        our.load_state_dict(as_ours(their.state_dict()))
    return ours


@pytest.mark.parametrize("norm_place", ["after", "before"])
@pytest.mark.parametrize("lengths", [None, (9, 4, 1)])
def test_the_decoder_is_that_of_torch(norm_place: str, lengths) -> None:
    encoder, decoder = torch_layers(norm_place)
    _, ours = our_layers((encoder, decoder), norm_place)
    x, memory, pull = torch.randn(3, 7, C), torch.randn(3, 9, C), torch.randn(3, 7, C)
    hidden = None if lengths is None else padding(*lengths, T=9)
    causal = nn.Transformer.generate_square_subsequent_mask(7)
    look = make_mask(7, 9, x.device, causal=False, padding=hidden)
    said = []
    for run in (
        lambda x, m: decoder(x, m, tgt_mask=causal, memory_key_padding_mask=hidden),
        lambda x, m: ours(x, m, memory_mask=look)[0],
    ):
        given = [tensor.clone().requires_grad_() for tensor in (x, memory)]
        y = run(*given)
        (y * pull).sum().backward()
        said.append((y, *(tensor.grad for tensor in given)))
    torch.testing.assert_close(said[1], said[0], **CLOSE)
    torch.testing.assert_close(gradients(ours), as_ours(gradients(decoder)), **CLOSE)


@pytest.mark.parametrize("norm_place", ["after", "before"])
def test_both_together_are_those_of_torch(norm_place: str) -> None:
    """`nn.Transformer` with padding in the source and in the target: outputs and gradients."""
    layers = torch_layers(norm_place)
    theirs = nn.Transformer(
        C, H, custom_encoder=layers[0], custom_decoder=layers[1], batch_first=True
    )
    encoder, decoder = our_layers(layers, norm_place)
    x, y = torch.randn(3, 9, C), torch.randn(3, 7, C)
    of_x, of_y = padding(9, 4, 1, T=9), padding(3, 7, 5, T=7)
    causal = make_mask(7, 7, x.device, causal=True, padding=of_y)
    look = make_mask(7, 9, x.device, causal=False, padding=of_x)

    def ours(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return decoder(y, encoder(x, padding=of_x), mask=causal, memory_mask=look)[0]

    def torchs(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        ahead = torch.ones(7, 7, dtype=torch.bool).triu(1)
        return theirs(
            x,
            y,
            tgt_mask=ahead,
            src_key_padding_mask=of_x,
            tgt_key_padding_mask=of_y,
            memory_key_padding_mask=of_x,
        )

    said = []
    for run in (torchs, ours):
        given = [tensor.clone().requires_grad_() for tensor in (x, y)]
        out = run(*given)[~of_y]
        out.square().sum().backward()
        said.append((out, *(tensor.grad for tensor in given)))
    torch.testing.assert_close(said[1], said[0], **CLOSE)
    for our, their in zip((encoder, decoder), layers, strict=True):
        torch.testing.assert_close(gradients(our), as_ours(gradients(their)), **CLOSE)


def test_the_base_model_of_the_paper() -> None:
    """512 wide, 8 heads of 64, 2,048 between, dropout 0.1, 6 + 6 layers, one table for both texts
    and the guess: 63 million weights (the paper rounds to 65) with a vocabulary of 37,000."""
    vocabulary = 37_000
    model = blueprint("encoder-decoder", PAPER.to_dict(), vocabulary)
    attention = 4 * (512 * 512 + 512)
    between = 512 * 2048 + 2048 + 2048 * 512 + 512
    norm = 2 * 512
    layers = 6 * (attention + between + 2 * norm) + 6 * (2 * attention + between + 3 * norm)
    nothing = 512
    assert model.n_parameters == layers + vocabulary * 512 + nothing
    assert model.n_parameters == pytest.approx(65e6, rel=0.05)
    with torch.device("meta"):
        torchs = nn.Transformer(
            512, 8, 6, 6, batch_first=True
        )  # it has a norm more at the end of each half
    assert layers == sum(p.numel() for p in torchs.parameters()) - 2 * norm
    block = model.decoder.blocks[5]
    assert (block.attention.n_head, block.attention.D, block.mlp.up.out_features) == (8, 64, 2048)
    assert block.mlp.dropout == 0.1
    assert len(model.encoder.blocks) == len(model.decoder.blocks) == 6
    assert PAPER.position == "sinusoidal"
    assert PAPER.norm_place == "after"


OPTIONS = [
    *({"position": position} for position in POSITIONS),
    {"attention": "average"},
    {"source": 3},
    {"source": 15},
    {"norm": "rms", "norm_place": "before", "qk_norm": True, "activation": "swiglu"},
    {"n_kv_head": 1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_plain_text_is_two_pairs_of_texts(options: dict) -> None:
    """The first part is written from nothing, the second from the first."""
    model = lively_model("encoder-decoder", **options)
    S, idx = model.settings.cut, some_ids(2, 16, V)
    with torch.inference_mode():
        whole, _ = model(idx)
        first = model.decode(idx[:, :S], model.encode(idx[:, :0]))
        second = model.decode(idx[:, S:], model.encode(idx[:, :S]), start=S)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, **CLOSE)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_in_pieces_and_without_looking_ahead_whatever_the_settings(options: dict) -> None:
    model = lively_model("encoder-decoder", **options)
    idx = some_ids(2, 16, V)
    with torch.inference_mode():
        whole, _ = model(idx)
        for cuts in ([8], [3, 8], [3, 4, 9], range(1, 16)):
            state, pieces = None, []
            for a, b in zip([0, *cuts], [*cuts, 16], strict=True):
                logits, state = model(idx[:, a:b], state)
                pieces.append(logits)
            torch.testing.assert_close(torch.cat(pieces, dim=1), whole, **CLOSE)
        for t in range(1, 16):
            other = idx.clone()
            other[:, t] = (other[:, t] + 1) % V
            torch.testing.assert_close(model(other)[0][:, :t], whole[:, :t], atol=1e-6, rtol=0)


def test_the_second_part_reads_every_token_of_the_source() -> None:
    model = lively_model("encoder-decoder")
    S, idx = model.settings.cut, some_ids(1, 12, V)
    assert S == 8
    with torch.inference_mode():
        whole, _ = model(idx)
        for t in range(S):
            other = idx.clone()
            other[:, t] = (other[:, t] + 1) % V
            assert (model(other)[0][:, S:] != whole[:, S:]).any(-1).all()
        model.nothing += 1.0
        assert (model(idx)[0] != whole).any(-1).all()  # "nothing before" is seen from everywhere


def test_the_memory_is_made_once() -> None:
    model = lively_model("encoder-decoder")
    S, idx, made = model.settings.cut, some_ids(1, 16, V), []
    model.encoder.register_forward_hook(lambda *_: made.append(1))
    state = None
    with torch.inference_mode():
        for t in range(16):
            _, state = model(idx[:, t : t + 1], state)
            assert len(made) == (t >= S)
    k, _ = state.memory[0]
    assert k.shape == (1, 2, 1 + S, 16)  # (B, G, 1 + S, D)
    assert state.own.length == 16


def test_what_stands_at_padding_of_the_source_does_not_matter() -> None:
    model = lively_model("encoder-decoder")
    source, target, hidden = some_ids(3, 8, V), some_ids(3, 5, V, seed=1), padding(8, 3, 0, T=8)
    with torch.inference_mode():
        logits = model.decode(target, model.encode(source, hidden), hidden)
        other = source.masked_fill(hidden, 4)
        again = model.decode(target, model.encode(other, hidden), hidden)
        assert torch.equal(again, logits)
        assert logits.isfinite().all()
        for row, length in enumerate((8, 3, 0)):
            alone = model.encode(source[row : row + 1, :length])
            one = model.decode(target[row : row + 1], alone)
            torch.testing.assert_close(logits[row : row + 1], one, **CLOSE)


def test_a_recorded_pass_shows_who_looks_where() -> None:
    model = lively_model("encoder-decoder")
    with torch.inference_mode(), trace(model) as recorded:
        model(some_ids(1, 12, V))
    own = recorded["decoder.blocks.0.attention.weights"][0, 0]  # (12, 12)
    first = torch.arange(12) < 8
    assert not own[first][:, ~first].any()
    assert not own[~first][:, first].any()  # it looks back to the cut and no further
    assert not own.triu(1).any()
    cross = recorded["decoder.blocks.0.cross.weights"][0, 0]  # (12, 1 + 8)
    torch.testing.assert_close(cross[:8, 0], torch.ones(8))
    assert (cross[8:] > 0).all()
    assert (recorded["encoder.blocks.0.attention.weights"] > 0).all()


def transduce(
    model: EncoderDecoder, source: torch.Tensor, hidden: torch.Tensor, *, end: int, most: int
) -> torch.Tensor:
    """The most probable token after each, (B, most), beginning after and written up to `end`."""
    memory = model.encode(source, hidden)
    target = torch.full((len(source), 1), end)
    for _ in range(most):
        chosen = model.decode(target, memory, hidden)[:, -1].argmax(-1, keepdim=True)
        target = torch.cat([target, chosen], dim=1)
    return target[:, 1:]


def words(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Words of 1 to 5 of 8 letters (B, 5), where they are padding, and (B, 6) their letters the
    other way round, then 0 to the end. Letters are 1 to 8."""
    generator = torch.Generator().manual_seed(seed)
    source = torch.randint(1, 9, (count, 5), generator=generator)
    lengths = torch.randint(1, 6, (count,), generator=generator)
    hidden = padding(*lengths.tolist(), T=5)
    back = torch.zeros(count, 6, dtype=torch.int64)
    for row, n in enumerate(lengths.tolist()):
        back[row, :n] = source[row, :n].flip(0)
    return source.masked_fill(hidden, 0), hidden, back


@pytest.mark.slow
def test_it_learns_to_turn_words_round() -> None:
    """One text into another, trained here, and asked for words it has not seen."""
    torch.manual_seed(0)
    settings = EncoderDecoderSettings(
        n_layer=1, n_head=4, n_embd=32, block_size=8, position="learned"
    )
    model = EncoderDecoder(settings, 9).train()
    optimizer = OPTIMIZERS["adamw"](model, lr=5e-3, weight_decay=0.0)
    for step in range(250):
        set_rate(optimizer, 5e-3 * min(1.0, 2.5 * (1 - step / 250)))  # falls over the last 100
        source, hidden, back = words(64, seed=step)
        target = F.pad(back, (1, -1))  # begins with 0
        logits = model.decode(target, model.encode(source, hidden), hidden)
        F.cross_entropy(logits.transpose(1, 2), back).backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    source, hidden, back = words(200, seed=10**6)
    with torch.inference_mode():
        said = transduce(model, source, hidden, end=0, most=6)
    right = (said == back).all(dim=1).float().mean()
    assert right > 0.95


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadSettings, match=r"source \(16\) must be less than block_size \(16\)"):
        replace(SMALL, source=16)
    assert EncoderDecoderSettings(block_size=2).cut == 1
    model = lively_model("encoder-decoder")
    memory = model.encode(some_ids(1, 16, V))
    with pytest.raises(ContextTooLong, match=r"17 tokens .* context of 16"):
        model.encode(some_ids(1, 17, V))
    with pytest.raises(ContextTooLong, match="17 tokens"):
        model.decode(some_ids(1, 5, V), memory, start=12)
    _, state = model(some_ids(1, 16, V))
    with pytest.raises(ContextTooLong, match="block_size"):
        model(some_ids(1, 1, V), state)
