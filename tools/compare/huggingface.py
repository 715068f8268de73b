"""Our writing beside Hugging Face `generate` with its cache, in one run.

    python -m tools.compare.huggingface [CHECKOUT] [--rounds 5]

GPT-2 of the package transformers with random weights beside two of ours: the Transformer of the
default recipe in the same size, and one with GPT-2's parts and the same weights (learned
positions, layer norm, GELU, biases, tied head), which shows what the engine alone does. Batch 1,
one thread, as many tokens as the context holds, greedy and drawn. CHECKOUT is a checkout of
transformers to take in place of the installed package.
"""

import sys
from itertools import product
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lm_core.foreign import gpt2
from lm_core.generation import SamplerSettings, generate
from lm_core.models.transformer import Transformer, TransformerSettings
from tools.compare.beside import Round, beside, parser, report, threads, timed

V = 65
AS_GPT2 = {**gpt2.SETTINGS, "activation": "gelu-tanh", "tied": True}
SHAPES = {
    "4x128": {"n_layer": 4, "n_head": 4, "n_embd": 128, "block_size": 64},
    "6x384": {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256},
}


def their_model(shape: dict[str, int]) -> nn.Module:
    """GPT-2 with random weights, which never ends by itself."""
    from transformers import GPT2Config, GPT2LMHeadModel
    from transformers.utils import logging

    logging.set_verbosity_error()
    sizes = {k: shape[k] for k in ("n_layer", "n_head", "n_embd")}
    quiet = {"embd_pdrop": 0.0, "attn_pdrop": 0.0, "resid_pdrop": 0.0}
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=V, n_positions=shape["block_size"], **sizes, **quiet)
    config.bos_token_id = config.eos_token_id = None
    return GPT2LMHeadModel(config).eval()


def our_recipe(shape: dict[str, int]) -> Transformer:
    """Our default parts in the same size."""
    torch.manual_seed(0)
    return Transformer(TransformerSettings(**shape), V).eval()


def our_model(shape: dict[str, int], theirs: nn.Module) -> Transformer:
    """Ours with the same weights."""
    model = Transformer(TransformerSettings(**shape, **AS_GPT2), V)
    weights = gpt2.as_ours(theirs.state_dict(), shape["n_layer"])
    model.load_state_dict(weights, strict=False)  # the head is the embedding
    return model.eval()


def their_ids(model: nn.Module, tokens: int, *, greedy: bool) -> list[int]:
    """What generate() writes after id 0."""
    how: dict[str, Any] = {"do_sample": False} if greedy else {"do_sample": True, "top_k": 0}
    prompt = torch.zeros(1, 1, dtype=torch.int64)
    with torch.inference_mode():
        ids = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=tokens,
            use_cache=True,
            pad_token_id=0,
            **how,
        )
    return ids[0, 1:].tolist()


def our_ids(model: Transformer, tokens: int, *, greedy: bool) -> list[int]:
    """What our engine writes after id 0."""
    sampler = SamplerSettings(temperature=0.0 if greedy else 1.0)
    steps = generate(model, [0], max_tokens=tokens, sampler=sampler)
    return [int(step.ids[0]) for step in steps]


def rows(shapes: dict[str, dict[str, int]], *, rounds: int) -> list[dict[str, Any]]:
    """A row a size, model of ours and way of choosing."""
    found = []
    for name, shape in shapes.items():
        theirs, tokens = their_model(shape), shape["block_size"] - 1
        models = {"recipe": our_recipe(shape), "the same weights": our_model(shape, theirs)}
        for (kind, ours), greedy in product(models.items(), (True, False)):
            mine = timed(lambda m=ours, n=tokens, g=greedy: our_ids(m, n, greedy=g))
            other: Round = timed(lambda m=theirs, n=tokens, g=greedy: their_ids(m, n, greedy=g))
            title = f"generate {name} {'greedy' if greedy else 'drawn'}, {kind}"
            row = beside(title, tokens, mine, other, peer="transformers", rounds=rounds)
            found.append(row | {"tokens": tokens, "parameters": ours.n_parameters})
    return found


def main(argv: list[str] | None = None) -> None:
    """Compare, and print one JSON object."""
    args = parser("Our writing beside Hugging Face generate() with cache.", rounds=5)
    args.add_argument("checkout", type=Path, nargs="?", help="a checkout of transformers")
    chosen = args.parse_args(argv)
    if chosen.checkout is not None:
        sys.path.insert(0, str(chosen.checkout / "src"))
    import transformers

    with threads(1):
        report(rows(SHAPES, rounds=chosen.rounds), transformers=transformers.__version__)


if __name__ == "__main__":
    main()
