"""What a guess is worth that looks at nothing: the lines every model has to get below."""

import torch

from lm_core.encoded import Encoded
from lm_core.errors import BadText


def frequencies(train: Encoded, held_out: Encoded, vocab_size: int) -> float:
    """Nats per token of guessing each by how often it stands in `train`, whatever came before:

        p(token) = (its count + 1) / (all tokens + V)

    The first token of a text begins it and is not guessed.

    Raises:
        BadText: nothing can be guessed of one of the texts.
    """
    if train.predictions < 1 or held_out.predictions < 1:
        raise BadText("There is too little text to guess from: give at least two tokens.")
    counts = torch.bincount(train.ids[1:], minlength=vocab_size).double() + 1  # (V,)
    logs = (counts / counts.sum()).log()
    return -float(logs[held_out.ids[1:]].mean())
