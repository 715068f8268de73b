"""Remake every model that ships from the texts that ship: `python checkpoints/remake.py [NAME]`.

Each is trained by the command line, so a card's command is the exact one; then scored on the whole
validation and test splits, and its memory of the optimizer is dropped. On two cores all of it
takes about an hour; `--list` shows the commands.
"""

import argparse
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

SPEECHES = "--corpus speeches --tokenizer bpe --set tokenizer.vocab_size=2048"
MODELS = {
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
}


def command(name: str) -> list[str]:
    """The command line that trains `name`, as a person would type it from the repository root."""
    return ["-m", "lm_core", "train", *shlex.split(MODELS[name]), "--out", f"checkpoints/{name}"]


def remake(name: str) -> None:
    """Train, score on the test split, drop what only a resumed run needs, and its logs."""
    print(f"{name}: python {shlex.join(command(name))}", flush=True)
    subprocess.run([sys.executable, *command(name)], cwd=ROOT, check=True)
    folder = HERE / name
    (folder / "training.safetensors").unlink(missing_ok=True)
    shutil.rmtree(folder / "logs", ignore_errors=True)
    scored = subprocess.run(
        [sys.executable, "-m", "lm_core", "evaluate", str(folder), "--split", "test", "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    path = folder / "meta.json"
    card = json.loads(path.read_text())
    card["sha256"].pop("training.safetensors", None)
    card["metrics"]["test"] = json.loads(scored.stdout.splitlines()[-1])
    path.write_text(json.dumps(card, indent=2, allow_nan=False) + "\n")


def main() -> None:
    """Remake the models named, or all of them."""
    parser = argparse.ArgumentParser(description="Train the shipped models again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    options = parser.parse_args()
    names = options.names or list(MODELS)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        parser.error(f"unknown model {unknown[0]}; known: {', '.join(MODELS)}.")
    if options.list:
        print("\n".join(f"python {shlex.join(command(name))}" for name in names))
        return
    for name in names:
        remake(name)


if __name__ == "__main__":
    main()
