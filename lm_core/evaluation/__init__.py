"""How good is it: nats, perplexity, bits per byte."""

from lm_core.evaluation.score import Score, evaluate, token_nats

__all__ = ["Score", "evaluate", "token_nats"]
