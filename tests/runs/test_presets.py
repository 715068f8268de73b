import pytest

from lm_core.corpora import corpora
from lm_core.errors import UnknownName
from lm_core.models import models
from lm_core.runs import recipes
from lm_core.runs.presets import BUDGETS, default_spec, starting_settings
from lm_core.runs.recipes import ITEM_CONTEXT
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tasks import families_for
from lm_core.training import Budget, TrainSettings


@pytest.mark.parametrize("model", models.names())
@pytest.mark.parametrize("corpus", corpora.names())
def test_every_text_and_family_have_settings_to_start_with(corpus: str, model: str) -> None:
    spec = default_spec(CorpusSpec(name=corpus), model)
    assert RunSpec.from_address(spec.to_address()) == spec
    assert spec.budget == Budget(seconds=60)
    info = corpora[corpus].extra["info"]
    if hasattr(spec.model, "block_size") and model in families_for(info.kind):
        short = info.kind == "items" or corpus == "names-by-sex"
        assert (spec.model.block_size == ITEM_CONTEXT) == short


def test_each_text_is_cut_as_suits_it() -> None:
    cut = {
        name: default_spec(CorpusSpec(name=name), "lstm").codec_name
        for name in ("names", "speeches", "wikitext-2", "tiny-shakespeare", "numbers-en-fr")
    }
    assert cut == {
        "names": "char",
        "speeches": "bpe",
        "wikitext-2": "published",
        "tiny-shakespeare": "char",
        "numbers-en-fr": "word",
    }
    assert default_spec(CorpusSpec(), "lstm", tokenizer="word").codec_name == "word"


@pytest.mark.parametrize("given", [{"items": True}, {}])
def test_a_text_of_ones_own_says_itself_whether_it_is_a_list(given: dict) -> None:
    corpus = CorpusSpec(name="own", text="ab" * 32, items=True)
    assert default_spec(corpus, "transformer", **given).model.block_size == ITEM_CONTEXT
    assert default_spec(corpus, "transformer", items=False).model.block_size > ITEM_CONTEXT


@pytest.mark.parametrize("items", [True, False])
def test_recipes_name_families_and_settings_that_exist(items: bool) -> None:
    assert set(recipes.ITEMS) | set(recipes.TEXT) <= set(models.names())
    for model in models.names():
        settings, train = starting_settings(model, items=items)
        wanted = recipes.recipe(model, items=items)
        assert {k: getattr(settings, k) for k in wanted.model} == wanted.model
        assert isinstance(train, TrainSettings)


@pytest.mark.parametrize("items", [True, False])
@pytest.mark.parametrize("budget", recipes.CHANGES)
def test_each_budget_changes_families_and_settings_that_exist(budget: str, items: bool) -> None:
    changes = recipes.CHANGES[budget][0 if items else 1]
    for model in models.names():
        settings, train = starting_settings(model, items=items, budget=budget)
        changed = changes.get(model, recipes.Recipe())
        assert {k: getattr(settings, k) for k in changed.model} == changed.model
        assert {k: getattr(train, k) for k in changed.train} == changed.train
        if model not in {*changes, "mixture", "ensemble"}:  # whose parts may have changed
            assert (settings, train) == starting_settings(model, items=items)
    assert set(changes) <= set(models.names())


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"seconds": 10}, "10 s"),
        ({"seconds": 60}, "1 min"),
        ({"seconds": 300}, "5 min"),
        ({"tokens": 200_000}, "10 s"),
        ({"tokens": 1_200_000}, "1 min"),
        ({"tokens": 10_000_000}, "5 min"),
        ({"steps": 7}, "1 min"),
    ],
)
def test_the_length_of_a_budget_chooses_the_recipe(given: dict, name: str) -> None:
    budget = Budget(**given)
    assert recipes.budget_name(budget) == name
    by_length = default_spec(CorpusSpec(), "transformer", budget=budget)
    by_name = default_spec(CorpusSpec(), "transformer", budget=budget, recipe_of=name)
    assert by_length == by_name


def test_the_recipe_of_a_gpu_is_asked_for_by_name() -> None:
    text, budget = CorpusSpec(name="tiny-shakespeare"), Budget(seconds=60)
    spec = default_spec(text, "transformer", budget=budget, recipe_of="GPU")
    assert (spec.model.n_embd, spec.model.dropout, spec.train.batch_size) == (384, 0.2, 64)
    assert default_spec(text, "transformer", budget=budget).model.n_embd < 384
    with pytest.raises(UnknownName, match="did you mean 'GPU'"):
        starting_settings("transformer", items=False, budget="GPUs")


def test_a_mixture_takes_the_recipes_of_its_parts() -> None:
    mixture, train = starting_settings("mixture", items=True)
    alone = [starting_settings(name, items=True) for name, _ in mixture.parts]
    assert [settings for _, settings in mixture.parts] == [settings for settings, _ in alone]
    assert train == alone[1][1]


def test_seed_and_budget_are_taken_over() -> None:
    spec = default_spec(CorpusSpec(), "lstm", budget=Budget(steps=7), seed=9)
    assert (spec.budget, spec.seed) == (Budget(steps=7), 9)
    assert all(Budget(seconds=seconds) for seconds in BUDGETS.values())


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'lstm'"):
        default_spec(CorpusSpec(), "lsmt")
