"""How well each family learns in two minutes, by its default recipe: the ladder.

Takes about twenty minutes and is therefore not part of `bench all`.
"""

import torch

from lm_core.bench.result import Result

SECONDS = 115.0  # of training for each that learns by gradient: under two minutes in all
NAMES = ("bigram", "neural-bigram", "ngram", "mlp", "wavenet", "rnn", "gru", "lstm", "transformer")
MIXTURE = {"first": "ngram order=7"}


def bench_quality() -> list[Result]:
    """Nats per character on the whole validation split of the 29,494 different names of makemore
    and of tiny-shakespeare; of the packaged texts where those were not downloaded."""
    from lm_core.corpora.load import is_ready

    names = "makemore-names" if is_ready("makemore-names") else "names"
    text = "tiny-shakespeare" if is_ready("tiny-shakespeare") else "speeches"
    results = [_trained(names, family, {}) for family in NAMES]
    return [*results, *_mixed(text)]


def _trained(corpus: str, family: str, model: dict[str, object]) -> Result:
    """One family trained alone."""
    trainer, spec = _run(corpus, family, model)
    scored = trainer.evaluate(whole=True)
    return _result(f"{corpus}_{family}", scored.nats, corpus, trainer, spec)


def _mixed(corpus: str) -> list[Result]:
    """A counted and a trained model together, and each alone."""
    from lm_core.evaluation import evaluate

    trainer, spec = _run(corpus, "mixture", MIXTURE)
    together = trainer.evaluate(whole=True)
    results = [_result(f"{corpus}_mixture", together.nats, corpus, trainer, spec)]
    for (name, _), part in zip(trainer.model.settings.parts, trainer.model.parts, strict=True):
        alone = evaluate(part, trainer.data["validation"]).nats_per_token
        results.append(_result(f"{corpus}_mixture_{name}", alone, corpus, trainer, spec))
    return results


def _run(corpus: str, family: str, model: dict[str, object]):
    from dataclasses import replace

    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Budget, Trainer
    from lm_core.training.events import Failed

    spec = default_spec(
        CorpusSpec(name=corpus), family, tokenizer="char", budget=Budget(seconds=SECONDS)
    )
    spec = replace(spec, model=replace(spec.model, **model))
    ready = prepare(spec)
    trainer = Trainer(
        ready.model, ready.data, settings=spec.train, budget=spec.budget, seed=spec.seed
    )
    *_, last = trainer.run()
    if isinstance(last, Failed):
        raise RuntimeError(last.reason)
    return trainer, spec


def _result(name: str, nats: float, corpus: str, trainer, spec) -> Result:
    about = {
        "corpus": corpus,
        **spec.model.difference(),
        "seconds": round(trainer.seconds, 1),
        "tokens": trainer.tokens,
        "threads": torch.get_num_threads(),
        "seed": spec.seed,
    }
    return Result(name, nats, "nats per character", False, about)
