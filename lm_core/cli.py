"""The command line: `python -m lm_core COMMAND`.

Standard output carries the answer, and with `--json` one JSON object on its last line and nothing
else; progress goes to standard error. Exit status 0 done, 2 bad input, 1 a defect of ours.
"""

import argparse
import importlib
import io
import os
import sys
from functools import lru_cache
from typing import Any, NoReturn

from lm_core.bench import LONG, PARTS
from lm_core.errors import LabError
from lm_core.home import typed_path
from lm_core.json_files import dumps
from lm_core.texts import is_text, one_line

# Settings that `generate` takes as options of their own; help and defaults are SamplerSettings'.
SAMPLER = {
    "temperature": float,
    "top_k": int,
    "top_p": float,
    "min_p": float,
    "typical": float,
    "repetition_penalty": float,
    "no_repeat": int,
}
FOLDERS = {"folder", "out", "resume"}
# As registered, which loads later.
TOKENIZERS = ("char", "word", "published", "char-bpe", "bpe", "wordpiece", "unigram")
LOGS = ("csv", "json", "tensorboard", "wandb", "trackio")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {one_line(message)}; see {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Epilogs as they are written, and after each help its default, where there is one."""

    def _get_help_string(self, action: argparse.Action) -> str:
        default, said = action.default, action.help or ""
        nothing = default is None or default is False or default in ("", [], argparse.SUPPRESS)
        return said if nothing else f"{said} (default: %(default)s)"


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    _speak()
    for given in argv:
        if not is_text(given):
            said = one_line(given.encode("utf-8", "replace").decode())
            print(f"{said!r} is not UTF-8: type it again, or rename the file.", file=sys.stderr)
            return 2
    args = _parser(argv).parse_args(argv)
    named = vars(args).items()
    args.given = {k: v for k, v in named if k != "command" and v != args.parser.get_default(k)}
    args.argv = list(argv)  # what a checkpoint's card says it was made by
    try:
        for name in FOLDERS & vars(args).keys():  # a shell leaves the ~ of --out=~/model alone
            if given := getattr(args, name):
                setattr(args, name, str(typed_path(given)))
        answer, lines = args.run(args)
        print(dumps(answer) if args.json else "\n".join(lines), flush=True)
    except LabError as error:
        print(str(error), file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError) as error:
        if not _out_of_memory(error):
            raise
        said = "This does not fit into memory: take a shorter context, less text at once or a "
        print(f"{said}smaller model.", file=sys.stderr)
        return 2
    except BrokenPipeError:  # nobody reads on, as in `... | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 2
    return 0


def _out_of_memory(error: Exception) -> bool:
    from lm_core.models.building import out_of_memory  # which imports torch

    return out_of_memory(error)


def _speak() -> None:
    """Whatever a text holds, it is written: what the encoding of a pipe or a terminal lacks is
    spelled out, as `\\u23ce`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    """Of all commands. Where help is asked for, the settings are loaded, and torch with them."""
    return _built(tuple(argv) if "-h" in argv or "--help" in argv else ())


@lru_cache(maxsize=2)
def _built(helped: tuple[str, ...]) -> argparse.ArgumentParser:
    """`helped`: the words that ask for help."""
    parser = _Parser(
        prog="python -m lm_core",
        description="Language models, from counts to GPT.",
        epilog="Each command has its own --help.",
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        description = f"{help[0].upper()}{help[1:]}."
        sub = commands.add_parser(name, help=help, description=description, formatter_class=_Help)
        sub.add_argument(
            "--json", action="store_true", help="the answer as one JSON object on one line"
        )
        sub.set_defaults(run=run, parser=sub)
        return sub

    command("corpora", _corpora, "list the texts: name, title, licence, size, ready or not")
    command("models", _models, "list the model families and how large they are by default")

    train = command("train", _lazy("train"), "train a model and keep it in a folder")
    begun = train.add_argument_group("what is trained", "A resumed run keeps all of this.")
    begun.add_argument("--corpus", metavar="NAME|FILE", help="a text by name, or a UTF-8 file")
    begun.add_argument("--model", metavar="NAME", help="a family, see `models`")
    begun.add_argument(
        "--start",
        metavar="MODEL",
        help="a trained model to go on from over --corpus: its folder, this lab's or that of "
        "transformers; a shipped one's name; package:glassllm, package:glassllm-pt or "
        "package:smollm2; hub:OWNER/NAME, downloaded once. --set start.method says what of it "
        "learns",
    )
    begun.add_argument(
        "--task",
        metavar="NAME",
        help="what is learned, one of those below; default: what the family learns from such data",
    )
    begun.add_argument(
        "--tokenizer",
        choices=TOKENIZERS,
        help="default: bpe for speeches, published for wikitext-2, else char",
    )
    begun.add_argument(
        "--validation", metavar="FILE", help="a file to validate on; then all of --corpus trains"
    )
    begun.add_argument("--items", action="store_true", help="lines of a file are items, like names")
    begun.add_argument(
        "--recipe",
        choices=("10 s", "1 min", "5 min", "GPU"),
        help="whose settings to start from; default: by the length of the budget",
    )
    begun.add_argument(
        "--seed", type=int, metavar="N", help="of all random numbers (default: 0)"
    )  # None, so that a resumed run knows whether it was given
    train.set_defaults(begun=[action.dest for action in begun._group_actions])

    anew = train.add_argument_group("how and how long", "A resumed run may be given this anew.")
    anew.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting from the lists below, as model.n_layer=4; may be given several times",
    )
    anew.add_argument("--steps", type=int, metavar="N", help="stop after N steps (default: 1000)")
    anew.add_argument("--tokens", type=int, metavar="N", help="or after reading N tokens")
    anew.add_argument("--seconds", type=float, metavar="S", help="or after S seconds")
    anew.add_argument("--threads", type=int, metavar="N", help="default: as many as prove best")
    anew.add_argument(
        "--device",
        default="auto",
        choices=("auto", "cpu", "cuda"),
        help="where to compute; auto is the GPU where there is one",
    )
    anew.add_argument(
        "--shard",
        action="store_true",
        help="under torchrun: spread a Transformer over the processes, for one that does not fit",
    )
    anew.add_argument(
        "--out",
        metavar="FOLDER",
        help="where the checkpoint goes; default: runs/CORPUS-MODEL-ID, or the one of --resume",
    )
    anew.add_argument(
        "--resume",
        metavar="FOLDER",
        help="go on from a checkpoint; --steps, --tokens or --seconds count from its beginning",
    )
    anew.add_argument(
        "--log",
        action="append",
        default=[],
        choices=LOGS,
        metavar="NAME",
        help="besides csv and json, which are always kept in OUT/logs: tensorboard, wandb or "
        "trackio (both offline); may be given several times",
    )
    if "train" in helped:
        train.epilog = _helping().settings_help()

    evaluate = command("evaluate", _lazy("evaluate"), "score a text: nats, perplexity, bits")
    evaluate.add_argument("folder", metavar="FOLDER", help="a checkpoint")
    evaluate.add_argument("--corpus", metavar="NAME|FILE", help="default: the one it learned from")
    evaluate.add_argument("--items", action="store_true", help="lines of a file are items")
    evaluate.add_argument(
        "--split",
        default="validation",
        choices=("train", "validation", "test", "all"),
        help="which part of it; all is the whole text or file",
    )

    generate = command("generate", _lazy("generate"), "let a model write")
    generate.add_argument("folder", metavar="FOLDER", help="a checkpoint")
    generate.add_argument("--prompt", default="", metavar="TEXT", help="what to write on from")
    generate.add_argument(
        "--max-tokens", type=int, default=200, metavar="N", help="tokens to write at most"
    )
    generate.add_argument("--samples", type=int, default=1, metavar="N", help="texts to write")
    said = _helping().sampler_help() if "generate" in helped else {}
    for name, kind in SAMPLER.items():
        option = f"--{name.replace('_', '-')}"
        generate.add_argument(option, type=kind, metavar="X", help=said.get(name))
    generate.add_argument(
        "--greedy", action="store_true", help="always the most probable token: --temperature 0"
    )
    generate.add_argument(
        "--beam", type=int, metavar="W", help="search for the likeliest texts with W beams instead"
    )
    generate.add_argument(
        "--length-penalty",
        type=float,
        default=1.0,
        metavar="A",
        help="of beams: 0 compares sums, 1 compares means",
    )
    generate.add_argument(
        "--stop", action="append", default=[], metavar="TEXT", help="end where this is written"
    )
    generate.add_argument("--seed", type=int, default=0, metavar="N", help="of the draws")
    generate.add_argument(
        "--stream",
        action="store_true",
        help="show the first text token by token on standard error",
    )

    translate = command("translate", _lazy("translate"), "let a model turn texts into others")
    translate.add_argument("folder", metavar="FOLDER", help="a checkpoint that learned pairs")
    given = translate.add_mutually_exclusive_group(required=True)
    given.add_argument("--text", metavar="TEXT", help="what to translate")
    given.add_argument("--file", metavar="FILE", help="or a UTF-8 file, a text a line")
    translate.add_argument(
        "--beam",
        type=int,
        default=1,
        metavar="W",
        help="search for the likeliest text with W beams; 1 takes the likeliest token each time",
    )
    translate.add_argument(
        "--length-penalty",
        type=float,
        default=1.0,
        metavar="A",
        help="of beams: 0 compares sums, 1 compares means",
    )
    translate.add_argument(
        "--reference", metavar="FILE", help="what is right, a line a text: then it is scored"
    )

    score = command("score", _lazy("score"), "log-probability, rank and entropy of each token")
    score.add_argument("folder", metavar="FOLDER", help="a checkpoint")
    score.add_argument("--text", metavar="TEXT", required=True, help="the text to score")

    tokenize = command("tokenize", _lazy("tokenize"), "cut a text into tokens")
    tokenize.add_argument(
        "--tokenizer", choices=TOKENIZERS, help="which kind; default: bpe", default="bpe"
    )
    read = tokenize.add_mutually_exclusive_group(required=True)
    read.add_argument("--corpus", metavar="NAME|FILE", help="the text that it learns from")
    read.add_argument(
        "--vocabulary", choices=("gpt2",), help="or one that was learned elsewhere: GPT-2's own"
    )
    tokenize.add_argument("--text", metavar="TEXT", required=True, help="what is cut")
    tokenize.add_argument("--items", action="store_true", help="lines of a file are items")
    tokenize.add_argument(
        "--vocab-size", type=int, metavar="N", help="tokens; default: as for train"
    )
    tokenize.set_defaults(task="next-token", validation="")  # a text, and nothing else

    export = command("export", _lazy("export"), "write a model to a file for other programs")
    export.add_argument("folder", metavar="FOLDER", help="a checkpoint")
    export.add_argument(
        "--format",
        required=True,
        metavar="FORMAT",
        help="torchscript, torch-export, onnx, transformers (a folder with its tokenizer, or a "
        ".zip of it), script (plain PyTorch that writes and trains it again), or archive: script, "
        "weights and text in one .zip",
    )
    export.add_argument("--out", required=True, metavar="FILE", help="where it goes")

    quantize = command("quantize", _lazy("quantize"), "write a model with fewer bits a weight")
    quantize.add_argument("folder", metavar="FOLDER", help="a checkpoint")
    quantize.add_argument(
        "--scheme",
        required=True,
        metavar="NAME",
        help="int8 (a scale a channel), int8-tensor, int8-absmax, int4, nf4, nf4-double, q8_0 or "
        "q4_0",
    )
    quantize.add_argument(
        "--only",
        default="all",
        metavar="PART",
        help="mlp, attention, or layers by their numbers from 0, as layers=0,1",
    )
    quantize.add_argument("--out", required=True, metavar="FOLDER", help="where it goes")

    race = command("race", _lazy("race"), "train several families under one budget and compare")
    race.add_argument(
        "--corpus", metavar="NAME|FILE", required=True, help="a text by name, or a UTF-8 file"
    )
    race.add_argument(
        "--models", metavar="NAME,NAME,...", required=True, help="families, see `models`"
    )
    race.add_argument("--seconds", type=float, metavar="S", help="each trains for S seconds")
    race.add_argument("--tokens", type=int, metavar="N", help="or reads N tokens")
    race.add_argument("--steps", type=int, metavar="N", help="or takes N steps")
    race.add_argument(
        "--seeds", type=int, default=3, metavar="N", help="of each family that has any"
    )
    race.add_argument(
        "--parameters",
        type=int,
        metavar="N",
        help="of each network, without those of its vocabulary: widths are chosen to come near",
    )
    race.add_argument("--tokenizer", choices=TOKENIZERS, help="as for train")
    race.add_argument("--items", action="store_true", help="lines of a file are items")
    race.add_argument("--threads", type=int, metavar="N", help="as for train")
    race.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    race.add_argument(
        "--out",
        metavar="FOLDER",
        required=True,
        help="where race.json and the models go; what is there already is not run again",
    )
    race.set_defaults(task="next-token", validation="")  # of all who race

    doctor = command("doctor", _lazy("doctor"), "five steps that say whether a model learns well")
    doctor.add_argument("--corpus", metavar="NAME|FILE", help="a text by name, or a UTF-8 file")
    doctor.add_argument("--model", metavar="NAME", help="a family, see `models`")
    doctor.add_argument("--tokenizer", choices=TOKENIZERS, help="as for train")
    doctor.add_argument("--items", action="store_true", help="lines of a file are items")
    doctor.add_argument("--validation", metavar="FILE", help="a file to validate on")
    doctor.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="as for train"
    )
    doctor.add_argument(
        "--steps", metavar="LIST", help="some of init,overfit,lr,grid,inside; default: all"
    )
    doctor.add_argument("--seconds", type=float, metavar="S", help="for all steps (default: 75)")
    doctor.add_argument(
        "--rates", metavar="LIST", help="learning rates to compare in the third step"
    )
    doctor.add_argument("--lrs", metavar="LIST", help="learning rates of the grid, commas between")
    doctor.add_argument("--decays", metavar="LIST", help="weight decays of the grid")
    doctor.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    doctor.add_argument("--seed", type=int, default=0, metavar="N", help="of all random numbers")
    doctor.add_argument("--cases", action="store_true", help="list the failure gallery")
    doctor.add_argument("--case", metavar="NAME", help="run one of its cases and diagnose it")

    backup = command("backup", _lazy("backup"), "write the lab's home folder to one file")
    backup.add_argument("--out", required=True, metavar="FILE", help="where it goes; as .zip")
    vision = command("vision", _lazy("vision"), "keep a published network that looks at pictures")
    vision.add_argument(
        "network", help="resnet-50, efficientnet-b0 or vit-base (Age), or yolos-tiny (Boxes)"
    )
    vision.add_argument(
        "--folder", metavar="DIR", help="where it is already: config.json and model.safetensors"
    )
    restore = command("restore", _lazy("backup"), "fill an empty home folder with a backup")
    restore.add_argument("file", metavar="FILE", help="a backup; the home folder is LM_LAB_HOME")

    bench = command("bench", _lazy("bench"), "measure speed and quality on this machine")
    bench.add_argument(
        "what",
        nargs="?",
        default="all",
        choices=(*PARTS, *LONG, "all"),
        help=f"what to measure: {', '.join(PARTS)} or all of these; {', '.join(LONG)} takes longer",
        metavar="PART",
    )
    bench.add_argument("--visitors", type=int, metavar="N", help="of a class (default: 30)")
    bench.add_argument(
        "--minutes", type=float, metavar="M", help="of the first lesson of a class (default: 10)"
    )
    return parser


def _lazy(name: str) -> Any:
    """A command whose module (and torch) is imported when it runs."""

    def run(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
        return importlib.import_module(f"lm_core.commands.{name}").run(args)

    return run


def _helping() -> Any:
    return importlib.import_module("lm_core.commands.helping")


def _corpora(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from lm_core.corpora import corpora
    from lm_core.corpora.load import is_ready

    rows = []
    for entry in corpora:
        info = entry.extra["info"]
        row = {"name": info.name, "title": info.title, "licence": info.licence, "size": info.size}
        rows.append(row | {"how": info.how, "ready": is_ready(info.name)})
    lines = [
        f"{r['name']:16}  {r['title']:28}  {r['size']:39}  {r['how']:8}  "
        f"{'ready' if r['ready'] else 'not here yet':12}  {r['licence']}"
        for r in rows
    ]
    return {"corpora": rows}, lines


def _size(family: Any, parameters: int | None) -> str:
    """Parameters, or why there are none to say."""
    if parameters is None:
        return "counts" if family.of_text else "by data"
    return f"{parameters:,}"


def _models(args: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    from lm_core.models import models
    from lm_core.models.building import build_model

    rows = []
    for entry in models:
        row = {"name": entry.name, "title": entry.title, "idea": entry.idea, "parameters": None}
        if entry.build.of_text and entry.build.learns_by != "counting":
            row["parameters"] = build_model(entry.name, {}, 65).n_parameters
        rows.append(row)
    lines = [
        f"{r['name']:16} {r['title']:20} "
        f"{_size(models[r['name']].build, r['parameters']):>10}  {r['idea']}"
        for r in rows
    ]
    return {"models": rows, "vocab_size": 65}, lines
