"""A sample of text that a model has not learned, on which its loss is measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.visible import readable
from pages._ui.inside.look import Look

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.models.contract import Model

TOKENS, PAIRS = 1_024, 120


@dataclass(frozen=True, eq=False)
class Sample:
    """`said` is what it is, for a sentence; `nats` the surprise of a model at each token, (N,)."""

    said: str
    nats: "Callable[[Model], Tensor]"


def sample_of(look: Look) -> Sample:
    """Text kept from the model while it learned; the text on the screen where that is not here.

    Raises:
        BadText: too little of either.
    """
    found = _kept(*look.key, look)
    return _typed(look) if found is None else found


@st.cache_resource(max_entries=16, show_spinner="Reading what was kept from it …")
def _kept(folder: str, stamp: float, _look: Look) -> Sample | None:
    from lm_core.corpora import is_at_hand
    from lm_core.errors import LabError
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import RunSpec

    card = _look.choice.card
    if not {"data", "corpus"} & set(card.get("spec", {})):  # the second in older cards
        return None  # it does not say what it learned from
    try:
        spec = RunSpec.from_dict(card["spec"], trusted=True)
        name = spec.data.name
        if name != "own" and not is_at_hand(name):
            return None
        corpus = load_text(spec.data)
        held_out = corpus.splits.get("validation")
        if not held_out:
            return None
        title = readable(str(card.get("corpus", {}).get("title", "its text")))
        if _look.choice.of_pairs:
            return _pairs(_look, spec, held_out[:PAIRS], title)
        return _text(_look, held_out, title, items=corpus.items)
    except LabError:
        return None


def _text(look: Look, held_out: list[str], title: str, *, items: bool) -> Sample:
    from lm_core.encoded import encode_documents, glimpse

    whole = encode_documents(held_out, look.tokenizer, items=items, skip_unknown=True)
    part = glimpse(whole, TOKENS)
    what = "items evenly spread over" if items else "one piece from the middle of"
    return Sample(f"{part.predictions:,} tokens, {what} the validation part of {title}", _of(part))


def _typed(look: Look) -> Sample:
    """The text on the screen."""
    from lm_core.encoded import Encoded
    from lm_core.errors import BadText

    said = "your text above, as the text it learned from is not on this machine"
    if look.choice.of_pairs:
        return Sample(said, _of_answer(look.source.view(1, -1), *_shifted(look)))
    if len(look.ids) < 2:
        raise BadText("The text it learned from is not here: type a text of two tokens or more.")
    import torch

    start = torch.zeros(1, dtype=torch.int64)
    size = len(look.text)
    part = Encoded(look.ids, start, items=look.choice.items, characters=size, bytes=size)
    return Sample(f"{part.predictions:,} tokens of {said}", _of(part))


def _of(part: Any) -> "Callable[[Model], Tensor]":
    from lm_core.evaluation.score import token_nats

    return lambda model: token_nats(model, part)


def _pairs(look: Look, spec: Any, rows: list, title: str) -> Sample:
    import torch

    split = spec.learned.numbers(look.checkpoint.codec, *zip(*rows, strict=True))
    most = look.checkpoint.model.context_size
    source, read, asked = split.cut(torch.arange(split.pairs), most)
    many = int((asked >= 0).sum())
    said = f"{many:,} tokens, the first {split.pairs:,} validation pairs of {title}"
    return Sample(said, _of_answer(source, read, asked))


def _shifted(look: Look) -> "tuple[Tensor, Tensor]":
    """What is read, and what is right after each: the target and the boundary that ends it."""
    import torch

    b = torch.tensor([look.tokenizer.boundary_id])
    return look.ids.view(1, -1), torch.cat([look.ids[1:], b]).view(1, -1)


def _of_answer(source: Any, read: Any, asked: Any) -> "Callable[[Model], Tensor]":
    import torch

    from lm_core.models.heads import plain_nats

    def nats(model: "Model") -> "Tensor":
        with torch.inference_mode():
            return plain_nats(model.answer(source, read), asked)[asked >= 0]

    return nats
