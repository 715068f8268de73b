"""What a race is: who may race, with which specs, and what is refused in a sentence."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, LabError, UnknownName
from lm_core.models import models
from lm_core.models.building import blueprint
from lm_core.runs.presets import default_spec
from lm_core.runs.race import MOST_MODELS, MOST_SEEDS, Race, racers
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget
from tests.marks import fewer_examples

NAMES, TEN = CorpusSpec(name="names"), Budget(seconds=10)
FAMILIES = ("gru", "ngram", "transformer", "bigram")


def test_what_counts_runs_once_and_first_then_each_seed_of_all() -> None:
    race = Race(NAMES, FAMILIES, TEN, seeds=2)
    entrants = list(race.entrants())
    order = [(one.model, one.seed) for one in entrants]
    first = [("ngram", 0), ("bigram", 0)]
    assert order == [*first, ("gru", 0), ("transformer", 0), ("gru", 1), ("transformer", 1)]
    assert race.runs == len(entrants)
    assert str(race) == "4 families, 10 seconds"
    for one in entrants:
        usual = default_spec(NAMES, one.model, budget=TEN, seed=one.seed, short=False)
        assert one.spec == usual


def test_networks_of_one_size() -> None:
    """Their widths differ, so that what no vocabulary adds to comes to the same; a table stays."""
    race = Race(NAMES, ("bigram", "mlp", "lstm", "transformer"), TEN, 1, parameters=50_000)
    specs = {one.model: one.spec for one in race.entrants()}
    usual = Race(NAMES, race.models, TEN, 1)
    assert specs["bigram"] == next(iter(usual.entrants())).spec
    for name in ("mlp", "lstm", "transformer"):
        costs = blueprint(name, specs[name].model.to_dict(), 27).costs()
        # The Transformer's heads share its width out in even numbers, so it comes near.
        near = 0.2 if name == "transformer" else 0.02
        assert costs.total("parameters", V=0) == pytest.approx(50_000, rel=near)
    assert str(race) == "4 families, 10 seconds, 50,000 parameters each"
    assert Race.from_dict(race.to_dict()) == race
    assert "parameters" not in usual.to_dict()


@pytest.mark.parametrize("size", [0, 999, 10**9, True, "many", 2.5])
def test_a_size_that_is_none_is_refused(size) -> None:
    with pytest.raises(BadSettings, match="Networks of one size have"):
        Race(NAMES, ("lstm",), TEN, parameters=size)


@pytest.mark.parametrize(
    ("families", "seeds", "said"),
    [
        ((), 3, "Nobody races: choose at least one family."),
        (("lstm", "lstm"), 3, "A family races once"),
        (("lstm",), 0, f"1 to {MOST_SEEDS} seeds"),
        (("lstm",), MOST_SEEDS + 1, f"1 to {MOST_SEEDS} seeds"),
        (("lstm", "encoder"), 3, "does not guess the next token"),
        (tuple(f"m{k}" for k in range(30)), 3, f"choose {MOST_MODELS} at most"),
    ],
)
def test_what_cannot_be_raced_is_said(families, seeds: int, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        Race(NAMES, families, TEN, seeds)


def test_names_that_are_none_and_a_budget_of_nothing_are_refused() -> None:
    with pytest.raises(UnknownName, match="lstm"):
        Race(NAMES, ("lstn",), TEN)
    with pytest.raises(UnknownName, match="char"):
        Race(NAMES, ("lstm",), TEN, tokenizer="chars")
    with pytest.raises(BadSettings):
        Race(NAMES, ("lstm",), Budget(seconds=0))
    pairs = CorpusSpec(name="numbers-en-fr")
    assert racers(pairs.holds) == []
    with pytest.raises(BadSettings, match="pairs of texts"):
        Race(pairs, ("lstm",), TEN)


def test_everybody_who_writes_may_race() -> None:
    assert set(racers("text")) == {
        entry.name
        for entry in models
        if getattr(entry.build, "causal", False) and entry.build.tasks[0] == "next-token"
    }
    assert racers("text") == racers("items")


races = st.builds(
    Race,
    st.just(NAMES) | st.just(CorpusSpec(name="speeches")),
    st.lists(st.sampled_from(racers("text")), min_size=1, max_size=6, unique=True).map(tuple),
    st.builds(Budget, seconds=st.floats(1, 1000)) | st.builds(Budget, steps=st.integers(1, 10**6)),
    st.integers(1, MOST_SEEDS),
    st.sampled_from(["", "char", "word", "bpe"]),
)


@given(races)
def test_a_race_is_plain_json_and_back(race: Race) -> None:
    assert Race.from_dict(race.to_dict()) == race


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3),
    max_leaves=6,
)


@fewer_examples()
@given(
    st.dictionaries(st.sampled_from(["data", "models", "budget", "seeds", "tokenizer", "x"]), plain)
)
def test_whatever_a_race_is_said_to_be_it_is_one_or_refused(said: dict) -> None:
    with suppress(LabError):
        assert Race.from_dict(said).models
