import altair as alt
import pandas as pd
import pytest

from lm_core.charts.live import Base


@pytest.fixture
def base() -> Base:
    point = alt.Chart().mark_point().encode(x="x:Q", y="y:Q")
    return Base(alt.layer(point).properties(height=90, title="Points", width="container"))


def rows(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"x": values, "y": values})


def test_the_specification_is_made_once_and_holds_no_data(base, monkeypatch):
    one = base.of(rows(1, 2)).specification()
    monkeypatch.setattr(alt.LayerChart, "to_dict", None)  # whoever asks again fails
    assert base.of(rows(3)).specification() == one
    assert one["height"] == 90
    assert not {"data", "datasets"} & set(one)
    assert not any("data" in layer for layer in one["layer"])


def test_it_is_what_altair_says_of_the_chart(base):
    figure = base.of(rows(1, 2))
    whole = figure.to_dict()
    ((_, drawn),) = whole.pop("datasets").items()
    assert drawn == [{"x": 1, "y": 1}, {"x": 2, "y": 2}]
    del whole["data"]
    assert whole.pop("config")["view"]["continuousWidth"] == 300  # altair's theme, not the page's
    spec = figure.specification()
    assert spec.pop("config")["view"] == {}
    assert spec == whole


def test_nobody_can_change_the_specification_of_another(base):
    base.of(rows(1)).specification()["height"] = 5
    assert base.of(rows(1)).specification()["height"] == 90


def test_a_notebook_shows_the_chart(base):
    shown = base.of(rows(1))._repr_mimebundle_()
    assert shown.keys() == base.chart._repr_mimebundle_().keys()
    assert '"title": "Points"' in shown["text/html"]
