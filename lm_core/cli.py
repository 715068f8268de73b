"""The command line: `python -m lm_core COMMAND`.

Standard output carries the answer, and with `--json` one JSON object on its last line and nothing
else; progress goes to standard error. Exit status 0 done, 2 bad input, 1 a defect of ours.
"""

import argparse
import importlib
import json
import os
import sys
from typing import Any, NoReturn

from lm_core.errors import LabError


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv).parse_args(argv)
    try:
        answer, lines = args.run(args)
        print(json.dumps(answer) if args.json else "\n".join(lines), flush=True)
    except LabError as error:
        print(str(error), file=sys.stderr)
        return 2
    except BrokenPipeError:  # nobody reads on, as in `... | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 2
    return 0


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m lm_core", description="Language models, from counts to GPT.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name, help=help, description=help, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        sub.add_argument("--json", action="store_true", help="one JSON object on the last line")
        sub.set_defaults(run=run)
        return sub

    command("corpora", _corpora, "list the texts: name, title, licence, size, ready or not")
    command("models", _models, "list the model families with their default size")

    train = command("train", _lazy("train"), "train a model and keep it in a folder")
    train.add_argument("--corpus", metavar="NAME|FILE", help="a text by name, or a UTF-8 file")
    train.add_argument("--model", metavar="NAME", help="a family, see `models`")
    train.add_argument("--tokenizer", choices=("char", "word", "bpe"))
    train.add_argument("--set", action="append", default=[], metavar="model.n_layer=4")
    train.add_argument("--validation", metavar="FILE", help="then all of --corpus trains")
    train.add_argument("--items", action="store_true", help="lines of a file are items, like names")
    train.add_argument("--steps", type=int)
    train.add_argument("--tokens", type=int)
    train.add_argument("--seconds", type=float)
    train.add_argument("--threads", type=int)
    train.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--out", metavar="FOLDER", help="where the checkpoint goes")
    train.add_argument("--resume", metavar="FOLDER", help="go on from a checkpoint")
    if "train" in argv and ("-h" in argv or "--help" in argv):  # then the families are loaded
        train.epilog = _settings_help()

    evaluate = command("evaluate", _lazy("evaluate"), "score a text: nats, perplexity, bits")
    evaluate.add_argument("folder")
    evaluate.add_argument("--corpus", metavar="NAME|FILE", help="default: the one it learned from")
    evaluate.add_argument("--items", action="store_true", help="lines of a file are items")
    evaluate.add_argument(
        "--split", default="validation", choices=("train", "validation", "test", "all")
    )

    generate = command("generate", _lazy("generate"), "let a model write")
    generate.add_argument("folder")
    generate.add_argument("--prompt", default="")
    generate.add_argument("--max-tokens", type=int, default=200)
    generate.add_argument("--samples", type=int, default=1)
    generate.add_argument("--temperature", type=float, default=1.0)
    generate.add_argument("--top-k", type=int, default=0)
    generate.add_argument("--top-p", type=float, default=1.0)
    generate.add_argument("--min-p", type=float, default=0.0)
    generate.add_argument("--greedy", action="store_true")
    generate.add_argument("--seed", type=int, default=0)
    generate.add_argument("--stream", action="store_true", help="show each token as it comes")

    score = command("score", _lazy("score"), "log-probability, rank and entropy of each token")
    score.add_argument("folder")
    score.add_argument("--text", required=True)

    bench = command("bench", _lazy("bench"), "measure speed and quality on this machine")
    bench.add_argument(
        "what",
        nargs="?",
        default="all",
        choices=("train", "generate", "ngram", "start", "all"),
    )
    return parser


def _lazy(name: str) -> Any:
    """A command whose module (and torch) is imported when it runs."""

    def run(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
        return importlib.import_module(f"lm_core.commands.{name}").run(args)

    return run


def _settings_help() -> str:
    """Every setting with its default, range and help, read from the settings classes."""
    import dataclasses

    from lm_core.models import models
    from lm_core.training import TrainSettings

    groups = [("train", "train", TrainSettings)]
    groups += [("model", entry.name, entry.settings) for entry in models]
    lines = []
    for prefix, title, cls in groups:
        lines.append(f"\n--set for {title}:")
        for f in dataclasses.fields(cls):
            m = f.metadata
            span = f", {m['low']} to {m['high']}" if m["low"] is not None else ""
            span = f", one of {', '.join(map(str, m['choices']))}" if m["choices"] else span
            lines.append(f"  {prefix}.{f.name}={f.default}{span}: {m['help']}")
    return "\n".join(lines)


def _corpora(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from lm_core.corpora import corpora
    from lm_core.corpora.load import is_ready

    rows = []
    for entry in corpora:
        info = entry.extra["info"]
        row = {"name": info.name, "title": info.title, "licence": info.licence, "size": info.size}
        rows.append(row | {"how": info.how, "ready": is_ready(info.name)})
    lines = [
        f"{r['name']:16} {r['title']:28} {r['size']:>8}  {r['how']:8} "
        f"{'ready' if r['ready'] else 'not here yet':12}  {r['licence']}"
        for r in rows
    ]
    return {"corpora": rows}, lines


def _models(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from lm_core.checkpoints import build_model
    from lm_core.models import models

    rows = []
    for entry in models:
        model = build_model(entry.name, {}, vocab_size=65)
        counts = model.learns_by == "counting"
        row = {"name": entry.name, "title": entry.title, "idea": entry.idea}
        rows.append(row | {"parameters": None if counts else model.n_parameters})
    lines = [
        f"{r['name']:16} {r['title']:20} "
        f"{'counts' if r['parameters'] is None else format(r['parameters'], ','):>10}  {r['idea']}"
        for r in rows
    ]
    return {"models": rows, "vocab_size": 65}, lines
