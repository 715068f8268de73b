"""Where inputs of strangers come in, one function each: it makes an input from `rng` and gives it
to the lab, where only a LabError may come back. `folder` is its own to write in.

`archives.py` has files that are not text, `links.py` what is short.
"""

import contextlib
import io
import json
import random
import shutil
from pathlib import Path
from typing import Any

from lm_core import checkpoints, cli
from lm_core.checkpoints import Checkpoint, codec_file, load_checkpoint, load_history
from lm_core.corpora import own
from lm_core.corpora.statistics import search
from lm_core.doctor.plan import Plan
from lm_core.generation import SamplerSettings
from lm_core.generation.beam import beam_search
from lm_core.generation.engine import prompt_ids, write_text
from lm_core.models import models
from lm_core.runs import limits
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tokenizers import load_tokenizer, tokenizers
from lm_core.training import Budget
from tests.fuzz import inputs
from tests.fuzz.registry import target

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent for path in (ROOT / "checkpoints").glob("*/meta.json"))
SMALL = [path for path in SHIPPED if path.name.startswith("names-")]
_loaded: dict[Path, Checkpoint] = {}


def loaded(rng: random.Random) -> Checkpoint:
    path = rng.choice(SHIPPED)
    if path not in _loaded:
        _loaded[path] = load_checkpoint(path)
    return _loaded[path]


def corpus_of(rng: random.Random, text: own.OwnText) -> Any:
    corpus = own.own_corpus(text.text, title=text.title, items=rng.random() < 0.5)
    return own.load_own(own.save_own(corpus))


@target(2200)
def uploads(rng: random.Random, folder: Path) -> None:
    name = rng.choice(
        [*["a.txt", "a.csv", "Ä b.CSV", "a.md"] * 3, "a.exe", "", inputs.text(rng, 40)]
    )
    given = inputs.data(rng)
    read = own.open_upload(name, given)
    if isinstance(read, own.OwnTable):
        heading = rng.choice([None, True, False])
        columns = read.table.columns(heading)
        read = read.read(rng.choice([*columns * 3, None, inputs.text(rng, 10)]), heading)
    corpus_of(rng, read)


@target(1000)
def pastes(rng: random.Random, folder: Path) -> None:
    corpus_of(rng, own.from_paste(inputs.document(rng)))


@target(600)
def vocabularies(rng: random.Random, folder: Path) -> None:
    """Tokenizers trained on anything read anything."""
    name = rng.choice(tokenizers.names())
    entry = tokenizers[name]
    texts = [inputs.text(rng) for _ in range(3)]
    made = entry.build.train(texts, entry.settings(), items=rng.random() < 0.5)
    again = load_tokenizer(json.loads(json.dumps(made.to_dict())))
    given = inputs.text(rng)
    ids = again.encode(given, skip_unknown=True)
    assert ids.tolist() == made.encode(given, skip_unknown=True).tolist()
    again.decode(ids.tolist())
    assert all(again.token_text(int(id)) for id in ids[:50])


@target(800)
def tokenizer_files(rng: random.Random, folder: Path) -> None:
    whole = json.loads(codec_file(rng.choice(SHIPPED)).read_text())
    tokenizer = load_tokenizer(inputs.changed(rng, whole))
    ids = tokenizer.encode(inputs.text(rng), skip_unknown=True)
    tokenizer.decode(ids.tolist())


@target(1200)
def checkpoint_folders(rng: random.Random, folder: Path) -> None:
    """A shipped model with one file changed: refused, or it writes."""
    source, mine = rng.choice(SMALL), folder / "model"
    shutil.rmtree(mine, ignore_errors=True)
    shutil.copytree(source, mine)
    file = rng.choice([mine / "meta.json"] * 2 + [codec_file(mine), mine / "history.json", None])
    if file is None:
        weights = mine / "model.safetensors"
        header = int.from_bytes(weights.read_bytes()[:8], "little")
        given = bytearray(weights.read_bytes())
        if rng.random() < 0.5:  # what the header says of shapes and places
            given[8 : 8 + header] = inputs.damaged(rng, bytes(given[8 : 8 + header]))
        else:
            given = bytearray(inputs.damaged(rng, bytes(given)))
        weights.write_bytes(given)
        with contextlib.suppress(ValueError, OSError, KeyError):  # as if saved so
            meta = json.loads((mine / "meta.json").read_text())
            for key, said in list(meta.items()):
                if isinstance(said, dict) and "model.safetensors" in said:
                    said["model.safetensors"] = checkpoints._sha256(weights)
                    meta[key] = said
            (mine / "meta.json").write_text(json.dumps(meta))
    else:
        file.write_bytes(inputs.dumped(rng, inputs.changed(rng, json.loads(file.read_text()))))
    load_history(mine)
    saved = load_checkpoint(mine)
    list(write_text(saved.model, saved.tokenizer, "", items=saved.items, max_tokens=5))


@target(1000)
def specs(rng: random.Random, folder: Path) -> None:
    name = rng.choice(models.names())
    whole = RunSpec(model_name=name, data=CorpusSpec(name="names")).to_dict()
    spec = RunSpec.from_dict(inputs.changed(rng, inputs.changed(rng, whole)))
    assert RunSpec.from_dict(spec.to_dict()) == spec
    assert RunSpec.from_address(spec.to_address()).id == spec.id


@target(600)
def addresses(rng: random.Random, folder: Path) -> None:
    whole = RunSpec().to_dict()
    given = inputs.dumped(rng, inputs.changed(rng, whole)).decode("utf-8", "replace")
    RunSpec.from_address(rng.choice([given, inputs.text(rng), "[" * 4000, '{"a":' * 500]))


@target(800)
def settings_in_words(rng: random.Random, folder: Path) -> None:
    """`--set` and the boxes of the Train form."""
    spec = RunSpec(model_name=rng.choice(models.names()))
    group = rng.choice(["model", "train", "tokenizer", inputs.text(rng, 8)])
    known = list(getattr(spec, group).to_dict()) if hasattr(spec, group) else ["x"]
    name = rng.choice([*known, inputs.text(rng, 10)])
    given = rng.choice([inputs.value(rng, 1), inputs.text(rng), rng.choice([1, 2, 4, 0.1])])
    spec.with_texts({f"{group}.{name}": str(given)})


@target(300)
def prepared(rng: random.Random, folder: Path) -> None:
    """A visitor's text under settings of any kind, as far as the first batch could be drawn."""
    corpus = own.own_corpus(own.from_paste(inputs.document(rng)).text, title="t", items=False)
    name = rng.choice(["bigram", "mlp", "lstm", "transformer", "ngram"])
    spec = RunSpec(
        data=CorpusSpec(name="own", text=own.save_own(corpus)),
        codec_name=rng.choice(tokenizers.names()),
        model_name=name,
        budget=Budget(steps=1),
    )
    prepare(spec)


@target(900)
def prompts(rng: random.Random, folder: Path) -> None:
    saved = loaded(rng)
    numbers = [rng.choice([*inputs.NUMBERS, 0.3, 0.9, 3]) for _ in range(3)]
    names = rng.sample([*SamplerSettings().to_dict()], 3)
    given = {n: v for n, v in zip(names, numbers, strict=True) if rng.random() < 0.3}
    sampler = SamplerSettings.from_dict(given)
    prompt = inputs.text(rng) if rng.random() < 0.5 else "".join(rng.choices("aemn", k=9))
    ids = prompt_ids(saved.tokenizer, prompt, items=saved.items)
    count = rng.choice([0, 1, 3, 3, 10**9])
    if rng.random() < 0.2:
        beam_search(saved.model, ids[:50], width=rng.choice([0, 1, 3, 10**6]), max_tokens=count)
    written = write_text(
        saved.model, saved.tokenizer, prompt, items=saved.items, max_tokens=count, sampler=sampler
    )
    for _ in written:
        pass


@target(500)
def examinations(rng: random.Random, folder: Path) -> None:
    whole = Plan().to_dict() | {"lrs": [0.1], "decays": [0.0], "random": 2}
    given = inputs.changed(rng, whole)
    options = limits.options(rng.choice(["doctor", "doctor", "train", "x"]), given)
    Plan.from_dict(options)
    limits.title(inputs.text(rng, 60))
    limits.note(inputs.text(rng))


@target(300)
def wishes(rng: random.Random, folder: Path) -> None:
    rng.choice([limits.step, limits.rate])(inputs.value(rng, 1))


@target(300)
def searches(rng: random.Random, folder: Path) -> None:
    text = own.own_corpus(own.from_paste(inputs.document(rng)).text, title="t", items=False)
    search(text, inputs.text(rng, 60))


@target(500)
def command_lines(rng: random.Random, folder: Path) -> None:
    """Exit status 0 or 2, and one strict JSON object where it was asked for."""
    model = str(rng.choice([*SMALL, folder, inputs.text(rng, 20)]))
    file = folder / "given.txt"
    file.write_bytes(inputs.data(rng))
    word, number = inputs.text(rng, 60), str(inputs.value(rng, 0))
    argv = rng.choice(
        [
            ["generate", model, f"--prompt={word}", "--max-tokens=3"],
            ["generate", model, f"--temperature={number}", "--max-tokens=2"],
            ["generate", model, f"--top-k={number}", f"--seed={number}", "--max-tokens=2"],
            ["generate", model, f"--stop={word}", "--beam=2", "--max-tokens=3"],
            ["score", model, f"--text={word}"],
            ["evaluate", model, f"--corpus={file}", "--split=all"],
            ["evaluate", model, f"--corpus={word}"],
            ["train", f"--corpus={file}", "--model=bigram", "--steps=1", f"--out={folder}/out"],
            ["train", f"--corpus={file}", "--model=mlp", f"--set=model.{word}", "--steps=1"],
            ["train", "--corpus=names", f"--model={word}", "--steps=1"],
            ["train", f"--resume={folder}/{word}", f"--steps={number}"],
            [
                "doctor",
                f"--corpus={file}",
                "--model=mlp",
                f"--seconds=-{number}",
                f"--steps={word}",
            ],
            ["doctor", f"--case={word}"],
            ["export", model, f"--format={word}", f"--out={folder}/x"],
            [word, number],
        ]
    )
    shutil.rmtree(folder / "out", ignore_errors=True)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = cli.main([*argv, "--json"])
        except SystemExit as end:
            status = end.code
    assert status in (0, 2), f"exit status {status}: {err.getvalue()[-500:]}"
    assert "Traceback" not in err.getvalue(), err.getvalue()[-2000:]
    if status == 0 and out.getvalue():
        json.loads(out.getvalue().splitlines()[-1], parse_constant=_refused)


def _refused(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")
