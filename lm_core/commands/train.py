"""`train`: train a model, keep it in a folder, score the whole validation split."""

import argparse
import shlex
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from lm_core.checkpoints import (
    LOGS,
    Checkpoint,
    add_to_card,
    check_replaceable,
    load_checkpoint,
    read_meta,
    task_said,
)
from lm_core.commands import Answer, fetch, fetch_model, file_or_name, in_lines, mix, say, tell
from lm_core.device import DeviceChoice, choose_device
from lm_core.doctor.inside import Inside
from lm_core.doctor.verdicts import OK
from lm_core.errors import BadSettings, LabError
from lm_core.foreign.naming import A_HUB
from lm_core.machine import cores
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CALLED, CorpusSpec, RunSpec, StartSpec
from lm_core.runs.starting import folder_of
from lm_core.runs.training_run import TrainingRun, how_it_ended, scores
from lm_core.runs.tuned import outcome
from lm_core.runs.tuning import tuning_spec
from lm_core.tasks import check_task
from lm_core.tokenizers import Tokenizer
from lm_core.training import Budget, Control
from lm_core.training.distributed.team import Team, together
from lm_core.training.events import Diagnosed, Evaluated, Event, Failed, Finished, Step
from lm_core.training.logs import ALWAYS, Logs
from lm_core.training.threads import at_a_glance

SET_AS = {part: called for called, part in CALLED.items()}  # by --set, as before


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
    begun = load_checkpoint(args.resume) if args.resume else None
    if args.start and args.start.startswith(A_HUB):
        if team.leads:
            fetch_model(args.start.removeprefix(A_HUB))
        team.wait()
    spec = _spec(args, begun)
    out = Path(args.out or args.resume or f"runs/{spec.data.name}-{spec.model_name}-{spec.id}")
    check_replaceable(out)  # now rather than after an hour
    if team.leads:
        fetch(spec.data.name)
    team.wait()
    training = TrainingRun(
        prepare(spec),
        out,
        device,
        begun=begun,
        command=" ".join(["python -m lm_core", *map(shlex.quote, args.argv)]),
        control=Control(),
        team=team,
        callbacks=[Inside()] if team.size == 1 else [],  # which looks at one process alone
    )
    trainer, left = training.trainer, begun is None or not training.trainer.done
    if not team.leads:  # the first process hears, says, evaluates and saves what there is
        with _on_signals(signal.SIG_IGN):
            events = list(trainer.run()) if left else []
        raise SystemExit(2 if any(isinstance(event, Failed) for event in events) else 0)
    tell(training.prepared.info.note)
    if not left:
        return _nothing_left(training, begun.folder)
    where = f"{device}, {trainer.arithmetic}"
    say(f"{trainer.model.n_parameters:,} parameters on {where}: {device.reason}")
    tell(training.prepared.begun if begun is None else "")
    with _logs(args, out, spec, after=trainer.step) as log:
        _drive(training, log)
        final = [
            trainer.evaluate(split, whole=split == "validation")
            for split in ("train", "validation")
            if split in trainer.data
        ]
        for evaluated in final:
            log(evaluated)
    add_to_card(out, metrics=scores(*final))
    for verdict in training.health.verdicts:
        say(verdict.line())
    return _answer(training, {e.split: (e.loss, e.metrics) for e in final}, _against(training))


def _against(training: TrainingRun) -> dict[str, float | None]:
    """What a run has won and lost against the model that it started from; nothing where it began
    with random weights. Forgetting is None where the old text is not here."""
    prepared = training.prepared
    if not prepared.spec.start.folder or not prepared.task.weighed:
        return {}
    found = outcome(prepared, training.trainer.model)
    tell(found.why and f"What was forgotten of the old text is not measured. {found.why}")
    return {
        "gain_nats": found.gain and found.gain.less,
        "forgetting_nats": found.forgetting and -found.forgetting.less,
    }


def _nothing_left(training: TrainingRun, folder: Path) -> Answer:
    """Of a run that has had all it was given: its checkpoint stays as it is, in `folder`."""
    training.folder = folder
    say(f"Nothing is left to do after step {training.trainer.step}: {folder} stays as it is.")
    card = training.metrics.items()
    scored = {split: (s.get("nats_per_token"), s.get("metrics", {})) for split, s in card}
    return _answer(training, scored)


def _answer(
    training: TrainingRun,
    scored: dict[str, tuple[float | None, Mapping[str, float]]],
    against: Mapping[str, float | None] = MappingProxyType({}),
) -> Answer:
    """What became of it.

    Args:
        scored: by split the loss, and what else the task reports.
        against: figures against the model that it started from.
    """
    trainer, nothing = training.trainer, (None, {})
    loss, more = scored.get("validation", nothing)
    metrics = {} if loss is None else {trainer.task.judge: loss, **more}
    answer = {
        "out": str(training.folder),
        "steps": trainer.step,
        "tokens": trainer.tokens,
        "seconds": trainer.seconds,
        "train_nats": scored.get("train", nothing)[0],
        "validation_nats": loss,
        "parameters": trainer.model.n_parameters,
        "tokens_per_second": trainer.tokens / max(trainer.seconds, 1e-9),
        "device": training.device.device.type,
        "threads": torch.get_num_threads(),
        "task": training.prepared.spec.task_name,
    }
    answer |= against
    verdicts = [verdict.to_dict() for verdict in training.health.verdicts]
    lines = in_lines(answer | {name: value for name, value in metrics.items() if name != "nats"})
    return answer | {"metrics": metrics, "verdicts": verdicts}, lines


def _device(name: str, threads: int | None, team: Team) -> DeviceChoice:
    """This process's own GPU, or its share of the cores. One alone chooses while it trains."""
    if threads is None and team.size > 1:
        threads = max(1, cores() // team.size)
    device = choose_device(name, threads)
    if device.device.type == "cuda":
        device = replace(device, device=torch.device("cuda", team.local))
    torch.set_num_threads(device.threads if device.chosen else at_a_glance(device.threads))
    return device


def _spec(args: argparse.Namespace, begun: Checkpoint | None) -> RunSpec:
    """The run that the arguments ask for."""
    limits = {k: getattr(args, k) for k in ("steps", "tokens", "seconds")}
    limits = {k: v for k, v in limits.items() if v is not None}
    texts = dict(map(split_setting, args.set))
    if begun is not None:
        data = begun.meta.get("spec", {})
        if limits and isinstance(data, dict):
            data = {**data, "budget": Budget(**limits).to_dict()}
        spec = RunSpec.from_dict(data, trusted=True)
        if isinstance(begun.codec, Tokenizer):
            spec = replace(spec, data=spec.data.as_read_by(begun.codec))
        asked = spec.with_texts(texts)
        check_kept(args, spec, asked)
        return asked
    if not args.corpus or not (args.model or args.start):
        raise BadSettings("train needs --corpus and --model (or --resume FOLDER).")
    if args.start and args.task is None:
        args.task = task_said(read_meta(folder_of(args.start)))  # what the file is read for
    data = file_or_name(args)
    if args.start:
        return _tuning(args, data, Budget(**limits), texts)
    if args.task is not None:
        check_task(args.task, args.model, data.holds)
    spec = default_spec(
        data,
        args.model,
        tokenizer=args.tokenizer,
        budget=Budget(**limits),
        recipe_of=args.recipe,
        short=False,  # what it trains is what was typed: --set start.origin=names asks for more
        seed=0 if args.seed is None else args.seed,
        task=args.task,
    )
    return spec.with_texts(texts)


def _tuning(
    args: argparse.Namespace, data: CorpusSpec, budget: Budget, texts: dict[str, str]
) -> RunSpec:
    """The run that goes on from a trained model, whose family, task and tokenizer it takes."""
    own = {name.partition(".")[2]: text for name, text in texts.items() if name[:6] == "start."}
    adapter = StartSpec(folder=args.start).with_texts(own).adapter
    seed = 0 if args.seed is None else args.seed
    spec = tuning_spec(args.start, data, adapter, budget=budget, seed=seed)
    its = {"model": spec.model_name, "task": spec.task_name, "tokenizer": spec.codec_name}
    for name, was in its.items():
        if getattr(args, name) not in (None, was):
            raise BadSettings(f"{args.start} has the {name} {was}: leave out --{name}.")
    return spec.with_texts(texts)


def check_kept(args: argparse.Namespace, begun: RunSpec, asked: RunSpec) -> None:
    """A resumed run keeps what the parser and the settings say it keeps.

    Args:
        begun: the run as it was, and as it was `asked` to go on by --set.

    Raises:
        BadSettings: something else was asked for.
    """
    text = begun.data
    was = {  # what each option was; one that is not here cannot be given at all
        "corpus": text.file or text.name,
        "start": begun.start.folder,
        "model": begun.model_name,
        "task": begun.task_name,
        "tokenizer": begun.codec_name,
        "validation": text.validation,
        "items": text.items,
        "seed": begun.seed,
    }
    for name in args.begun:
        given = getattr(args, name)
        if given is not None and given is not False and given != was.get(name):
            raise _kept(f"--{name}", was.get(name))
    for group in ("task", "data", "codec", "model", "start", "train"):
        before, after = getattr(begun, group), getattr(asked, group)
        for name in after.difference(before):
            if group != "train" or name in after.kept():
                raise _kept(f"--set {SET_AS.get(group, group)}.{name}", getattr(before, name))


def _kept(option: str, was: Any) -> BadSettings:
    known = "" if was in (None, "") else f" ({was})"
    return BadSettings(f"--resume goes on with what was begun{known}: leave out {option}.")


def split_setting(text: str) -> tuple[str, str]:
    """`model.n_layer=4` -> its two sides."""
    name, equals, value = text.partition("=")
    if not equals:
        raise BadSettings(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value


def _logs(args: argparse.Namespace, out: Path, spec: RunSpec, *, after: int) -> Logs:
    """The logs of this training, beside its checkpoint; those of a resumed one go on."""
    earlier = Path(args.resume) / LOGS if args.resume else None
    if earlier is not None and earlier.is_dir() and not (out / LOGS).exists():
        shutil.copytree(earlier, out / LOGS)
    kinds = [*ALWAYS, *args.log]
    return Logs(kinds, out / LOGS, spec=spec.to_dict(), name=out.name, after=after)


def _drive(training: TrainingRun, log: Callable[[Event], None]) -> None:
    """Run to the end, saying now and then how it goes; `log` is given every event.

    Raises:
        LabError: it could not go on; where it left weights, that is said too.
    """
    said, control = 0.0, training.trainer.control
    judge = training.prepared.task.judge

    def stop(*_: Any) -> None:
        if control.requested == "stop":  # asked once more: at once
            raise KeyboardInterrupt
        control.stop()

    try:
        with _on_signals(stop):
            for event in training:
                log(event)
                match event:
                    case Step(step=step, loss=loss) if time.perf_counter() - said > 2:
                        said = time.perf_counter()
                        say(f"step {step}: {loss:.4f} {judge}, {event.tokens_per_second:,.0f} t/s")
                    case Evaluated(split="validation"):
                        say(f"step {event.step}: validation {event.loss:.4f} {judge}")
                    case Diagnosed() if event.severity != OK:  # what is fine is said at the end
                        say(f"step {event.step}: {event.text} {event.cure}")
                    case Finished() if told := how_it_ended(event, judge):
                        say(told)
                    case Failed():
                        raise LabError(event.reason)
    except LabError as error:
        raise LabError(f"{error}{_left_behind(training)}") from None


def _left_behind(training: TrainingRun) -> str:
    """Where the weights are of a run that could not go on, and how it can."""
    if training.saved is None:
        return ""
    return (
        f" The weights of step {training.saved:,} are in {training.folder}: --resume "
        f"{shlex.quote(str(training.folder))} goes on from there, also with another train.lr."
    )


@contextmanager
def _on_signals(deed: Any) -> Iterator[None]:
    """What Ctrl-C and SIGTERM do meanwhile."""
    before = {number: signal.signal(number, deed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
