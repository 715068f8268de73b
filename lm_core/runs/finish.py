"""What is measured of a run that has reached the finish of a race: with the weights it keeps.

    validation, test     nats per token over the whole splits, and bits per character of the test
    writing              tokens a second, one text at a time; and the beginning of what it writes
    memory               bytes that a step holds (`training/step_memory.py`); of counts, themselves
    computing            seconds of processor time, all threads together

The test split is read here, once, at the end; nothing is chosen by it.
"""

import time
from collections.abc import Iterator
from typing import Any

from lm_core.evaluation.score import Score, scoring
from lm_core.generation.engine import generate
from lm_core.models.building import blueprint
from lm_core.models.contract import LanguageModel
from lm_core.runs.training_run import TrainingRun
from lm_core.training.step_memory import foretold

FACT = "finish"  # among the facts of a run
VALIDATION, TEST = "validation", "test"
WRITTEN, WARM = 128, 8  # tokens that are timed, and before them
SAMPLE = 200  # characters


class Finish:
    """`figures` is plain JSON, and empty until all of them were measured.

    Args:
        cpu_seconds: of processor time that the training took.
    """

    def __init__(self, training: TrainingRun, *, cpu_seconds: float) -> None:
        self.training, self.cpu_seconds = training, cpu_seconds
        self.figures: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Finish({', '.join(self.figures)})"

    def measure(self) -> Iterator[None]:
        """Yields now and then, so that others have their turn, or it can be left."""
        trainer, scores = self.training.trainer, {}
        for split, whole in self.training.prepared.data.items():
            if split in (VALIDATION, TEST):
                scores[split] = yield from scoring(trainer.model, whole.to(trainer.device))
        speed = writing_speed(trainer.model, self.training.prepared.codec.boundary_id)
        yield
        self.figures = _scored(scores) | {
            "parameters": trainer.model.n_parameters,
            "steps": trainer.step,
            "tokens": trainer.tokens,
            "seconds": trainer.seconds,
            "cpu_seconds": self.cpu_seconds,
            "tokens_per_second": trainer.tokens / max(trainer.seconds, 1e-9),
            "memory": memory(self.training),
            "writes_per_second": speed,
            "sample": _sample(self.training),
        }


def _scored(scores: dict[str, Score]) -> dict[str, Any]:
    """Perplexity and bits are the test's, where there is one."""
    told = scores.get(TEST) or scores.get(VALIDATION)
    return {
        "validation_nats": scores[VALIDATION].nats_per_token if VALIDATION in scores else None,
        "test_nats": scores[TEST].nats_per_token if TEST in scores else None,
        "test_tokens": scores[TEST].tokens if TEST in scores else None,
        "perplexity": told.perplexity if told else None,
        "bits_per_character": told.bits_per_character if told else None,
    }


def memory(training: TrainingRun) -> int:
    """Bytes that a step of this training holds, told from shapes alone; of a model that counts
    those it holds."""
    prepared, model = training.prepared, training.trainer.model
    if model.learns_by == "counting":
        return sum(t.nbytes for t in model.state_dict().values())
    spec, task, train = prepared.spec, prepared.task, prepared.data["train"]
    planned = blueprint(spec.model_name, spec.model.to_dict(), prepared.codec.sizes, task.build)
    batches = task.batches(planned, train, batch_size=spec.train.batch_size, seed=spec.seed)
    first, *_ = batches.parts(0, cuts=spec.train.accumulate)[0]
    return foretold(task, planned, first, spec.train).total


def writing_speed(model: LanguageModel, first: int) -> float:
    """Tokens that it writes in a second, one text at a time, as busy as the machine is now."""
    writing = generate(model, [first], max_tokens=WARM + WRITTEN)
    for _ in range(WARM):
        next(writing)
    began = time.perf_counter()
    for _ in writing:
        pass
    return WRITTEN / (time.perf_counter() - began)


def _sample(training: TrainingRun) -> str:
    """The beginning of what it writes."""
    preview = training.prepared.writer(training.prepared.spec.seed)(training.trainer.model)
    return preview.text[:SAMPLE] if preview else ""
