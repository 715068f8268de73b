"""`doctor`: the five steps and their verdicts without the page, and the failure gallery."""

import argparse

import torch

from lm_core.commands import Answer, cases, fetch, file_or_name, in_lines, say, tell
from lm_core.commands.train import split_setting
from lm_core.device import choose_device
from lm_core.doctor.plan import STEPS, Plan, listed
from lm_core.doctor.steps import examine
from lm_core.doctor.verdicts import Verdict
from lm_core.errors import BadSettings
from lm_core.runs.doctoring import patient_of
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.training.events import Diagnosed, Found


def run(args: argparse.Namespace) -> Answer:
    """Examine one family on one text; or list the gallery, or run one of its cases."""
    if args.cases or args.case:
        return cases.run(args)
    if not args.corpus or not args.model:
        raise BadSettings("doctor needs --corpus and --model, or --cases, or --case NAME.")
    chosen = STEPS if args.steps is None else tuple(filter(None, args.steps.split(",")))
    lists = {name: listed(getattr(args, name) or "", name) for name in ("rates", "lrs", "decays")}
    plan = Plan.from_dict({"steps": chosen, "seconds": args.seconds, **lists})
    fetch(args.corpus)
    spec = default_spec(
        file_or_name(args),
        args.model,
        tokenizer=args.tokenizer,
        short=False,  # what is examined begins with nothing
        seed=args.seed,
    )
    prepared = prepare(spec.with_texts(dict(map(split_setting, args.set))))
    tell(prepared.info.note)
    device = choose_device(args.device)
    torch.set_num_threads(1)  # until the steps have found their number
    data, verdicts, said = {}, [], set()
    for event in examine(patient_of(prepared, device), plan):
        match event:
            case Found(part=part):
                data[part] = event.data
                if part not in said:
                    said.add(part)
                    say(f"{part} ...")
            case Diagnosed():
                verdicts.append(Verdict.of(event))
                say(f"{event.severity}: {event.text} {event.cure}".rstrip())
    init, overfit, lr = (data.get(part, {}) for part in ("init", "overfit", "lr"))
    grid = data.get("grid", {})
    keys = ("lr", "weight_decay", "validation_nats")
    answer = {
        "initial_nats": init.get("nats"),
        "uniform_nats": init.get("uniform_nats"),
        "overfit_nats": (overfit.get("nats") or [None])[-1],
        "suggested_lr": lr.get("suggested_lr"),
        "grid": [{key: cell[key] for key in keys} for cell in grid.get("cells", [])],
        "verdicts": [verdict.to_dict() for verdict in verdicts],
    }
    figures = in_lines({k: value for k, value in answer.items() if isinstance(value, float)})
    lines = [verdict.line() for verdict in verdicts]
    return answer, [*figures, *lines]
