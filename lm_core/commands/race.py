"""`race`: families that learn one text under one budget, one after the other, some seeds each."""

import argparse
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from lm_core.commands import Answer, fetch, file_or_name, say, tell
from lm_core.device import choose_device
from lm_core.errors import BadSettings, LabError
from lm_core.evaluation.standings import Point, Result
from lm_core.json_files import dumps
from lm_core.machine import most_threads
from lm_core.runs.finish import Finish
from lm_core.runs.prepare import prepare
from lm_core.runs.race import Entrant, Race, counts
from lm_core.runs.race_file import RaceFile, read_race
from lm_core.runs.race_table import in_words
from lm_core.runs.training_run import TrainingRun
from lm_core.training import Budget, Control
from lm_core.training.events import Evaluated, Failed, Step
from lm_core.training.threads import at_a_glance

FILE = "race.json"
LISTED = ("validation_nats", "test_nats", "perplexity", "bits_per_character", "parameters")
LISTED += ("seconds", "tokens_per_second", "steps", "tokens", "cpu_seconds", "memory")
LISTED += ("writes_per_second",)

SAID = {"validation": "validation_nats", "test": "test_nats"}


def run(args: argparse.Namespace) -> Answer:
    """Run all of it; what OUT has already is not run again."""
    race = Race(
        file_or_name(args),
        tuple(name.strip() for name in args.models.split(",") if name.strip()),
        _budget(args),
        args.seeds,
        args.tokenizer or "",
        args.parameters,
    )
    out = Path(args.out)
    known = _known(out / FILE, race)
    fetch(race.data.name)
    for entrant in race.entrants():
        if known is None or not known.has(entrant.model, entrant.seed):
            known = _ran(entrant, race, known, out, args)
            known.write(out / FILE)
    results = [
        {"model": one.model, "seed": one.seed} | {name: one.figures[name] for name in LISTED}
        for one in known.results
    ]
    answer = {"out": str(out), "results": results, "baselines": known.baselines}
    return answer, in_words(known)


def _budget(args: argparse.Namespace) -> Budget:
    given = {name: getattr(args, name) for name in ("steps", "tokens", "seconds")}
    given = {name: value for name, value in given.items() if value is not None}
    if len(given) != 1:
        raise BadSettings("A race has one budget: give --seconds, --tokens or --steps.")
    return Budget(**given)


def _known(path: Path, race: Race) -> RaceFile | None:
    """What was run before.

    Raises:
        BadSettings: another race is there.
    """
    if not path.exists():
        return None
    found = read_race(path)
    if dumps(found.race.to_dict()) != dumps(race.to_dict()):
        raise BadSettings(f"{path.parent} holds another race: choose another --out.")
    return found


def _ran(
    entrant: Entrant, race: Race, known: RaceFile | None, out: Path, args: argparse.Namespace
) -> RaceFile:
    """The race with one more result.

    Raises:
        LabError: this one could not be trained to its end.
    """
    name = entrant.model if counts(entrant.model) else f"{entrant.model}-{entrant.seed}"
    device = choose_device(args.device, args.threads)
    torch.set_num_threads(device.threads if device.chosen else at_a_glance(most_threads()))
    ready = prepare(entrant.spec)
    if known is None:
        tell(ready.info.note)
        known = RaceFile(
            race,
            ready.task.unit_of(ready.codec),
            ready.task.baselines(ready.model, ready.data),
            command=shlex.join(["python", "-m", "lm_core", *args.argv]),
        )
    training = TrainingRun(ready, out / name, device, control=Control(), compared=True)
    began = time.process_time()
    curve = list(_curve(training, name))
    finish = Finish(training, cpu_seconds=time.process_time() - began)
    for _ in finish.measure():
        pass
    told = finish.figures
    known_of = [f"{what} {told[key]:.4f}" for what, key in SAID.items() if told[key] is not None]
    say(f"{name}: {', '.join(known_of)} {known.unit}")
    return known.with_result(Result(entrant.model, entrant.seed, told, tuple(curve)))


def _curve(training: TrainingRun, name: str) -> Iterator[Point]:
    """Train to the end; the evaluations of validation text on the way."""
    seconds = 0.0
    for event in training:
        match event:
            case Step():
                seconds = event.seconds
            case Evaluated(split="validation"):
                yield Point(event.step, event.tokens, seconds, event.loss)
            case Failed(reason=reason):
                raise LabError(f"{name}: {reason}")
