"""The configuration study on Translate: drawn from the table that ships."""

import json
import math
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.evaluation.study import configurations, read
from pages._ui.translate import study
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


def opened() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.switch_page("pages/translate.py").run()
    assert not app.exception
    return app


def test_each_figure_of_the_kept_table_is_drawn_for_every_seed() -> None:
    kept, app = configurations(read(study.STUDY)), opened()
    for figure, (called, unit) in study.FIGURES.items():
        app.button_group(key="translate-study").set_value(figure).run()
        assert not app.exception
        charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
        drawn = next(c for c in charts if "after one change" in c["layout"]["title"]["text"])
        assert drawn["layout"]["title"]["text"].startswith(called)
        traces = [trace for trace in drawn["data"] if trace.get("mode") == "markers"]
        points = {(x, y) for t in traces for x, y in zip(t["x"], t["y"], strict=True)}
        values = [
            [math.exp(x) for x in one.of("validation_nats")]
            if figure == study.PERPLEXITY
            else one.of(figure)
            for one in kept
        ]
        wanted = {(x, place) for place, those in enumerate(values) for x in those}
        assert points == wanted
        table = next(f.value for f in app.dataframe if f"mean ({unit})" in f.value)
        assert table["changed"].tolist() == [one.label for one in kept]
    assert any("width 64, layers 2, heads 4" in caption.value for caption in app.caption)


def test_a_lab_without_its_documents_says_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "STUDY", tmp_path / "none.csv")
    assert "Which parts matter?" not in [header.value for header in opened().header]
