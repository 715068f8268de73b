"""Starting settings that make sense for a text and a family, before anyone touches anything."""

from dataclasses import replace
from functools import lru_cache

from lm_core.corpora import Corpus, corpora
from lm_core.errors import LabError
from lm_core.models import models
from lm_core.models.averaged import PartsSettings
from lm_core.runs import beginning
from lm_core.runs.prepare import load_text
from lm_core.runs.recipes import (
    FINE_TUNING,
    ITEM_CONTEXT,
    PARAGRAPH,
    PATIENCE,
    SHORT_LIST,
    SHORT_LISTS,
    Recipe,
    budget_name,
    recipe,
)
from lm_core.runs.spec import NAMES, CorpusSpec, RunSpec, StartSpec
from lm_core.settings import Settings
from lm_core.tasks import task_for, tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings

LABELLED = {"classes", "values"}  # kinds of data
OF_WORDS = {"pairs", *LABELLED}  # where it is somebody's own it is cut into words
BUDGETS = {"10 s": 10.0, "1 min": 60.0, "5 min": 300.0}


def default_spec(
    corpus: CorpusSpec,
    model: str,
    *,
    items: bool | None = None,
    tokenizer: str | None = None,
    budget: Budget | None = None,
    recipe_of: str | None = None,
    short: bool | None = None,
    seed: int = 0,
    task: str | None = None,
) -> RunSpec:
    """A spec that trains well on two cores, or on what `recipe_of` names.

    Args:
        items: whether the text is a list of items; None asks the registry.
        short: whether it is a short list; None looks (see `is_short_list`).
        task: what is learned; None is the usual one of the family with such data.
        recipe_of: "10 s", "1 min", "5 min" or "GPU"; None goes by the length of the budget.
    """
    if items is None:
        registered = corpus.name in corpora
        items = corpus.holds == "items" if registered else corpus.items
    info = corpora[corpus.name].extra["info"] if corpus.name in corpora else None
    own = "word" if corpus.holds in OF_WORDS else "char"
    token_name = tokenizer or (own if info is None else info.cut)
    task_name = task or task_for(model, corpus.holds)
    learned = tasks[task_name].settings()
    if info is not None and info.cut_target and hasattr(learned, "target"):
        learned = replace(learned, target=info.cut_target, target_size=info.cut_size)
    budget = budget or Budget(seconds=60)
    recipe_of = recipe_of or budget_name(budget)
    if short is None:
        short = items and is_short_list(corpus)
    learns = "" if corpus.holds in ("text", "items") else task_name
    items = items or (corpus.holds in LABELLED and token_name == "char")
    settings, train = starting_settings(model, items=items, budget=recipe_of, task=learns)
    start = StartSpec()
    if items and short:
        settings, train, start = for_short_list(model, settings, train, tokenizer=token_name)
    return RunSpec(
        data=corpus,
        codec_name=token_name,
        codec=tokenizers[token_name].settings(),
        model_name=model,
        model=settings,
        train=train,
        budget=budget,
        seed=seed,
        task_name=task_name,
        task=learned,
        start=start,
    )


def is_short_list(corpus: CorpusSpec) -> bool:
    """Whether this is somebody's own list, of SHORT_LIST different items at most to learn from."""
    if corpus.name == "own":
        return _short_own(corpus.text)
    return corpus.name == "file" and corpus.items and _short(corpus)


@lru_cache(maxsize=64)
def _short_own(sha: str) -> bool:
    return _short(CorpusSpec(name="own", text=sha))


def _short(corpus: CorpusSpec) -> bool:
    try:
        found = load_text(corpus)
    except LabError:  # whoever trains on it is told
        return False
    return isinstance(found, Corpus) and found.items and len(found.splits["train"]) <= SHORT_LIST


def for_short_list(
    model: str, settings: Settings, train: TrainSettings, *, tokenizer: str
) -> tuple[Settings, TrainSettings, StartSpec]:
    """What suits a short list: begun with the names model where one of the family ships and reads
    the same tokens, a smaller model otherwise; and ended in time."""
    if isinstance(settings, PartsSettings):
        return settings, replace(train, patience=PATIENCE), StartSpec()
    if tokenizer == "char" and model in beginning.families():
        tuned = FINE_TUNING[model]
        own = {k: v for k, v in tuned.model.items() if hasattr(settings, k)}
        begun = replace(beginning.model_settings(model), **own)
        return begun, replace(train, patience=PATIENCE, **tuned.train), StartSpec(origin=NAMES)
    fewer = SHORT_LISTS.get(model, Recipe())
    train = replace(train, patience=PATIENCE, **fewer.train)
    return replace(settings, **fewer.model), train, StartSpec()


def starting_settings(
    model: str, *, items: bool, budget: str = "1 min", task: str = ""
) -> tuple[Settings, TrainSettings]:
    """The recipe of a family as settings; what is made of models takes those of its parts.
    `budget` and `task`: as `recipe` takes them."""
    entry, chosen = models[model], recipe(model, items=items, budget=budget, task=task)
    if issubclass(entry.settings, PartsSettings):
        parts = [name for name, _ in entry.settings().parts]
        found = {name: starting_settings(name, items=items, budget=budget) for name in parts}
        descend = next(n for n in parts if models[n].build.learns_by == "gradient")
        return entry.settings.of([(name, found[name][0]) for name in parts]), found[descend][1]
    settings = replace(entry.settings(), **chosen.model)
    if items and hasattr(settings, "block_size"):  # items are short: longer rows would be padding
        settings = replace(settings, block_size=min(settings.block_size, ITEM_CONTEXT))
    elif task and LABELLED & set(tasks[task].build.kinds) and hasattr(settings, "block_size"):
        settings = replace(settings, block_size=PARAGRAPH)
    # A family of other data than texts says itself what trains it well.
    return settings, TrainSettings(**chosen.train | entry.extra.get("train", {}))
