"""`doctor --cases` and `doctor --case NAME`: the failure gallery, listed and run."""

import argparse
import time

import torch

from lm_core.commands import Answer, fetch, say
from lm_core.doctor.verdicts import Verdict
from lm_core.runs import gallery
from lm_core.training.events import Diagnosed, Evaluated, Step

SAY_SECONDS = 2.0


def run(args: argparse.Namespace) -> Answer:
    """The list of cases, or one of them, run to its end."""
    return show() if args.cases else diagnose(args.case)


def show() -> Answer:
    """Every case by name and title."""
    rows = [case.to_dict() for case in gallery.CASES]
    lines = [f"{row['name']:16}  {row['title']:32}  {row['idea']}" for row in rows]
    return {"cases": rows}, lines


def diagnose(name: str) -> Answer:
    """Run a case and say what the verdicts made of it.

    Raises:
        UnknownName: with the nearest known name.
    """
    broken = gallery.case(name)
    fetch(broken.corpus)
    torch.set_num_threads(1)  # of models this small, several would wait for each other
    say(f"{broken.title}: {broken.idea}")
    found, said = [], 0.0
    for event in gallery.run(broken.spec):
        match event:
            case Diagnosed():
                found.append(event)
                say(f"step {event.step}: {event.severity}, {event.text}")
            case Evaluated():
                say(f"step {event.step}: {event.split} {event.loss:.4f} nats")
            case Step() if time.perf_counter() - said > SAY_SECONDS:
                said = time.perf_counter()
                say(f"step {event.step}: {event.loss:.4f} nats")
    alarms = [event.code for event in found if event.severity == "alarm"]
    verdicts = [Verdict.of(event) for event in found]
    answer = {
        "case": broken.name,
        "expected_code": broken.expected,
        "diagnosed": broken.expected in alarms,
        "verdicts": [verdict.to_dict() for verdict in verdicts],
    }
    lines = [verdict.line() for verdict in verdicts]
    how = "found" if answer["diagnosed"] else "NOT found"
    return answer, [*lines, f"{broken.expected} was {how}. It is mended by {broken.mend}."]
