"""Settings that several families have, said once; a family gives what differs.

    n_embd: int = fields.token_width(64)
    dropout: float = fields.dropout()

Families that are variants of one another say only what is other: `settings.another`.
"""

from typing import Any

from lm_core.models.heads import HEADS
from lm_core.settings import setting


def layers() -> Any:
    """Recurrent layers; 1 unless asked."""
    return setting(1, title="Layers", low=1, high=16, help="Cells on top of each other.")


def token_width(default: int) -> Any:
    """E, the numbers that stand for a token, where the network has a width of its own beside it."""
    said = "Numbers that stand for a token."
    return setting(default, title="Width of a token", low=1, high=4096, help=said)


def memory() -> Any:
    """C, the numbers of a recurrent state; 256 unless asked."""
    said = "Numbers that carry the past on."
    return setting(256, title="Memory", low=1, high=8192, unit="cells", help=said)


def row(seen: str) -> Any:
    """T, the tokens in a row of a batch where that is no context, each guessed from what is `seen`;
    64 unless asked."""
    said = f"Tokens in a row of a batch; each is guessed from {seen}."
    return setting(64, title="Row", low=1, high=8192, unit="tokens", help=said, advanced=True)


def dropout() -> Any:
    """The share of numbers hidden while training; none unless asked."""
    said = "Share of numbers hidden while training."
    return setting(0.0, title="Dropout", low=0.0, high=0.9, help=said)


def head() -> Any:
    """How the scores of all tokens are made of a vector; linear unless asked."""
    said = "adaptive tells rare tokens apart in groups: quicker for a large vocabulary of words."
    return setting("linear", title="Head", choices=HEADS, help=said, advanced=True)
