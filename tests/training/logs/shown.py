"""A run with everything that a run can say, and numbers that JSON does not know."""

import math

from lm_core.training.events import (
    Checkpointed,
    Diagnosed,
    Evaluated,
    Event,
    Examined,
    Failed,
    Finished,
    Found,
    Paused,
    Probed,
    Sampled,
    Snapshot,
    Step,
)

SPEC = {"version": 1, "model": {"name": "mlp"}, "train": {"lr": 0.003}}

EVENTS: tuple[Event, ...] = (
    Step(1, 64, 0.1, math.log(27), 0.1 + 0.2, 1e-9, 640.0),
    Step(2, 128, 0.2, math.inf, 0.003, math.inf, 640.0),
    Evaluated(2, 128, "validation", math.inf, 1000, False),
    Sampled(2, 'Said "NaN",\nand went.', (("NaN", 0.25), ("Infinity", math.nan))),
    Probed(2, (1.5, math.inf)),
    Examined(2, {"grad_norm": math.nan, "layers": [{"name": "mlp", "dead": None}]}),
    Diagnosed(2, "infinite", "alarm", "The loss is infinite.", "Smooth."),
    Paused(2),
    Snapshot(2, "snapshots/2"),
    Found(1, "init", {"nats": -math.inf, "edges": [1, 2.5]}),
    Checkpointed(2, "checkpoint"),
    Step(3, 192, 0.3, math.nan, 0.0, 0.5, 640.0),
    Evaluated(3, 192, "train", 2.5, 50, True),
    Evaluated(3, 192, "validation", 2.75, 1000, False),
    Evaluated(3, 192, "validation", 2.625, 5000, True),  # again, all of it: this one counts
    Failed(3, "It diverged."),
    Finished(3, 192, 0.3, "budget"),
)
