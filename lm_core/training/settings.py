"""How to train and for how long."""

from dataclasses import dataclass

from lm_core.errors import BadSettings
from lm_core.settings import Settings, setting
from lm_core.training.optimizers import OPTIMIZERS
from lm_core.training.schedules import SCHEDULES

HOUR = 3600.0


@dataclass(frozen=True)
class TrainSettings(Settings):
    """Everything about the training loop but its length."""

    lr: float = setting(
        2e-3,
        title="Learning rate",
        low=1e-7,
        high=10.0,
        help="How far each step moves the weights. Too high: the loss jumps; too low: it crawls.",
    )
    batch_size: int = setting(
        32, title="Batch", low=1, high=8192, unit="rows", help="Pieces of text read at each step."
    )
    weight_decay: float = setting(
        0.05, title="Weight decay", low=0.0, high=10.0, help="A steady pull of weights toward zero."
    )
    optimizer: str = setting(
        "adamw",
        title="Optimizer",
        choices=tuple(OPTIMIZERS),
        help="The rule that turns gradients into steps. Each has a rate that suits it: about 0.002 "
        "for Adam and AdamW, 0.02 for Muon, 0.1 and more for SGD. adam-half is for games of two.",
        kept=True,  # what it remembers is its own
    )
    schedule: str = setting(
        "cosine",
        title="Schedule",
        choices=tuple(SCHEDULES),
        help="How the learning rate changes along the way, after the warm-up.",
    )
    warmup: float = setting(
        0.05,
        title="Warm-up",
        low=0.0,
        high=1.0,
        help="Share of the budget during which the learning rate rises from zero. One-cycle has a "
        "rise of its own.",
    )
    keep_best: bool = setting(
        True,
        title="Keep the best",
        help="Where the last evaluation is not the best one, the weights of the best are kept "
        "instead of the last.",
    )
    grad_clip: float = setting(
        1.0,
        title="Gradient clip",
        low=0.0,
        high=1e6,
        help="Longer gradients are shortened to this length; 0 turns it off.",
        advanced=True,
    )
    eval_tokens: int = setting(
        20_000,
        title="Tokens per evaluation",
        low=1,
        high=100_000_000,
        help="Of the validation text so many are scored at most: along the way as many as fit into "
        "its share of the time, in the end all of these.",
        advanced=True,
    )
    eval_every: int = setting(
        0,
        title="Evaluate every",
        low=0,
        high=1_000_000,
        unit="steps",
        help="0: after the steps 1, 10, 30, 100 and so on, and then evenly, 24 times in a minute.",
        advanced=True,
    )
    accumulate: int = setting(
        1,
        title="Gradient accumulation",
        low=1,
        high=1024,
        unit="pieces",
        help="The batch is read in so many pieces, one after the other, and their gradients are "
        "added up: less memory, same step.",
        advanced=True,
    )
    ramp: float = setting(
        0.0,
        title="Batch ramp",
        low=0.0,
        high=1.0,
        help="Share of the budget during which the batch grows from a quarter; 0: it is whole.",
        advanced=True,
    )
    ema: float = setting(
        0.0,
        title="Averaged weights",
        low=0.0,
        high=0.99999,
        help="Judge and keep a running average of the weights that forgets this slowly; 0: none.",
        advanced=True,
    )
    patience: int = setting(
        0,
        title="Patience",
        low=0,
        high=100_000,
        unit="evaluations",
        help="Stop early after so many evaluations without a new best; 0: never.",
        advanced=True,
    )
    precision: str = setting(
        "auto",
        title="Precision",
        choices=("auto", "float32", "bfloat16"),
        help="Format of the large products. auto: bfloat16 on a GPU that has it, else float32.",
        advanced=True,
    )
    recompute: bool = setting(
        False,
        title="Activation checkpointing",
        help="Transformers: keep only what enters each block, and compute the rest again for the "
        "gradient. Far less memory, a third more time.",
        advanced=True,
    )
    compile: str = setting(
        "auto",
        title="Compile",
        choices=("auto", "on", "off"),
        help="on: make fewer and larger kernels of a step first. auto: on a GPU capture a step as "
        "a CUDA graph and repeat it, which needs no time. off: neither.",
        advanced=True,
    )
    deterministic: bool = setting(
        False,
        title="Deterministic",
        help="Use only operations that give the same bits each time, also where they are slower, "
        "and one number of threads.",
        advanced=True,
        kept=True,  # the steps that were taken cannot be taken back
    )


@dataclass(frozen=True)
class Budget(Settings):
    """How long to train: steps, tokens or seconds, exactly one of them."""

    steps: int | None = setting(
        None, title="Steps", low=1, high=100_000_000, help="Stop after this many steps."
    )
    tokens: int | None = setting(
        None, title="Tokens", low=1, high=10**13, help="Stop after reading this many tokens."
    )
    seconds: float | None = setting(
        None, title="Time", low=0.1, high=240 * HOUR, unit="s", help="Stop after this long."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [n for n in ("steps", "tokens", "seconds") if getattr(self, n) is not None]
        if not given:
            object.__setattr__(self, "steps", 1000)
        if len(given) > 1:
            raise BadSettings(f"A budget is of {' or of '.join(given)}: give one.", *given)

    def progress(self, steps: int, tokens: int, seconds: float) -> float:
        """Share of the budget used, 1.0 or more when it is spent."""
        if self.steps is not None:
            return steps / self.steps
        if self.tokens is not None:
            return tokens / self.tokens
        return seconds / self.seconds
