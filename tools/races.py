"""Run the races that ship again, or those that are named: what the Compare screen draws at once.

    python -m tools.races                  # all of them, twenty minutes of two quiet cores
    python -m tools.races names-10s        # one
    python -m tools.races --list           # the commands
    python -m tools.races --table          # what they came to, as Markdown

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

from lm_core.runs.race_file import read_race
from lm_core.runs.race_table import order, ranked, rows

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "checkpoints" / "races"
MODELS = "bigram,neural-bigram,ngram,mlp,rnn,gru,lstm,transformer,mixture"
SECONDS = {"10s": 10}
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


def table(name: str) -> str:
    """A race that ships as Markdown: a row a family, and what can be said."""
    file = read_race(SHIPPED / f"{name}.json")
    ranks = ranked(file.results)
    found = rows(ranks)
    lines = [f"| {' | '.join(found[0])} |", "|" + "---|" * len(found[0])]
    for row in found:
        cells = (f"{v:,.10g}" if isinstance(v, float) else str(v) for v in row.values())
        lines.append(f"| {' | '.join(cells)} |")
    guesses = [f"Guessing by {what}: {nats:.3f}." for what, nats in file.baselines.items()]
    machine = file.machine or {}
    where = f"{machine['cores']} cores of {machine['processor']}, torch {machine['torch']}"
    head = f"## {name}\n\n    {file.command}\n\nIn {file.unit}; {where}.\n"
    return "\n".join([head, *lines, "", order(ranks), *guesses, ""])


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Run the races that ship again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RACES)}")
    parser.add_argument("--list", action="store_true", help="only show the commands")
    parser.add_argument("--table", action="store_true", help="print what is there as Markdown")
    options = parser.parse_args(argv)
    names = options.names or list(RACES)
    unknown = [name for name in names if name not in RACES]
    if unknown:
        parser.error(f"unknown race {unknown[0]}; known: {', '.join(RACES)}.")
    for name in names if not options.table else ():
        print(f"python -m lm_core race {RACES[name]} --out {name}", flush=True)
        if not options.list:
            run(name)
    if options.table:
        print("\n".join(table(name) for name in names if (SHIPPED / f"{name}.json").exists()))


if __name__ == "__main__":
    main()
