"""How much memory a training step needs, and what to do when there is not enough.

    bytes = weights + gradients + optimizer's memory + averages + rows x what the graph keeps of one

What the graph keeps for the way back is measured and not guessed: the tensors saved while reading
two smaller batches. The difference is what a row costs, whatever the family. Left out: what comes
and goes while gradients are computed. So the sum says how large, and is no bound: on the CPU, with
256 rows, it was 0.4 (MLP), 0.7 (Transformer) and 1.5 (LSTM) times the memory really taken.
"""

import torch
from torch import Tensor

from lm_core.models.building import out_of_memory
from lm_core.models.kept import Kept
from lm_core.training.averaging import local
from lm_core.training.chance import seeded
from lm_core.training.events import Diagnosed
from lm_core.training.precision import Objective
from lm_core.training.state import Training

GB = 1e9
ROOM = 0.9  # share of the free memory that a step may be told to use


def advice(training: Training) -> Diagnosed:
    """What would have fitted; asked for after the memory of the failed step was given back."""
    rows = training.batches.batch_size
    training.optimizer.zero_grad(set_to_none=True)
    if training.device.type == "cuda":
        torch.cuda.empty_cache()
    nothing = "Take a shorter context or a smaller model."
    if rows == 1:
        return _diagnosis(training, "A batch of one row does not fit.", nothing)
    try:
        fixed, each = needs(training)
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        text = f"A batch of {rows} rows does not fit, and neither do two."
        return _diagnosis(training, text, nothing)
    free, fitting = free_bytes(training.device), max(1, rows // 2)
    # What this run holds already is counted in `fixed`, so it is free as far as the sum goes.
    room = None if free is None else ROOM * (free + held(training))
    while room is not None and fitting > 1 and fixed + each * fitting > room:
        fitting //= 2
    would = _size(fixed + each * fitting)
    text = f"A batch of {rows} rows does not fit; {fitting} would need about {would}."
    cure = f"Set batch_size to {fitting}, or accumulate to {-(-rows // fitting)}."
    return _diagnosis(training, text, cure)


def sentence(rows: int) -> str:
    """What is said where nothing could be measured any more."""
    return (
        f"The device ran out of memory with {rows} rows a batch: "
        f"try batch_size {max(1, rows // 2)}, a shorter context or a smaller model."
    )


def needs(training: Training) -> tuple[int, int]:
    """Bytes that a step needs whatever the batch, and those it needs for each row of a batch, which
    has at least two."""
    many = max(2, training.batches.batch_size // 4)  # what is large may go other ways than one row
    try:
        few = max(1, many // 2)
        one, two = (saved_bytes(training, rows) for rows in (few, many))
    except (MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        few, many = 1, 2
        one, two = (saved_bytes(training, rows) for rows in (few, many))
    each = (two - one) // (many - few)
    weights = [p for p in training.learner.parameters() if p.requires_grad]
    gradients = sum(local(p).nbytes for p in weights)
    return held(training, full=True) + gradients + max(0, two - many * each), max(1, each)


def held(training: Training, *, full: bool = False) -> int:
    """Bytes of the weights, the optimizer's memory and the averages. `full`: as they will be once
    the first step has made the optimizer's memory (two numbers a weight, the most any takes)."""
    tensors = {*training.learner.parameters(), *training.learner.buffers()}
    kept = [t for kind in (training.weights.average, training.weights.best) for t in kind or ()]
    memories = training.optimizer.state_dict()["state"].values()
    memory = sum(local(v).nbytes for m in memories for v in m.values() if isinstance(v, Tensor))
    if full and not memory:
        memory = 2 * sum(local(p).nbytes for p in training.learner.parameters() if p.requires_grad)
    return memory + sum(local(t).nbytes for t in [*tensors, *kept])


def saved_bytes(training: Training, rows: int) -> int:
    """Bytes that the graph of a batch of so many rows keeps, the weights themselves left out."""
    (batch,), _ = training.batches.parts(0, rows=rows)
    model, state = training.model.train(), (training.seed, training.step, 0, training.device)
    with seeded(*state), Kept(model) as kept:
        graph = Objective(model, training.arithmetic, training.task.loss)(*batch.inputs, None)
    size = kept.bytes
    del graph
    return size


def free_bytes(device: torch.device) -> int | None:
    """Memory that is still free on the device; None where the system does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    try:
        with open("/proc/meminfo", encoding="utf-8") as lines:
            found = next(line for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return None
    return int(found.split()[1]) * 1024


def _size(number: float) -> str:
    return f"{number / GB:.1f} GB" if number >= GB / 10 else f"{max(1, round(number / 1e6))} MB"


def _diagnosis(training: Training, text: str, cure: str) -> Diagnosed:
    step, control = training.step, "train.batch_size"
    return Diagnosed(step, "out_of_memory", "alarm", text, cure, control)
