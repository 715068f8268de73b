"""Where do they differ: models of one text beside each other, every view of them."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.encoded import encode_documents
from lm_core.evaluation import token_nats
from pages._ui.compare import differ
from pages._ui.shared import models
from tests.marks import most_slow
from tests.pages.html import html
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(differ, "TOKENS", 400)
    monkeypatch.setattr(differ, "TARGETS", 20)


@pytest.fixture
def page() -> AppTest:
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    at.session_state["compare-differ"] = True
    return at.switch_page("pages/compare.py").run()


def well(at: AppTest) -> AppTest:
    assert not at.exception
    assert not at.error
    return at


def said(at: AppTest) -> str:
    return " ".join(c.value for c in [*at.caption, *at.markdown])


def chosen(at: AppTest) -> list[str]:
    (pills,) = (p for p in at.pills if str(p.key).startswith("compare-differ-models"))
    return pills.value


def test_folded_up_it_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differ, "_section", lambda corpus: pytest.fail("nobody asked"))
    well(AppTest.from_file(APP, default_timeout=PATIENCE).switch_page("pages/compare.py").run())


def test_a_text_stands_under_each_model_with_the_surprise_it_gives(page: AppTest) -> None:
    well(page)
    assert len(chosen(page)) == 3
    page.text_input(key="compare-differ-text-True").set_value("anna").run()
    well(page)
    for choice in differ.groups()[next(iter(differ.groups()))][:3]:
        saved = models.load(choice)
        encoded = encode_documents(["anna"], saved.tokenizer, items=True)
        whole = float(token_nats(saved.model, encoded).sum())
        assert f"{whole:.2f} nats in all" in said(page)
    assert sum("<span" in one for one in html(page)) >= 3
    charts = page.get("plotly_chart")
    assert any(" minus " in c.proto.spec for c in charts)


@pytest.mark.parametrize(
    "view",
    most_slow(
        [view for view in differ.VIEWS if not view.startswith("Sentence")],
        quick=["Frequency", "How sure"],
    ),
)
def test_each_view_is_drawn_for_every_model_that_is_chosen(page: AppTest, view: str) -> None:
    well(page.segmented_control(key="compare-differ-view").set_value(view).run())
    (chart,) = page.get("plotly_chart")
    title = differ.VIEWS[view][1] or "How sure, and how often right"
    assert title in chart.proto.spec
    for label in chosen(page):
        assert label.split(",")[0] in chart.proto.spec


def test_perplexity_by_length_is_a_direct_computation() -> None:
    choice = next(c for c in models.shipped() if c.folder.name == "names-ngram")
    held = differ._held(choice)
    found = differ._measured.__wrapped__("", 0.0, "Length", (), choice)
    nats = token_nats(models.load(choice).model, held).tolist()
    sums: dict[int, list[float]] = {}
    starts = [*held.starts.tolist(), len(held.ids) - 1]
    for begin, end in pairwise(starts):
        sums.setdefault(end - begin, []).extend(nats[begin:end])
    for one in found:
        assert math.exp(one.nats) == pytest.approx(
            math.exp(sum(sums[one.low]) / len(sums[one.low])), rel=1e-5
        )


def test_perplexity_by_sentence_length_is_a_direct_computation() -> None:
    choice = next(c for c in models.shipped() if c.folder.name == "speeches-ngram")
    held = differ._held(choice)
    found = differ._measured.__wrapped__("", 0.0, "Sentence length", (), choice)
    saved = models.load(choice)
    sums: dict[int, list[float]] = {}
    sentence: list[float] = []
    texts = [saved.tokenizer.decode([int(i)]) for i in held.ids[1:]]
    for nats, text in zip(token_nats(saved.model, held).tolist(), texts, strict=True):
        sentence.append(nats)
        if text.strip()[-1:] in (".", "?", "!"):
            sums.setdefault(len(sentence), []).extend(sentence)
            sentence = []
    sums.setdefault(len(sentence), []).extend(sentence)
    assert sum(one.tokens for one in found) == held.predictions
    for one in found:
        within = [n for k, of in sums.items() if k >= one.low and k <= (one.high or k) for n in of]
        assert math.exp(one.nats) == pytest.approx(math.exp(sum(within) / len(within)), rel=1e-5)


def test_a_letter_that_no_model_read_is_one_sentence(page: AppTest) -> None:
    page.text_input(key="compare-differ-text-True").set_value("ан").run()
    assert not page.exception
    assert len(page.error) == 1
    page.text_input(key="compare-differ-text-True").set_value("").run()
    assert not page.exception


def test_models_of_another_text_can_be_had_and_running_text_has_sentences(page: AppTest) -> None:
    (of,) = (one for one in page.selectbox if str(one.key).startswith("compare-differ-of"))
    assert of.value.startswith("US first names")
    other = next(name for name in of.options if name.startswith("State of the Union"))
    well(of.set_value(other).run())
    views = page.segmented_control(key="compare-differ-view").options
    assert "Length" not in views
    assert "Place" in views
    assert all("State of the Union" in label for label in chosen(page))
    chosen_view = page.segmented_control(key="compare-differ-view")
    well(chosen_view.set_value("Sentence length").run())
    (chart,) = page.get("plotly_chart")
    assert "Perplexity by sentence length" in chart.proto.spec


def _of_mine() -> None:
    from pages._ui.compare import differ

    differ._section("own-abc")


def test_models_of_a_text_of_ones_own_stand_first(monkeypatch: pytest.MonkeyPatch) -> None:
    known = differ.groups()
    mine = replace(models.shipped()[0], corpus="own-abc")
    monkeypatch.setattr(differ, "groups", lambda: known | {"own-abc []": [mine, mine]})
    at = AppTest.from_function(_of_mine, default_timeout=PATIENCE).run()
    assert not at.exception
    assert at.selectbox[0].key == "compare-differ-of"
    assert at.selectbox[0].index == 0
    assert len(chosen(at)) == 2


def test_how_far_back_asks_all_for_the_same_tokens(page: AppTest, monkeypatch) -> None:
    asked, measured = [], differ._measured

    def noted(folder, stamp, view, sizes, choice):
        asked.append(sizes)
        return measured(folder, stamp, view, sizes, choice)

    monkeypatch.setattr(differ, "_measured", noted)
    well(page.segmented_control(key="compare-differ-view").set_value("How far back").run())
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_nobody_chosen_and_nobody_there_are_said(page: AppTest, monkeypatch) -> None:
    (pills,) = (p for p in page.pills if str(p.key).startswith("compare-differ-models"))
    well(pills.set_value([]).run())
    assert "Choose at least one model." in said(page)
    monkeypatch.setattr(differ, "groups", dict)
    well(page.run())
    assert any("train two models of the same text" in one.value for one in page.info)
