"""Small models and texts that many tests share.

Sizes are chosen by the names of the settings' fields, so a new family is small without being known
here.
"""

import dataclasses
import string
from collections.abc import Sequence
from typing import Any

import torch

from lm_core.checkpoints import build_model
from lm_core.encoded import Encoded, encode_documents
from lm_core.models import LanguageModel, models
from lm_core.tokenizers.char import CharTokenizer

# Families that read one text; the others turn one into another.
READERS = [entry for entry in models if issubclass(entry.build, LanguageModel)]

# Both of them; other families see pictures, or numbers.
OF_TEXT = [entry for entry in models if entry.build.of_text]

SIZES = {
    "n_layer": 2,
    "n_head": 2,
    "n_embd": 32,
    "n_hidden": 64,
    "block_size": 16,
    "order": 3,
    "first": "ngram order=3",
    "second": "transformer n_layer=2 n_head=2 n_embd=32 block_size=16",
    "members": "ngram order=3; mlp context=3 n_hidden=16; mlp context=3 n_hidden=16",
}

TEXT = (
    "The river was low that year, and the children walked over it on dry stones. "
    "Nobody in the village could say when the rain would come; the old miller said that it would "
    "come when it came, and went on sharpening his knife. In the evening the dogs lay down in the "
    "road, because the road was still warm, and no cart had passed since noon.\n"
    "On the fourth day a wind rose in the west. First the poplars heard it, then the hens, and "
    "last of all the people, who stood in their doors with flour on their hands and looked up.\n"
)
_NAMES = (
    "emma olivia ava isabella sophia charlotte mia amelia harper evelyn abigail emily elizabeth "
    "mila ella avery sofia camila aria scarlett victoria madison luna grace chloe penelope layla "
    "riley zoey nora lily eleanor hannah lillian addison aubrey ellie stella natalie zoe"
)
NAMES = _NAMES.split()


def tiny_settings(name: str, **changes: Any) -> dict[str, Any]:
    """Settings of a small model of the family, as in a checkpoint."""
    fields = {field.name for field in dataclasses.fields(models[name].settings)}
    return {k: v for k, v in SIZES.items() if k in fields} | changes


def tiny_model(name: str, V: int = 27, *, seed: int = 0, **changes: Any) -> LanguageModel:
    """An untrained small model, in eval mode."""
    return build_model(name, tiny_settings(name, **changes), V, seed=seed).eval()


def lively_model(
    name: str, V: int = 27, *, seed: int = 0, noise: float = 0.15, **changes: Any
) -> LanguageModel:
    """A small model that says something: untrained weights are often zero, which hides mistakes."""
    model = tiny_model(name, V, seed=seed, **changes)
    if model.learns_by != "gradient":
        model.fit(some_ids(400, V, seed=seed), torch.zeros(1, dtype=torch.int64))
    return stir(model, seed=seed, noise=noise)


def stir(model: torch.nn.Module, *, seed: int = 0, noise: float = 0.15) -> torch.nn.Module:
    """The model itself, with every weight moved a little."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight += noise * torch.randn(weight.shape, generator=generator)
    return model


def some_ids(*shape: int, seed: int = 0) -> torch.Tensor:
    """Random ids: the last number is V, those before it the shape."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(shape[-1], shape[:-1], generator=generator)


def alphabet(V: int) -> CharTokenizer:
    """A character tokenizer with V tokens."""
    return CharTokenizer(sorted(["\n", *string.printable.replace("\n", "")[: V - 1]]))


def encoded(documents: Sequence[str], *, items: bool = False) -> tuple[CharTokenizer, Encoded]:
    """Documents as characters, with the tokenizer they gave."""
    tokenizer = CharTokenizer.train(documents)
    return tokenizer, encode_documents(documents, tokenizer, items=items)


def stream(ids: torch.Tensor) -> Encoded:
    """Ids as one running text of as many characters."""
    start = torch.zeros(1, dtype=torch.int64)
    return Encoded(ids, start, items=False, characters=len(ids), bytes=len(ids))
