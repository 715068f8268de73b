"""What a training run says while it goes on. Small, frozen, plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KEPT = "kept"


@dataclass(frozen=True)
class Step:
    """One optimizer step (or, for a counting model, one look at more of the text).

    `loss` is the mean over the batch, penalties left out, before the step changed anything; what it
    is counted in says the task: nats per token where the next token is guessed. `tokens` are the
    targets read since the run began.
    """

    step: int
    tokens: int
    seconds: float  # of training, pauses left out
    loss: float
    lr: float = 0.0
    grad_norm: float = 0.0
    tokens_per_second: float = 0.0


@dataclass(frozen=True)
class Evaluated:
    """How good the model is on a fixed set of targets of `split`: its loss, and by name what else
    the task reports. Along the way the set is the same all the time; at the end what is kept, the
    weights of `step`, is scored on more of the validation split, and `split` is KEPT."""

    step: int
    tokens: int
    split: str
    loss: float
    scored_tokens: int
    whole: bool  # the whole split was scored, not a part
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What a model does now, plain JSON. `kind` says how to show it:

    text        `text`; `pieces` are its tokens as text, each with the probability the model
                gave it, where that is known
    pairs       `rows` of what it was given, what it made of it, and what is right
    table       `rows` of texts and numbers under `columns`
    pictures    `rows` of brightness from 0 to 1, a picture each, `columns` its width and height,
                `captions` what stands under each
    lines       `rows` of a name, where on the x axis it begins, and a value for each whole number
                from there; `columns` are what the axes are called
    points      `rows` of points in the plane, each with what it is, under `columns`

    `grid` counts, of the classes `names`, which was taken for which.
    """

    text: str = ""
    pieces: tuple[tuple[str, float], ...] = ()
    kind: str = "text"
    columns: tuple[str | int, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    names: tuple[str, ...] = ()
    grid: tuple[tuple[int, ...], ...] = ()
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sampled:
    """A `Preview` after a step."""

    step: int
    text: str = ""
    pieces: tuple[tuple[str, float], ...] = ()
    kind: str = "text"
    columns: tuple[str | int, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    names: tuple[str, ...] = ()
    grid: tuple[tuple[int, ...], ...] = ()
    captions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Probed:
    """Surprise at each token of one text that stays the same all through the run, in nats."""

    step: int
    nats: tuple[float, ...]


@dataclass(frozen=True)
class Examined:
    """One step seen from inside: activations, gradients, steps of the weights, layer by layer.
    `data` is plain JSON, as `lm_core.doctor.inside` makes it."""

    step: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """The weights as they were after this step, in a file of their own: to look back at."""

    step: int
    path: str


@dataclass(frozen=True)
class Found:
    """One finding of the doctor. `step` counts them; `part` is init, overfit, lr, grid or inside;
    `data` is plain JSON."""

    step: int
    part: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Diagnosed:
    """Something to know about this run: `severity` is ok, note or alarm; `control` is the setting
    that mends it ("train.lr"), where there is one."""

    step: int
    code: str
    severity: str
    text: str
    cure: str = ""
    control: str = ""


@dataclass(frozen=True)
class Checkpointed:
    step: int
    path: str


@dataclass(frozen=True)
class Paused:
    """The run waits, at a step boundary, until it is resumed or stopped."""

    step: int


@dataclass(frozen=True)
class Finished:
    """The last event of a run that ended as asked: `reason` is budget, stopped, or early (no
    evaluation was better for as long as the settings' patience). `kept` is the step whose weights
    are kept, and `kept_loss` their evaluation, where a later one was worse; None: the last."""

    step: int
    tokens: int
    seconds: float
    reason: str
    kept: int | None = None
    kept_loss: float | None = None


@dataclass(frozen=True)
class Failed:
    """The last event of a run that could not go on, with a sentence for people."""

    step: int
    reason: str

    @classmethod
    def diverged(cls, step: int) -> "Failed":
        """The loss, or the weights, stopped being numbers."""
        return cls(
            step,
            f"The loss stopped being a number at step {step} (it diverged): "
            "try a learning rate ten times lower, or turn gradient clipping on.",
        )


# What a field is called in the store and in logs: a loss was of nats when these were made.
KEPT_AS = {Step: {"loss": "nats"}, Evaluated: {"loss": "nats"}}

Event = (
    Step
    | Evaluated
    | Sampled
    | Probed
    | Examined
    | Snapshot
    | Found
    | Diagnosed
    | Checkpointed
    | Paused
    | Finished
    | Failed
)
