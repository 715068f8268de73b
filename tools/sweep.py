"""Many short trainings, a row of a table for each: what the recipes were chosen from.

    python -m tools.sweep docs/sweeps/plan.json --out short.csv --jobs 13 \\
        --corpus names=names.txt --corpus tiny-shakespeare=tinyshakespeare.txt
    python -m tools.sweep --table docs/sweeps/short.csv

A plan is a JSON list of trials: corpus, items, model, tokens, set (dotted settings), seed. Each is
one command of the lab on one thread, written into its row, so that any row can be made again. A
trial that is in the table already is not run again. Budgets are tokens: figures of one machine hold
for another, only the seconds differ.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

COLUMNS = ["corpus", "model", "tokens", "set", "seed", "validation_nats", "seconds"]
COLUMNS += ["tokens_per_second", "command"]
SHIPPED = ("speeches",)  # texts the lab brings itself: no file is needed


def named(trial: dict[str, Any]) -> str:
    """The text as a kept command names it, whatever its file is called here."""
    return trial["corpus"] + ("" if trial["corpus"] in SHIPPED else ".txt")


def command(trial: dict[str, Any], file: str) -> list[str]:
    """The words after `python` that run a trial on the text in `file`."""
    words = ["-m", "lm_core", "train", "--corpus", file]
    words += ["--items"] if trial["items"] else []
    words += ["--model", trial["model"], "--tokens", str(trial["tokens"]), "--threads", "1"]
    words += ["--seed", str(trial["seed"]), "--device", "cpu"]
    return words + [w for k, v in trial["set"].items() for w in ("--set", f"{k}={v}")]


def kept(trial: dict[str, Any]) -> str:
    """The command as the table keeps it."""
    return " ".join(["python", *command(trial, named(trial))])


def run(trial: dict[str, Any], file: str, *, seconds: float) -> dict[str, Any]:
    """A trial's row; in place of its figure the reason where it could not be had."""
    words = command(trial, file)
    said = " ".join(f"{k}={v}" for k, v in trial["set"].items())
    row = {k: trial[k] for k in ("corpus", "model", "tokens", "seed")} | {"set": said}
    row["command"] = kept(trial)
    with tempfile.TemporaryDirectory() as folder:
        full = [sys.executable, *words, "--json", "--out", f"{folder}/model"]
        env = {**os.environ, "OMP_NUM_THREADS": "1"}
        try:
            done = subprocess.run(
                full,
                capture_output=True,
                text=True,
                timeout=seconds,
                env=env,
                start_new_session=True,  # Ctrl-C ends the sweep, not a trial halfway as if done
            )
        except subprocess.TimeoutExpired:
            return row | {"validation_nats": f"not done in {seconds:.0f} s"}
    if done.returncode:
        reason = done.stderr.strip() or f"ended with status {done.returncode}"
        return row | {"validation_nats": reason.splitlines()[-1]}
    answer = json.loads(done.stdout.splitlines()[-1])
    row["validation_nats"] = round(answer["validation_nats"], 4)
    row["tokens_per_second"] = round(answer["tokens_per_second"])
    return row | {"seconds": round(answer["seconds"], 1)}


def sweep(plan: list[dict], out: Path, files: dict[str, str], *, jobs: int, seconds: float) -> None:
    """Run what is not in `out` yet, and add each row as it comes."""
    known = {row["command"] for row in read(out)} if out.exists() else set()
    left = [t for t in plan if kept(t) not in known]
    lock = Lock()

    def one(trial: dict[str, Any]) -> None:
        row = run(trial, files.get(trial["corpus"], trial["corpus"]), seconds=seconds)
        with lock, out.open("a", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            if not file.tell():
                writer.writeheader()
            writer.writerow(row)
            print(row["corpus"], row["model"], row["set"], row["validation_nats"], file=sys.stderr)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, left))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def table(rows: list[dict[str, str]]) -> str:
    """Markdown: the trials of each text, family and budget, the best first."""
    lines = ["| text and model | tokens | changed | nats | tokens / s |", "|---|---|---|---|---|"]

    def what(row: dict[str, str]) -> tuple[str, str, int]:
        return row["corpus"], row["model"], int(row["tokens"])

    for (corpus, model, tokens), group in groupby(sorted(rows, key=what), what):
        for row in sorted(group, key=lambda row: row["validation_nats"]):
            changed = row["set"].replace("train.", "").replace("model.", "") or "nothing"
            speed = row["tokens_per_second"]
            figures = f"{row['validation_nats']} | {speed}"
            lines.append(f"| {corpus}, {model} | {tokens:,} | {changed} | {figures} |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    args = argparse.ArgumentParser(description="Many short trainings, a row for each.")
    args.add_argument("plan", type=Path, nargs="?", help="a JSON list of trials")
    args.add_argument("--out", type=Path, default=Path("sweep.csv"), help="default: %(default)s")
    args.add_argument("--jobs", type=int, default=1, help="trials at once; default: %(default)s")
    args.add_argument("--seconds", type=float, default=600, help="of a trial at most")
    args.add_argument("--corpus", action="append", default=[], metavar="NAME=FILE")
    args.add_argument("--table", type=Path, metavar="CSV", help="print a table as Markdown instead")
    chosen = args.parse_args(argv)
    if chosen.table:
        print(table(read(chosen.table)))
        return
    if chosen.plan is None:
        raise SystemExit("Name a plan, such as docs/sweeps/plan.json, or a table with --table.")
    files = dict(pair.partition("=")[::2] for pair in chosen.corpus)
    plan = json.loads(chosen.plan.read_text())
    sweep(plan, chosen.out, files, jobs=chosen.jobs, seconds=chosen.seconds)


if __name__ == "__main__":
    main()
