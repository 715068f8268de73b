"""The Train screen, without a browser: what it shows, and that each widget may be moved."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.waiting import rerun_until

APP = Path(__file__).parents[2] / "app.py"


def assert_well(at: AppTest) -> None:
    assert not at.exception
    assert not at.error


def test_opens_on_a_curve_of_a_model_that_ships(train: AppTest) -> None:
    assert_well(train)
    assert train.title[0].value == "Train"
    assert train.get("vega_lite_chart"), "a curve is drawn before anything is touched"
    assert any("ships with the lab" in c.value for c in train.caption)


def test_each_widget_may_be_moved(train_more: AppTest) -> None:
    names = [w.key for w in train_more.number_input]
    assert any("lr" in name for name in names)
    for name in names:
        widget = train_more.number_input(key=name)
        if name.endswith(("n_head", "n_embd")):
            continue  # moved together below
        if widget.max is not None and widget.value < widget.max:
            widget.increment()
        else:
            widget.decrement()
        train_more.run()
        assert_well(train_more)
    for box in [b.key for b in train_more.checkbox]:
        train_more.checkbox(key=box).check().run()
        assert_well(train_more)
    train_more.selectbox(key="train-model").select("lstm").run()
    assert_well(train_more)
    train_more.selectbox(key="train-model").select("ngram").run()
    assert_well(train_more)
    tokenizer = next(s.key for s in train_more.selectbox if s.key.startswith("train-tokenizer"))
    train_more.selectbox(key=tokenizer).select("bpe").run()
    assert_well(train_more)


def test_a_rerun_reads_no_list_anew(train_more: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its doubles could be kept is known without it: reading took half of each rerun."""
    read: list[object] = []
    for name in ("names", "names_by_sex"):
        monkeypatch.setattr(f"lm_core.corpora.{name}.rows_of_the_year", lambda *a: read.append(a))
    train_more.run()
    assert_well(train_more)
    assert any(box.key.endswith("-doubles") for box in train_more.checkbox)
    assert read == []


def test_heads_that_do_not_fit_the_width_are_told_beside_it_before_start(
    train_more: AppTest,
) -> None:
    heads = train_more.number_input(key="train-m-names-transformer-char-n_head")
    heads.set_value(3).run()
    assert not train_more.exception
    (error,) = train_more.error
    width = train_more.number_input(key="train-m-names-transformer-char-n_embd")
    told = [
        column for column in train_more.columns if column.error and len(column.number_input) == 1
    ]
    assert [column.number_input[0].key for column in told] == [width.key]
    assert error.value == f"“Width” ({width.value}) must be “Heads” (3) times an even number."
    assert f"Start waits: {error.value}" in [caption.value for caption in train_more.caption]
    assert train_more.button(key="train-start").disabled
    train_more.number_input(key=heads.key).set_value(4).run()
    assert_well(train_more)
    assert not train_more.button(key="train-start").disabled


def test_a_counting_run_goes_from_start_to_its_curve(train: AppTest) -> None:
    train.selectbox(key="train-model").select("ngram").run()
    train.button(key="train-start").click().run()
    assert_well(train)
    rerun_until(train, lambda: any("budget is spent" in c.value for c in train.caption))
    assert_well(train)
    figures = {metric.label: metric.value for metric in train.metric}
    assert figures["Step"] == "20", "twenty looks at ever more of the text"
    assert 1.8 < float(figures["Validation, nats"]) < 2.3, "nats per character on names"
    links = {link.proto.label: link.proto.query_string for link in train.get("page_link")}
    assert "text=names" in links["Let it write →"]  # beside models of the same list
    assert train.query_params["run"]


def test_a_strangers_run_is_not_shown(train: AppTest) -> None:
    train.query_params["run"] = "somebody-elses"
    train.run()
    assert not train.exception
    assert [e.value for e in train.error] == [
        "This run is not here, or belongs to another browser: open it there, or start a new one."
    ]


def test_back_takes_a_setting_back_and_forward_brings_it(train_more: AppTest) -> None:
    def rates() -> list[float]:
        return [w.value for w in train_more.number_input if w.key.endswith("-lr")]

    usual = rates()
    train_more.number_input(key="train-t-names-transformer-char-lr").set_value(0.0123).run()
    spec = train_more.query_params["spec"]
    del train_more.query_params["spec"]
    train_more.run()
    assert rates() == usual
    assert "spec" not in train_more.query_params
    train_more.query_params["spec"] = spec
    train_more.run()
    assert rates() == [0.0123]
