import pytest

from lm_core.corpora import corpora
from lm_core.errors import UnknownName
from lm_core.models import models
from lm_core.runs.presets import BUDGETS, ITEM_CONTEXT, default_spec, learning_rate
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training import Budget


@pytest.mark.parametrize("model", models.names())
@pytest.mark.parametrize("corpus", corpora.names())
def test_every_text_and_family_have_settings_to_start_with(corpus: str, model: str) -> None:
    spec = default_spec(CorpusSpec(name=corpus), model)
    assert RunSpec.from_address(spec.to_address()) == spec
    assert spec.budget == Budget(seconds=60)
    if hasattr(spec.model, "block_size"):
        short = corpora[corpus].extra["info"].kind == "items"
        assert (spec.model.block_size == ITEM_CONTEXT) == short


def test_each_text_is_cut_as_suits_it() -> None:
    cut = {
        name: default_spec(CorpusSpec(name=name), "lstm").tokenizer_name
        for name in ("names", "speeches", "wikitext-2", "tiny-shakespeare")
    }
    assert cut == {
        "names": "char",
        "speeches": "bpe",
        "wikitext-2": "word",
        "tiny-shakespeare": "char",
    }
    assert default_spec(CorpusSpec(), "lstm", tokenizer="word").tokenizer_name == "word"


@pytest.mark.parametrize("given", [{"items": True}, {}])
def test_a_text_of_ones_own_says_itself_whether_it_is_a_list(given: dict) -> None:
    corpus = CorpusSpec(name="own", text="ab" * 32, items=True)
    assert default_spec(corpus, "transformer", **given).model.block_size == ITEM_CONTEXT
    assert default_spec(corpus, "transformer", items=False).model.block_size > ITEM_CONTEXT


def test_wider_models_take_smaller_steps() -> None:
    settings = models["transformer"].settings
    rates = [learning_rate(settings(n_embd=width)) for width in (64, 128, 256, 512)]
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == len(rates)
    assert learning_rate(models["ngram"].settings()) > 0


def test_seed_and_budget_are_taken_over() -> None:
    spec = default_spec(CorpusSpec(), "lstm", budget=Budget(steps=7), seed=9)
    assert (spec.budget, spec.seed) == (Budget(steps=7), 9)
    assert all(Budget(seconds=seconds) for seconds in BUDGETS.values())


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'lstm'"):
        default_spec(CorpusSpec(), "lsmt")
