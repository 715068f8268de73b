"""How well each family learns in a minute or two, by its default recipe: the ladder.

Takes about ten minutes and is therefore not part of `bench all`.
"""

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from lm_core.bench.result import Result
from lm_core.errors import LabError

if TYPE_CHECKING:
    from lm_core.encoded import Encoded
    from lm_core.models import LanguageModel
    from lm_core.runs.prepare import Prepared
    from lm_core.runs.spec import RunSpec
    from lm_core.training import Trainer

NAMES_SECONDS, TEXT_SECONDS = 60.0, 115.0  # of training, for each that learns by gradient
NAMES = ("bigram", "neural-bigram", "ngram", "mlp", "wavenet", "rnn", "gru", "lstm", "transformer")
HELD_OUT = 1000  # names
MIXTURE = {"first": "ngram order=7"}


def bench_quality() -> list[Result]:
    """Nats per character on 1,000 of the 29,494 different names of makemore (sorted, shuffled by
    Python's generator with seed 0: the split of the published n-gram figures) and on the last
    tenth of tiny-shakespeare; on the packaged texts where those were not downloaded."""
    from lm_core.corpora.load import is_ready

    names = "makemore-names" if is_ready("makemore-names") else "names"
    text = "tiny-shakespeare" if is_ready("tiny-shakespeare") else "speeches"
    return [*(_names(names, family) for family in NAMES), *_mixed(text)]


def _names(corpus: str, family: str) -> Result:
    """One family trained alone on names, and scored on all that were held out."""
    from lm_core.corpora.load import load_corpus
    from lm_core.encoded import encode_documents

    spec, ready = _ready(corpus, family, {}, NAMES_SECONDS)
    splits = load_corpus(corpus).splits
    shuffled = sorted({name for split in splits.values() for name in split})
    random.Random(0).shuffle(shuffled)
    parts = {"train": shuffled[HELD_OUT:], "validation": shuffled[:HELD_OUT]}
    data = {k: encode_documents(v, ready.tokenizer, items=True) for k, v in parts.items()}
    trainer = _trained(spec, ready.model, data)
    return _result(f"{corpus}_{family}", trainer.evaluate(whole=True).loss, corpus, trainer, spec)


def _mixed(corpus: str) -> list[Result]:
    """A counted and a trained model together, and each alone."""
    from lm_core.evaluation import evaluate

    spec, ready = _ready(corpus, "mixture", MIXTURE, TEXT_SECONDS)
    trainer = _trained(spec, ready.model, ready.data)
    together = trainer.evaluate(whole=True)
    results = [_result(f"{corpus}_mixture", together.loss, corpus, trainer, spec)]
    for (name, _), part in zip(trainer.model.settings.parts, trainer.model.parts, strict=True):
        alone = evaluate(part, trainer.data["validation"]).nats_per_token
        results.append(_result(f"{corpus}_mixture_{name}", alone, corpus, trainer, spec))
    return results


def _ready(
    corpus: str, family: str, model: dict[str, object], seconds: float
) -> "tuple[RunSpec, Prepared]":
    """The family's recipe for this text, characters, and what it needs."""
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget

    spec = default_spec(
        CorpusSpec(name=corpus), family, tokenizer="char", budget=Budget(seconds=seconds)
    )
    spec = replace(spec, model=replace(spec.model, **model))
    return spec, prepare(spec)


def _trained(spec: "RunSpec", model: "LanguageModel", data: "dict[str, Encoded]") -> "Trainer":
    from lm_core.tasks import NextToken
    from lm_core.training import Trainer
    from lm_core.training.events import Failed

    trainer = Trainer(
        NextToken(), model, data, settings=spec.train, budget=spec.budget, seed=spec.seed
    )
    *_, last = trainer.run()
    if isinstance(last, Failed):
        raise LabError(last.reason)
    return trainer


def _result(name: str, nats: float, corpus: str, trainer: "Trainer", spec: "RunSpec") -> Result:
    about = {
        "corpus": corpus,
        **spec.model.difference(),
        "seconds": round(trainer.seconds, 1),
        "tokens": trainer.tokens,
        "threads": torch.get_num_threads(),
        "seed": spec.seed,
    }
    return Result(name, nats, "nats per character", False, about)
