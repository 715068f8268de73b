"""Small random models of `transformers`, and the contracts of ours around them: whoever searches by
beams finds in both the same."""

from typing import Any

import torch
from torch import Tensor, nn

from lm_core.foreign.gpt2 import as_ours
from lm_core.models.transformer import Transformer, TransformerSettings
from lm_core.models.translating import Translates, Writing

V, END, PAD = 30, 2, 1
ALIKE = {"eos_token_id": END, "pad_token_id": PAD}
QUIET = {"dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0}


def bart(seed: int) -> nn.Module:
    """An encoder-decoder that writes sentences of different lengths."""
    from transformers import BartConfig, BartForConditionalGeneration

    config = BartConfig(
        vocab_size=V,
        d_model=16,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        init_std=0.3,  # so that some tokens are likelier than others
        bos_token_id=0,
        decoder_start_token_id=END,
        forced_eos_token_id=None,
        **ALIKE,
        **QUIET,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BartForConditionalGeneration(config).eval()
    model.final_logits_bias[0, END] += 2.0  # or hardly any sentence would end
    return model


class Wrapped(Translates, nn.Module):
    """Such a model behind our contract, read anew at every step: nothing of a cache is tested."""

    context_size = None

    def __init__(self, theirs: nn.Module) -> None:
        super().__init__()
        self.theirs, self.vocab_size, self.source_size = theirs, V, None
        self.device = torch.device("cpu")

    def answer(self, source: Tensor, target: Tensor) -> Tensor:
        there = (source >= 0).long()
        ids = source.masked_fill(source < 0, PAD)
        return self.theirs(
            input_ids=ids, attention_mask=there, decoder_input_ids=target.clamp(min=0)
        ).logits

    def writing(self, source: Tensor) -> Writing:
        return ReadAnew(self, source)


class ReadAnew(Writing):
    def __init__(self, model: Wrapped, source: Tensor) -> None:
        self.model, self.source = model, source
        self.target = source.new_zeros(len(source), 0)

    def step(self, ids: Tensor) -> Tensor:
        self.target = torch.cat([self.target, ids.unsqueeze(1)], dim=1)
        return self.model.answer(self.source, self.target)[:, -1]

    def pick(self, rows: Tensor) -> None:
        self.source, self.target = self.source[rows], self.target[rows]


def gpt2(seed: int) -> tuple[nn.Module, Transformer]:
    """The decoder of both, with the same weights, which end some texts."""
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = {"n_layer": 2, "n_head": 2, "n_embd": 16}
    quiet = {"embd_pdrop": 0.0, "attn_pdrop": 0.0, "resid_pdrop": 0.0}
    config = GPT2Config(
        vocab_size=V,
        n_positions=32,
        initializer_range=0.3,
        bos_token_id=END,
        **ALIKE,
        **sizes,
        **quiet,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = GPT2LMHeadModel(config).eval()
    settings = TransformerSettings(
        **sizes,
        block_size=32,
        position="learned",
        norm="layer",
        activation="gelu-tanh",
        qk_norm=False,
        bias=True,
        tied=True,
    )
    ours = Transformer(settings, V).eval()
    ours.load_state_dict(as_ours(model.state_dict(), 2), strict=False)
    return model, ours


def theirs(model: nn.Module, ids: Tensor, beams: int, **how: Any) -> list[list[tuple]]:
    """What `generate` finds for each row: (ids without the start, the end and what follows it; the
    score), all beams, the best first."""
    seq2seq, start = model.config.is_encoder_decoder, ids.size(1)
    with torch.inference_mode():
        found = model.generate(
            ids,
            num_beams=beams,
            num_return_sequences=beams,
            do_sample=False,
            return_dict_in_generate=True,
            output_scores=True,
            **how,
        )
    begin = 1 if seq2seq else start
    rows = []
    for row in found.sequences[:, begin:].tolist():
        end = row.index(END) if END in row else len(row)
        rows.append(row[:end])
    pairs = list(zip(rows, found.sequences_scores.tolist(), strict=True))
    return [pairs[i : i + beams] for i in range(0, len(pairs), beams)]
