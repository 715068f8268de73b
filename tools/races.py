"""Run the races that ship again, or those that are named: what the Compare screen draws at once.

    python -m tools.races                  # all of them, two hours and a half of two quiet cores
    python -m tools.races names-10s        # one
    python -m tools.races --list           # the commands

Each is one command of the lab, which its file names; checkpoints of its runs are thrown away.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "checkpoints" / "races"
MODELS = "bigram,neural-bigram,ngram,mlp,rnn,gru,lstm,transformer,mixture"
SECONDS = {"10s": 10, "1min": 60}
RACES = {
    f"{corpus}-{name}": f"--corpus {corpus} --models {MODELS} --seconds {seconds} --seeds 3"
    for name, seconds in SECONDS.items()
    for corpus in ("names", "speeches")
} | {
    # So few steps that a test can run it again: on one thread it comes to the same everywhere.
    "names-60steps": "--corpus names --models bigram,ngram,mlp,gru --steps 60 --seeds 3 --threads 1"
}


def run(name: str) -> None:
    """Run it in a folder of its own, and keep its file."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "lm_core", "race", *shlex.split(RACES[name])]
        subprocess.run([*command, "--out", name], cwd=folder, check=True, env=environment)
        SHIPPED.mkdir(exist_ok=True)
        shutil.copyfile(Path(folder) / name / "race.json", SHIPPED / f"{name}.json")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Run the races that ship again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RACES)}")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    options = parser.parse_args(argv)
    names = options.names or list(RACES)
    unknown = [name for name in names if name not in RACES]
    if unknown:
        parser.error(f"unknown race {unknown[0]}; known: {', '.join(RACES)}.")
    for name in names:
        print(f"python -m lm_core race {RACES[name]} --out {name}", flush=True)
        if not options.list:
            run(name)


if __name__ == "__main__":
    main()
