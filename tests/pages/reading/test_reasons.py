"""A token that is pressed is explained, whatever the family of the model: each number on the page
is the library's."""

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.charts.words import percent
from lm_core.checkpoints import load_checkpoint
from lm_core.inspection.contributions import contributions
from lm_core.inspection.gates import record_gates
from lm_core.inspection.remembered import remembered
from lm_core.inspection.slots import slots
from pages._ui.shared import models
from tests.pages.html import html
from tests.pages.screens import table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"
ANNA, AT = "bo\nanna", 5  # the last letter but one of the second name: bo⏎ann
BEFORE = "an"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(folder: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    offered = models.that_read()
    called = zip(models.labels(offered), offered, strict=True)
    address |= {"model": next(name for name, one in called if one.folder.name == folder)}
    for name, value in address.items():
        app.query_params[f"reading-{name}"] = value
    app.switch_page("pages/reading.py").run()
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    return "\n".join(e.value for e in [*app.markdown, *app.caption])


def test_nothing_is_explained_before_a_token_is_pressed() -> None:
    app = opened("names-ngram", names=ANNA)
    assert "Why this token?" not in said(app)
    assert not [frame for frame in app.dataframe if "counted" in frame.value]


@pytest.mark.parametrize("family", ["ngram", "mlp", "lstm", "transformer"])
def test_a_letter_of_a_name_is_explained_as_its_model_reads(family: str) -> None:
    app = opened(f"names-{family}", names=ANNA, token=str(AT + 1))
    assert "**Why this token?** “n”, token 6 of 8" in said(app)
    saved = load_checkpoint(models.SHIPPED / f"names-{family}")
    tokenizer, model = saved.tokenizer, saved.model
    seen = [tokenizer.boundary_id, *tokenizer.encode(BEFORE).tolist()]  # of its own name alone
    (id,) = tokenizer.encode("n").tolist()
    with torch.inference_mode():
        logits = model(torch.tensor([seen]))[0][0, -1]
    p = float(logits.softmax(-1)[id])
    assert f"with a probability of {percent(p)}" in said(app)
    if family == "ngram":
        assert sum(part.share for part in model.explain(seen, id)) == pytest.approx(p, rel=1e-4)
        counted = table(app, "counted")
        deepest = model.explain(seen, id)[-1]
        assert counted["counted"].iloc[0] == f"{deepest.count:,} of {deepest.seen:,}"
        places = "".join(body for body in html(app) if "margin-bottom:0.7rem" in body)
        assert places.count("<b ") == 5
        assert places.count(">ann</b>") == 5  # where a name begins so
        return
    reach = table(app, "tokens seen")["probability (share of 1)"]
    assert reach.iloc[-1] == pytest.approx(p, rel=1e-4)
    if family == "mlp":
        adds = list(slots(model, seen, id).adds)[::-1]
        assert list(table(app, "added to ln p (nats)")["added to ln p (nats)"]) == pytest.approx(
            adds, abs=1e-5
        )
    elif family == "lstm":
        shares = remembered(record_gates(model, torch.tensor(seen))).shares.flip(0).tolist()
        shown = table(app, "share of the memory (share of 1)").iloc[:, 2]
        assert list(shown) == pytest.approx(shares, abs=1e-5)
    else:
        moved = table(app, "adds to the logit")["adds to the logit"]
        values = contributions(model, torch.tensor(seen)).to(id).tolist()
        assert list(moved) == pytest.approx(values, abs=1e-5)
        assert float(moved.sum()) == pytest.approx(float(logits[id]), abs=1e-4)
        assert "Switch off" in "".join(link.proto.label for link in app.get("page_link"))


def test_two_models_are_asked_about_the_same_letter_and_both_sides_are_said() -> None:
    app = opened("speeches-encoder", text="The state of the union is strong.", token="3")
    assert "sees both sides of a place at once" in said(app)
