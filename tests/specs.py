"""Strategies for hypothesis: valid specs of runs."""

import dataclasses

from hypothesis import assume
from hypothesis import strategies as st

from lm_core.corpora import corpora
from lm_core.errors import BadSettings
from lm_core.models import models
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.settings import Settings, plain_type
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget, TrainSettings


@st.composite
def settings_of(draw: st.DrawFn, cls: type[Settings]) -> Settings:
    """Any valid settings of a class: some fields changed, within their own ranges."""
    values = {}
    for field in dataclasses.fields(cls):
        kind, optional = plain_type(field)
        meta = field.metadata
        if meta["choices"]:
            strategy = st.sampled_from(meta["choices"])
        elif kind is bool:
            strategy = st.booleans()
        else:
            numbers = st.integers if kind is int else st.floats
            strategy = numbers(meta["low"], meta["high"])
        if draw(st.booleans()):
            values[field.name] = draw(st.none() | strategy if optional else strategy)
    try:
        return cls(**values)
    except BadSettings:  # fields that do not go together
        assume(False)
        raise


@st.composite
def budgets(draw: st.DrawFn) -> Budget:
    field = draw(st.sampled_from(dataclasses.fields(Budget)))
    numbers = st.floats if field.name == "seconds" else st.integers
    meta = field.metadata
    return Budget(**{field.name: draw(numbers(meta["low"], meta["high"]))})


@st.composite
def specs(draw: st.DrawFn) -> RunSpec:
    token, model = draw(st.sampled_from(list(tokenizers))), draw(st.sampled_from(list(models)))
    return RunSpec(
        data=CorpusSpec(name=draw(st.sampled_from(corpora.names()))),
        codec_name=token.name,
        codec=draw(settings_of(token.settings)),
        model_name=model.name,
        model=draw(settings_of(model.settings)),
        train=draw(settings_of(TrainSettings)),
        budget=draw(budgets()),
        seed=draw(st.integers(0, 2**31 - 1)),
    )
