"""Tokenizers, its effect on the loss: the figures are those of the file that ships, and a run of
the same settings is known again and told where it landed."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.evaluation.standings import expected
from lm_core.evaluation.tokenizer_study import BITS, OWN, PERPLEXITY, TokenizerStudy, swapped
from lm_core.runs.spec import RunSpec
from lm_core.training.events import Evaluated
from pages._ui.shared import session
from pages._ui.tokenizers import effect
from tests.pages.stored import forget, stored_run
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def study() -> TokenizerStudy:
    found = effect.studied(effect.STUDY.stat().st_mtime_ns)
    assert found is not None
    return found


def says(at: AppTest, words: str) -> bool:
    return any(words in c.value for c in [*at.caption, *at.markdown])


def well(at: AppTest) -> AppTest:
    assert not at.exception
    assert not at.error
    return at


def test_the_screen_shows_the_study_and_starts_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    file = study()
    at = AppTest.from_file(APP, default_timeout=PATIENCE)
    at.query_params["text"] = "names"
    at.query_params["tokenizers-look"] = "Effect on the loss"
    well(at.switch_page("pages/tokenizers.py").run())
    (curves,) = (json.loads(chart.proto.spec) for chart in at.get("vega_lite_chart"))
    assert curves["title"] == effect.TITLE
    assert "bytes of text read" in json.dumps(curves)
    shown = next(frame.value for frame in at.dataframe if "bytes per second" in frame.value)
    assert shown["tokenizer"].tolist() == [file.title(row.model) for row in file.ranked()]
    assert shown["bits per byte"].dropna().is_monotonic_increasing
    assert says(at, "From the lowest bits per byte up, after equal text")
    assert says(at, "there are no bits per byte")
    assert says(at, "Why perplexity misleads here")
    at.segmented_control(key="tokenizers-over").set_value("operations")
    well(at.run())
    spec = at.get("vega_lite_chart")[0].proto.spec
    assert "operations of learning" in spec

    asked: list[RunSpec] = []
    from lm_core.runs.manager import RunManager

    monkeypatch.setattr(RunManager, "start", lambda self, spec, *a, **more: asked.append(spec))
    assert at.pills(key="tokenizers-again").value == ["char", "bpe-2048"]
    well(at.button(key="tokenizers-start").click().run())
    known = {cut.name: RunSpec.from_dict(cut.spec).to_dict() for cut in file.cuts}
    assert [spec.to_dict() for spec in asked] == [known["char"], known["bpe-2048"]]
    well(at.pills(key="tokenizers-again").set_value([]).run())
    assert at.button(key="tokenizers-start").disabled

    row = next(row for row in file.ranked() if row.model == "char")
    low, high = expected(row, OWN)
    owner, store = at.session_state["visitor"], session._manager().store
    spec = RunSpec.from_dict(known["char"] | {"seed": 7})
    run = stored_run(owner, spec)
    other = stored_run(owner)  # of other settings
    for nats, where in (((low + high) / 2, "lies inside"), (high + 0.5, "lies outside")):
        steps = 1000 if where == "lies inside" else 2000
        store.record(run, [Evaluated(steps, 64, "validation", nats, 700, True)])
        well(at.run())
        assert says(at, f"{nats:.3f} nats per token, {where}")
    forget(store, run, other)


def test_the_sentences_say_what_the_figures_say() -> None:
    file = study()
    best, other = swapped(file.ranked())[0]
    text = effect.misled(file)
    assert f"({best.mean(BITS):.3f} bits per byte beside {other.mean(BITS):.3f})" in text
    assert best.mean(PERPLEXITY) > other.mean(PERPLEXITY)
    spent, means = effect.at_equal_operations(file)
    known = [one for one in file.results if one.figures[BITS] is not None]
    ends = [one.curve[-1].tokens * one.figures["operations_per_token"] for one in known]
    assert spent == min(ends)
    assert list(means) == sorted(means, key=means.__getitem__)
    assert set(means) == {one.model for one in known}
    alone = TokenizerStudy(file.command, file.machine, file.bytes, file.scored, file.cuts)
    assert effect.at_equal_operations(alone) == (0.0, {})
    assert "is another piece of text" in effect.misled(alone)


def test_a_study_that_is_damaged_or_away_is_said(tmp_path: Path, monkeypatch) -> None:
    def script() -> None:
        from pages._ui.tokenizers import effect

        effect.show()

    (tmp_path / "s.json").write_text("{}")
    for name in ("s.json", "none.json"):
        monkeypatch.setattr(effect, "STUDY", tmp_path / name)
        effect.studied.clear()
        at = AppTest.from_function(script).run()
        assert not at.exception
        assert "make tokenizers" in at.info[0].value
    effect.studied.clear()
