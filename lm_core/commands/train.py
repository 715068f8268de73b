"""`train`: train a model, keep it in a folder, score the whole validation split."""

import argparse
import shlex
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import (
    LOGS,
    Checkpoint,
    check_replaceable,
    load_checkpoint,
    load_history,
    load_training,
    save_checkpoint,
)
from lm_core.commands import Answer, fetch, file_or_name, in_lines, mix, say, tell
from lm_core.device import DeviceChoice, choose_device
from lm_core.doctor.faults import trainer_with
from lm_core.doctor.health import Health
from lm_core.doctor.inside import Inside
from lm_core.doctor.verdicts import OK
from lm_core.errors import BadSettings, LabError
from lm_core.machine import cores
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import RunSpec
from lm_core.training import Budget, Control, Trainer
from lm_core.training.events import Diagnosed, Evaluated, Event, Failed, Finished, Step
from lm_core.training.logs import ALWAYS, Logs
from lm_core.training.parallel import Team, together
from lm_core.training.resume import restore, training_tensors
from lm_core.training.threads import at_a_glance


def run(args: argparse.Namespace) -> Answer:
    """Train, save a checkpoint, score the whole validation split."""
    if not args.resume and (parts := mix.folders(args)):
        return mix.run(args, parts)
    with together(shards=args.shard) as team:
        if args.shard and not team.shards:
            raise BadSettings(
                "--shard spreads a model over processes: start them with "
                "torchrun --nproc-per-node 2 -m lm_core train."
            )
        return _train(args, team)


def _train(args: argparse.Namespace, team: Team) -> Answer:
    device = _device(args.device, args.threads, team)
    saved = load_checkpoint(args.resume) if args.resume else None
    spec = _spec(args, saved)
    out = Path(args.out or args.resume or f"runs/{spec.corpus.name}-{spec.model_name}-{spec.id}")
    check_replaceable(out)  # now rather than after an hour
    if team.leads:
        fetch(spec.corpus.name)
    team.wait()
    prepared = prepare(spec)
    if saved is not None:
        prepared.check_same_text(saved)
    trainer = _trainer(prepared, saved, device, team)
    if not team.leads:  # the first process says, evaluates and saves what there is
        raise SystemExit(2 if any(isinstance(e, Failed) for e in trainer.run()) else 0)
    tell(prepared.info.note)
    where = f"{device}, {trainer.arithmetic}"
    say(f"{prepared.model.n_parameters:,} parameters on {where}: {device.reason}")
    past = load_history(Path(args.resume)) if args.resume else None
    health, done = Health.of(trainer), trainer.done
    if done:
        out = saved.folder
    with nullcontext(_unheard) if done else _logs(args, out, spec, after=trainer.step) as log:
        previous = signal.signal(signal.SIGINT, lambda *_: trainer.control.stop())
        try:
            end, history = _drive(health.listen(trainer.run()), log, past)
        finally:
            signal.signal(signal.SIGINT, previous)
        final = {
            split: trainer.evaluate(split, whole=split == "validation")
            for split in ("train", "validation")
            if split in trainer.data
        }
        for evaluated in final.values():
            log(evaluated)
    nats = {f"{split}_nats": e.nats for split, e in final.items()}
    command = " ".join(["python -m lm_core", *map(shlex.quote, args.argv)])
    meta = prepared.card() | {
        "step": end.step,
        "tokens": end.tokens,
        "seconds": end.seconds,  # not rounded: a budget that is spent stays so
        "device": f"{device.settled()}, {trainer.arithmetic}",
        "torch": torch.__version__,
        **_told(command, saved),
        "metrics": {
            split: {"nats_per_token": e.nats, "tokens": e.scored_tokens, "whole_split": e.whole}
            for split, e in final.items()
        },
    }
    if done:
        say(f"Nothing is left to do after step {end.step}: {out} stays as it is.")
    else:
        save_checkpoint(
            out,
            trainer.model,
            prepared.tokenizer,
            meta,
            training=training_tensors(trainer),
            history=history,
        )
    for verdict in health.verdicts:
        say(verdict.line())
    answer = {
        "out": str(out),
        "steps": end.step,
        "tokens": end.tokens,
        "seconds": end.seconds,
        "train_nats": nats.get("train_nats"),
        "validation_nats": nats.get("validation_nats"),
        "parameters": trainer.model.n_parameters,
        "tokens_per_second": end.tokens / max(end.seconds, 1e-9),
        "device": device.device.type,
        "threads": torch.get_num_threads(),
    }
    verdicts = [verdict.to_dict() for verdict in health.verdicts]
    return answer | {"verdicts": verdicts}, in_lines(answer)


def _device(name: str, threads: int | None, team: Team) -> DeviceChoice:
    """This process's own GPU, or its share of the cores. One alone chooses while it trains."""
    if threads is None and team.size > 1:
        threads = max(1, cores() // team.size)
    device = choose_device(name, threads)
    if device.device.type == "cuda":
        device = replace(device, device=torch.device("cuda", team.local))
    torch.set_num_threads(device.threads if device.chosen else at_a_glance(device.threads))
    return device


def _spec(args: argparse.Namespace, saved: Checkpoint | None) -> RunSpec:
    """The run that the arguments ask for."""
    limits = {k: getattr(args, k) for k in ("steps", "tokens", "seconds")}
    limits = {k: v for k, v in limits.items() if v is not None}
    texts = dict(map(split_setting, args.set))
    if saved is not None:
        data = saved.meta.get("spec", {})
        if limits and isinstance(data, dict):
            data = {**data, "budget": Budget(**limits).to_dict()}
        spec = RunSpec.from_dict(data, trusted=True)
        spec = replace(spec, corpus=spec.corpus.as_read_by(saved.tokenizer))
        asked = spec.with_texts(texts)
        check_kept(args, spec, asked)
        return asked
    if not args.corpus or not args.model:
        raise BadSettings("train needs --corpus and --model (or --resume FOLDER).")
    spec = default_spec(
        file_or_name(args),
        args.model,
        tokenizer=args.tokenizer,
        budget=Budget(**limits),
        recipe_of=args.recipe,
        seed=0 if args.seed is None else args.seed,
    )
    return spec.with_texts(texts)


def check_kept(args: argparse.Namespace, begun: RunSpec, asked: RunSpec) -> None:
    """A resumed run keeps what the parser and the settings say it keeps.

    Args:
        begun: the run as it was, and as it was `asked` to go on by --set.

    Raises:
        BadSettings: something else was asked for.
    """
    text = begun.corpus
    was = {  # what each option was; one that is not here cannot be given at all
        "corpus": text.file or text.name,
        "model": begun.model_name,
        "tokenizer": begun.tokenizer_name,
        "validation": text.validation,
        "items": text.items,
        "seed": begun.seed,
    }
    for name in args.begun:
        given = getattr(args, name)
        if given is not None and given is not False and given != was.get(name):
            raise _kept(f"--{name}", was.get(name))
    for group in ("corpus", "model", "tokenizer", "train"):
        before, after = getattr(begun, group), getattr(asked, group)
        for name in after.difference(before):
            if group != "train" or name in after.kept():
                raise _kept(f"--set {group}.{name}", getattr(before, name))


def _kept(option: str, was: Any) -> BadSettings:
    known = "" if was in (None, "") else f" ({was})"
    return BadSettings(f"--resume goes on with what was begun{known}: leave out {option}.")


def split_setting(text: str) -> tuple[str, str]:
    """`model.n_layer=4` -> its two sides."""
    name, equals, value = text.partition("=")
    if not equals:
        raise BadSettings(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value


def _trainer(
    prepared: Prepared, saved: Checkpoint | None, device: DeviceChoice, team: Team
) -> Trainer:
    spec = prepared.spec
    trainer = trainer_with(spec.fault)(
        prepared.model if saved is None else saved.model,
        prepared.data,
        settings=spec.train,
        budget=spec.budget,
        seed=spec.seed,
        device=device.device,
        threads=device.most,
        control=Control(),
        team=team,
        watchers=[Inside()] if team.size == 1 else [],  # which looks at one process alone
    )
    if saved is not None:
        restore(trainer, load_training(saved.folder), saved.meta)
    return trainer


def _told(command: str, saved: Checkpoint | None) -> dict[str, Any]:
    """What the card says of the commands: the one that began it, and those that went on with it."""
    if saved is None:
        return {"command": command}
    begun = {"command": saved.meta["command"]} if "command" in saved.meta else {}
    return begun | {"resumed": [*saved.meta.get("resumed", []), command]}


def _unheard(event: Event) -> None:
    """A log that keeps nothing."""


def _logs(args: argparse.Namespace, out: Path, spec: RunSpec, *, after: int) -> Logs:
    """The logs of this training, beside its checkpoint; those of a resumed one go on."""
    earlier = Path(args.resume) / LOGS if args.resume else None
    if earlier is not None and earlier.is_dir() and not (out / LOGS).exists():
        shutil.copytree(earlier, out / LOGS)
    kinds = [*ALWAYS, *args.log]
    return Logs(kinds, out / LOGS, spec=spec.to_dict(), name=out.name, after=after)


def _drive(
    events: Iterator[Event], log: Callable[[Event], None], history: dict[str, list] | None
) -> tuple[Finished, dict[str, list]]:
    """Run to the end, saying now and then how it goes; the last of the events, and the curve, which
    goes on from `history`. `log` is given every event."""
    said = 0.0
    history = history or {"points": [], "evaluations": []}
    for event in events:
        log(event)
        if isinstance(event, Step):
            history["points"].append([event.step, round(event.nats, 4)])
        elif isinstance(event, Evaluated):
            history["evaluations"].append([event.step, round(event.nats, 4)])
        match event:
            case Step() if time.perf_counter() - said > 2:
                said = time.perf_counter()
                say(f"step {event.step}: {event.nats:.4f} nats, {event.tokens_per_second:,.0f} t/s")
            case Evaluated(split="validation"):
                say(f"step {event.step}: validation {event.nats:.4f} nats")
            case Diagnosed() if event.severity != OK:  # what is fine is said at the end
                say(f"step {event.step}: {event.text} {event.cure}")
            case Failed():
                raise LabError(event.reason)
            case Finished():
                return event, history
    raise AssertionError("a training ends with Finished or Failed")
