"""A tiny model that was trained on a file, with the losses of its steps."""

from pathlib import Path

from lm_core.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.spec import RunSpec
from lm_core.tasks import NextToken
from lm_core.training import Trainer
from lm_core.training.events import Step
from tests.tiny import NAMES, TEXT, tiny_settings

STEPS = 12
TOKENS = {
    "char": {"name": "char"},
    "word": {"name": "word", "min_frequency": 1},
    "bpe": {"name": "bpe", "vocab_size": 300},
}


def trained(
    folder: Path, family: str, *, items: bool = False, tokens: str = "char", **train: object
) -> tuple[Checkpoint, list[float], Prepared]:
    """A run of STEPS steps on `folder`/text.txt: its checkpoint, the loss at each step, and what it
    was trained with."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "text.txt"
    file.write_text("\n".join(NAMES) if items else TEXT * 2, encoding="utf-8")
    dropout = {} if family == "neural-bigram" else {"dropout": 0.1}
    spec = RunSpec.from_dict(
        {
            "corpus": {"name": "file", "file": str(file), "items": items},
            "tokenizer": TOKENS[tokens],
            "model": {"name": family, **tiny_settings(family, **dropout)},
            "train": {"lr": 0.01, "batch_size": 4} | train,
            "budget": {"steps": STEPS},
            "seed": 7,
        },
        trusted=True,
    )
    ready = prepare(spec)
    trainer = Trainer(
        NextToken(),
        ready.model,
        ready.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
    )
    losses = [event.loss for event in trainer.run() if isinstance(event, Step)]
    made = save_checkpoint(folder / "run", trainer.model, ready.tokenizer, ready.card())
    return load_checkpoint(made), losses, ready
