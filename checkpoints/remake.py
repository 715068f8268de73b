"""Remake every model that ships from the texts that ship: `python checkpoints/remake.py [NAME]`.

Each is trained by the command line, so a card's command is the exact one; then scored on the whole
validation and test splits, and its memory of the optimizer is dropped. On two cores all of it
takes about an hour and a half; `--list` shows the commands, `--score` scores what is there.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

# Translators learn for so many steps: a busy machine makes the same ones, only later.
NUMBERS = "--corpus numbers-en-fr --model"
RECURRENT = (
    f"{NUMBERS} rnn-translator --set model.cell=gru --set model.n_embd=64 "
    "--set model.n_hidden=128 --steps 2000"
)
LENGTHS = (3, 5, 7, 9)  # words of a target, by which a translator's answers are counted
SPEECHES = "--corpus speeches --tokenizer bpe --set tokenizer.vocab_size=2048"
NAMES = "--corpus names --model"
MODELS = {
    "names-bigram": f"{NAMES} bigram",
    "names-neural-bigram": f"{NAMES} neural-bigram --tokens 3000000 --threads 1",
    "names-mlp": f"{NAMES} mlp --tokens 3000000 --threads 1",
    "names-rnn": f"{NAMES} rnn --tokens 3000000 --threads 1",
    "names-gru": f"{NAMES} gru --tokens 3000000 --set model.dropout=0.2 --set model.n_hidden=192 "
    "--threads 1",
    "names-ngram": "--corpus names --model ngram --set model.order=6",
    "names-lstm": "--corpus names --model lstm --tokens 3000000 --set model.dropout=0.2 "
    "--set model.n_hidden=192",
    "names-transformer": "--corpus names --model transformer --tokens 3000000 "
    "--set model.n_embd=96 --set model.dropout=0.1",
    "speeches-ngram": f"{SPEECHES} --model ngram --set model.order=5 --set model.prune=1",
    "speeches-lstm": f"{SPEECHES} --model lstm --tokens 3000000 --set model.n_embd=192 "
    "--set model.n_hidden=384 --set model.block_size=64 --set train.batch_size=32",
    "speeches-transformer": f"{SPEECHES} --model transformer --tokens 5000000 "
    "--set model.n_head=5 --set model.n_embd=160 --set model.block_size=128",
    "speeches-encoder": "--corpus speeches --tokenizer word --set tokenizer.vocab_size=5000 "
    "--model encoder --set model.n_layer=2 --set model.n_embd=96 --set model.block_size=64 "
    "--set model.masked=0.3 --set model.head=adaptive --set model.norm=rms "
    "--set model.norm_place=before --set model.bias=false --set model.qk_norm=true "
    "--set model.activation=relu2 --set train.batch_size=16 --set train.optimizer=muon "
    "--set train.lr=0.02 --set train.weight_decay=0.1 --steps 1400 --threads 1",
    # Its text is a download: LM_LAB_DATA may name a folder that has it.
    "shakespeare-transformer": "--corpus tiny-shakespeare --model transformer --tokens 6000000",
    "translate-none": f"{RECURRENT} --threads 1",
    "translate-bahdanau": f"{RECURRENT} --set model.attention=bahdanau --threads 1",
    "translate-luong": f"{RECURRENT} --set model.attention=luong --threads 1",
    "translate-transformer": f"{NUMBERS} encoder-decoder --steps 4000 --set model.n_embd=64 "
    "--set model.block_size=48 --threads 1",
    "translate-no-positions": f"{NUMBERS} encoder-decoder --set model.n_embd=64 "
    "--set model.block_size=48 --set model.position=none --steps 2000 --threads 1",
    "digits-convolution": "--corpus digits --model convolution --set task.augment=shift "
    "--set model.dropout=0.2 --steps 1000 --threads 1",
    "digits-autoencoder": "--corpus digits --model autoencoder --set model.n_filter=16 "
    "--set task.noise=0.4 --steps 2000 --threads 1",
    "digits-dcgan": "--corpus digits --model dcgan --steps 3000 --threads 1",
    "heaps-gan": "--corpus points-gaussians --model gan --steps 2000 --threads 1",
}


def command(name: str) -> list[str]:
    """The command line that trains `name`, as a person would type it from the repository root."""
    return ["-m", "lm_core", "train", *shlex.split(MODELS[name]), "--out", f"checkpoints/{name}"]


def remake(name: str) -> None:
    """Train, and finish."""
    print(f"{name}: python {shlex.join(command(name))}", flush=True)
    subprocess.run([sys.executable, *command(name)], cwd=ROOT, check=True)
    finish(name)


def finish(name: str) -> None:
    """Score on the test split where there is one, drop what only a resumed run needs, and the
    logs."""
    folder = HERE / name
    (folder / "training.safetensors").unlink(missing_ok=True)
    shutil.rmtree(folder / "logs", ignore_errors=True)
    path = folder / "meta.json"
    card = json.loads(path.read_text())
    card["sha256"].pop("training.safetensors", None)
    if "test" in card["counts"]:
        scored = translated(folder) if name.startswith("translate-") else evaluated(folder)
        card["metrics"]["test"] = scored
    path.write_text(json.dumps(card, indent=2, allow_nan=False) + "\n")


def evaluated(folder: Path) -> dict[str, Any]:
    """What the command line says of the test split."""
    scored = subprocess.run(
        [sys.executable, "-m", "lm_core", "evaluate", str(folder), "--split", "test", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(scored.stdout.splitlines()[-1])


def translated(folder: Path) -> dict[str, Any]:
    """How well a translator does on the whole test split, also by the length of what is right."""
    from lm_core.checkpoints import load_checkpoint
    from lm_core.evaluation.translation import by_length
    from lm_core.runs.prepare import prepare
    from lm_core.runs.spec import RunSpec

    saved = load_checkpoint(folder)
    prepared = prepare(RunSpec.from_dict(saved.meta["spec"], trusted=True))
    task, part = prepared.task.knowing(saved.codec), prepared.data["test"]
    scored = task.evaluate(saved.model, prepared.data, "test", limit=None)
    which = range(part.pairs)
    answers = task.written(saved.model, saved.codec, part, which)
    right = [task.right(saved.codec, part, k) for k in which]
    rows = by_length(answers, right, LENGTHS)
    return {
        "nats_per_token": scored.loss,
        "tokens": scored.targets,
        "whole_split": scored.whole,
        "metrics": dict(scored.metrics),
        "by_length": [
            {
                "shortest": row.shortest,
                "longest": row.longest,
                "count": row.count,
                "exact match": row.exact_match,
            }
            for row in rows
        ],
    }


def main() -> None:
    """Remake the models named, or all of them."""
    parser = argparse.ArgumentParser(description="Train the shipped models again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    parser.add_argument("--score", action="store_true", help="only score what is there")
    options = parser.parse_args()
    names = options.names or list(MODELS)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        parser.error(f"unknown model {unknown[0]}; known: {', '.join(MODELS)}.")
    if options.list:
        print("\n".join(f"python {shlex.join(command(name))}" for name in names))
        return
    for name in names:
        finish(name) if options.score else remake(name)


if __name__ == "__main__":
    main()
