"""Starting settings that make sense for a text and a family, before anyone touches anything."""

from dataclasses import replace

from lm_core.corpora import corpora
from lm_core.models import models
from lm_core.models.mixture import MixtureSettings, written
from lm_core.runs.recipes import ITEM_CONTEXT, budget_name, recipe
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.settings import Settings
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings

TOKENIZER_OF = {"speeches": "bpe", "wikitext-2": "word"}  # characters for every other corpus
BUDGETS = {"10 s": 10.0, "1 min": 60.0, "5 min": 300.0}


def default_spec(
    corpus: CorpusSpec,
    model: str,
    *,
    items: bool | None = None,
    tokenizer: str | None = None,
    budget: Budget | None = None,
    recipe_of: str | None = None,
    seed: int = 0,
) -> RunSpec:
    """A spec that trains well on two cores, or on what `recipe_of` names.

    Args:
        items: whether the text is a list of items; None asks the registry.
        recipe_of: "10 s", "1 min", "5 min" or "GPU"; None goes by the length of the budget.
    """
    if items is None:
        registered = corpus.name in corpora
        items = corpora[corpus.name].extra["info"].kind == "items" if registered else corpus.items
    token_name = tokenizer or TOKENIZER_OF.get(corpus.name, "char")
    budget = budget or Budget(seconds=60)
    recipe_of = recipe_of or budget_name(budget)
    settings, train = starting_settings(model, items=items, budget=recipe_of)
    return RunSpec(
        corpus=corpus,
        tokenizer_name=token_name,
        tokenizer=tokenizers[token_name].settings(),
        model_name=model,
        model=settings,
        train=train,
        budget=budget,
        seed=seed,
    )


def starting_settings(
    model: str, *, items: bool, budget: str = "1 min"
) -> tuple[Settings, TrainSettings]:
    """The recipe of a family as settings; a mixture takes those of its parts. `budget`: as
    `recipe` takes it."""
    entry, chosen = models[model], recipe(model, items=items, budget=budget)
    if entry.settings is MixtureSettings:
        parts = [name for name, _ in MixtureSettings().parts]
        found = {name: starting_settings(name, items=items, budget=budget) for name in parts}
        texts = [written(name, found[name][0]) for name in parts]
        descend = next(n for n in parts if models[n].build.learns_by == "gradient")
        return MixtureSettings(*texts), found[descend][1]
    settings = replace(entry.settings(), **chosen.model)
    if items and hasattr(settings, "block_size"):  # items are short: longer rows would be padding
        settings = replace(settings, block_size=min(settings.block_size, ITEM_CONTEXT))
    return settings, TrainSettings(**chosen.train)
