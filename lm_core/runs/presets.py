"""Starting settings that make sense for a text and a family, before anyone touches anything."""

from dataclasses import replace

from lm_core.corpora import corpora
from lm_core.models import models
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.settings import Settings
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings

TOKENIZER_OF = {"speeches": "bpe", "wikitext-2": "word"}  # characters for every other corpus
ITEM_CONTEXT = 24  # tokens; the longest names have 15 letters
BUDGETS = {"10 s": 10.0, "1 min": 60.0, "5 min": 300.0}


def default_spec(
    corpus: CorpusSpec,
    model: str,
    *,
    items: bool | None = None,
    tokenizer: str | None = None,
    budget: Budget | None = None,
    seed: int = 0,
) -> RunSpec:
    """A spec that trains well on two cores.

    Args:
        items: whether the text is a list of items; None asks the registry.
    """
    if items is None:
        registered = corpus.name in corpora
        items = corpora[corpus.name].extra["info"].kind == "items" if registered else corpus.items
    token_name = tokenizer or TOKENIZER_OF.get(corpus.name, "char")
    entry = models[model]
    settings = entry.settings()
    if items:  # short things want a small, quick model
        small = {"block_size": ITEM_CONTEXT, "n_layer": 3, "n_embd": 64, "n_hidden": 192}
        known = settings.to_dict()
        small = {k: min(v, known[k]) for k, v in small.items() if k in known}
        settings = replace(settings, **small)
    return RunSpec(
        corpus=corpus,
        tokenizer_name=token_name,
        tokenizer=tokenizers[token_name].settings(),
        model_name=model,
        model=settings,
        train=TrainSettings(
            batch_size=64 if items else 16,
            lr=learning_rate(settings),
            eval_tokens=20_000 if items else 8_000,  # of large vocabularies fewer, or they wait
        ),
        budget=budget or Budget(seconds=60),
        seed=seed,
    )


def learning_rate(model: Settings) -> float:
    """A safe AdamW rate that falls with the width, as wider models want smaller steps."""
    width = max(getattr(model, "n_embd", 64), getattr(model, "n_hidden", 0))
    return round(4e-3 * (128 / max(width, 64)) ** 0.5, 5)
