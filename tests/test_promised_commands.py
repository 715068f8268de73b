"""What scripts and benchmarks rely on: every command, option and name that was promised is there.
More may be there."""

import argparse
import re
from importlib import import_module

import pytest

from lm_core.bench import FILES, LONG, PARTS
from lm_core.cli import _parser
from lm_core.corpora import corpora
from lm_core.models import models
from lm_core.quantize.schemes import SCHEMES
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks import tasks

PROMISED = """
corpora
models
train --corpus --model --tokenizer char|word|bpe|wordpiece|unigram --set --validation --recipe --log
    --shard --steps --tokens --seconds --threads --device auto|cpu|cuda --seed --out --resume --task
    --start --items --json
evaluate FOLDER --corpus --split train|validation|test|all --items --json
generate FOLDER --prompt --max-tokens --samples --temperature --top-k --top-p --min-p --greedy
    --beam --seed --stream --json
score FOLDER --text --json
export FOLDER --format --out --json
doctor --corpus --model --steps --seconds --cases --case --json
bench WHAT train|generate|ngram|start|page|live|quality|class|all --json
translate FOLDER --text --file --beam --length-penalty --reference --json
tokenize --tokenizer --corpus --vocabulary gpt2 --text --json
race --corpus --models --seconds --tokens --steps --seeds --out --json
quantize FOLDER --scheme --only --out --json
"""
COMMANDS = [line.split() for line in re.sub(r"\n +", " ", PROMISED).strip().splitlines()]
TEXTS = "names speeches tiny-shakespeare makemore-names wikitext-2 numbers-in-words dates-in-words "
TEXTS += "numbers-en-fr numbers-en-de bible-en-fr multi30k-en-fr multi30k-de-en tatoeba-en-fr "
TEXTS += "names-by-sex speeches-by-party speeches-by-decade speeches-by-year"
FAMILIES = "bigram neural-bigram ngram mlp wavenet rnn gru lstm transformer encoder "
FAMILIES += "encoder-decoder mixture rnn-translator ensemble"
TASKS = "next-token fill-gap translation text-class text-value"
FIELDS = "lr batch_size weight_decay optimizer schedule"


def parser_of(command: str) -> argparse.ArgumentParser:
    return _parser([command]).parse_args([command, *_needed(command)]).parser


def _needed(command: str) -> list[str]:
    """What a command cannot do without."""
    return {
        "evaluate": ["x"],
        "generate": ["x"],
        "score": ["x", "--text", "x"],
        "export": ["x", "--format", "onnx", "--out", "x"],
        "translate": ["x", "--text", "x"],
        "tokenize": ["--corpus", "x", "--text", "x"],
        "race": ["--corpus", "x", "--models", "x", "--out", "x"],
        "quantize": ["x", "--scheme", "int8", "--out", "x"],
    }.get(command, [])


@pytest.mark.parametrize("promised", COMMANDS, ids=lambda words: words[0])
def test_every_option_is_there(promised: list[str]) -> None:
    command, *words = promised
    actions = parser_of(command)._actions
    by_name = {name: action for action in actions for name in action.option_strings}
    action = None
    for word in words:
        if word.startswith("--"):
            action = by_name[word]
        elif word.isupper():
            (action,) = [one for one in actions if not one.option_strings]
        else:
            assert {*word.split("|")} <= {*action.choices}


def test_every_name_is_there() -> None:
    assert {*TEXTS.split()} <= {*corpora.names()}
    assert {*FAMILIES.split()} <= {*models.names()}
    assert {*TASKS.split()} <= {*tasks.names()}
    assert {"int8", "int8-tensor", "int4", "nf4"} <= {*SCHEMES}


def test_every_field_is_there() -> None:
    spec = default_spec(CorpusSpec(name="names"), "transformer")
    fields = {"n_layer", "n_head", "n_embd", "block_size", "dropout"}
    assert fields <= spec.model.to_dict().keys()
    assert {*FIELDS.split()} <= spec.train.to_dict().keys()
    translator = models["rnn-translator"].settings.__dataclass_fields__
    assert {"none", "bahdanau", "luong"} <= {*translator["attention"].metadata["choices"]}
    assert {"lstm", "gru"} <= {*translator["cell"].metadata["choices"]}


def test_each_part_of_the_bench_is_a_function() -> None:
    for part in (*PARTS, *LONG):
        assert hasattr(import_module(f"lm_core.bench.{FILES.get(part, part)}"), f"bench_{part}")
