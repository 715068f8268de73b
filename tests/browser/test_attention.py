"""Attention in a browser: heads are gone through by key and pressed, and the numbers, those of the
further parts, too, are the library's; on a phone too."""

import re
import shutil
from dataclasses import replace
from urllib.parse import urlencode

import pytest
import torch
from playwright.sync_api import Page, expect

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.figures import percent
from lm_core.inspection import attention_maps, text_ids, views_of_pair
from lm_core.inspection.contributions import contributions
from lm_core.inspection.places import positions_of, turned
from lm_core.runs import snapshots
from lm_core.runs.owners import COOKIE
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Snapshot
from pages._ui.inside.sides import translated
from pages._ui.shared import models
from pages._ui.shared.models import SHIPPED
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found

pytestmark = pytest.mark.browser
NAME = "anastasia"
AT = "attention-model=Transformer%2C+US+first+names%2C+2017"


def test_what_moved_a_guess_is_switched_off_and_a_pair_is_turned(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-transformer")
    ids = text_ids(saved.tokenizer, NAME, items=True)
    moved = contributions(saved.model, ids)
    logit = f"{float(moved.logits.max()):.3f}"[:-1]
    page.goto(f"/attention?{AT}&attention-name={NAME}&attention-further=What+moved+the+guess")
    expect(page.locator(".st-key-attention-moved .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text(re.compile("the model's own logit is"))).to_contain_text(logit)
    page.get_by_role("button", name="Switch off layer").click()
    expect(page.get_by_text(re.compile("Measured on 1,0.. tokens"))).to_be_visible()
    expect(page.locator("[data-testid=stMetric]")).to_have_count(3)
    page.get_by_role("radio", name="Positions").click()
    expect(page.locator(".st-key-attention-turned .js-plotly-plot")).to_be_visible()
    pair = turned(positions_of(saved.model), torch.zeros(24), len(NAME), 0)
    said = page.get_by_text(re.compile("Numbers 1 and 13 of the query"))
    expect(said).to_contain_text(f"It stands at place {len(NAME)}")
    expect(said).to_contain_text(f"{pair.step:.4g} radians")
    page.mouse.move(0, 0)  # what is hovered over or has the focus is Streamlit's own colour
    page.evaluate("document.activeElement.blur()")
    at_rest(page)
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_heads_are_gone_through_in_the_browser_and_a_cell_is_the_librarys(page: Page) -> None:
    saved = load_checkpoint(SHIPPED / "names-transformer")
    maps = attention_maps(saved.model, text_ids(saved.tokenizer, NAME, items=True))
    page.goto(f"/attention?{AT}&attention-name={NAME}&attention-layer=1&attention-head=1")
    small = page.locator(".st-key-attention-all [role=slider]")
    large = page.locator(".st-key-attention-one [role=slider]")
    expect(large).to_have_attribute("data-at", "0,0")
    at_rest(page)
    shows = large.get_attribute("data-shows")
    box = large.bounding_box()
    small.focus()
    small.press("ArrowRight")
    small.press("ArrowDown")
    for view in (small, large):
        expect(view).to_have_attribute("data-at", "1,1")
    expect(small).to_have_attribute("aria-valuetext", "Layer 2, head 2")
    expect(page).to_have_url(re.compile("attention-layer=2&attention-head=2"))  # one has settled
    at_rest(page)
    large.focus()
    row, column = map(int, large.get_attribute("data-cell").split(","))
    assert row == 0 or column < row  # the strongest look at another
    large.press("End")
    large.press("PageDown")  # the last token at itself
    weight = float(maps[1, 1, -1, -1])
    expect(large).to_have_attribute("aria-valuetext", re.compile(f": {percent(weight)}$"))
    large.press("Enter")
    expect(page.locator(".katex-display").nth(1)).to_contain_text(f"{weight:.3f}")
    at_rest(page)
    assert (large.get_attribute("data-shows"), large.bounding_box()) == (shows, box)
    expect(large).to_be_focused()


@pytest.mark.slow
def test_a_translator_looks_across_at_its_source(page: Page) -> None:
    source = "two hundred and six"
    offered = models.with_attention()
    called = zip(models.labels(offered), offered, strict=True)
    label = next(name for name, one in called if one.folder.name == "translate-transformer")
    saved = load_checkpoint(SHIPPED / "translate-transformer")
    ids = torch.from_numpy(saved.codec.source.encode(source).astype("int64"))
    written = torch.tensor(list(translated(saved, source).ids))
    views = views_of_pair(saved.model, ids, written, saved.codec)
    (across,) = (view for view in views if view.ids is None)
    weights = across.weights[0, 0]
    address = {"model": label, "source": source, "layer": "1", "head": "1"}
    page.goto("/attention?" + urlencode({f"attention-{k}": v for k, v in address.items()}))
    large = page.locator(".st-key-attention-one [role=slider]")
    expect(large).to_have_attribute("data-at", "0,0")
    at_rest(page)
    large.focus()
    large.press("End")
    large.press("PageDown")
    expect(large).to_have_attribute("data-cell", ",".join(str(n - 1) for n in weights.shape))
    said = re.compile(f": {percent(float(weights[-1, -1]))}$")
    expect(large).to_have_attribute("aria-valuetext", said)
    page.evaluate("document.activeElement.blur()")
    assert found(page) == []


@pytest.mark.slow
def test_a_head_is_seen_at_earlier_steps_of_a_run(page: Page, store: RunStore) -> None:
    page.goto("/attention")
    at_rest(page)
    (visitor,) = (one["value"] for one in page.context.cookies() if one["name"] == COOKIE)
    saved = load_checkpoint(SHIPPED / "names-transformer")
    settings = saved.model.settings.to_dict()
    fresh = build_model("transformer", settings, saved.model.vocab_size, seed=0)
    spec = default_spec(CorpusSpec(name="names"), "transformer")
    spec = replace(spec, model=saved.model.settings).to_dict()
    run = store.create(visitor, "Mine", spec)
    store.update(run, status="finished", facts={})
    made = store.run_folder(run) / "checkpoint"
    save_checkpoint(made, saved.model, saved.tokenizer, saved.meta | {"spec": spec})
    folder = made.with_name(snapshots.FOLDER)
    folder.mkdir()
    for name, called in (("codec.json", snapshots.CODEC), ("meta.json", snapshots.CARD)):
        shutil.copy(made / name, folder / called)
    for step, model in ((1, fresh), (40, saved.model)):
        file = snapshots._file(folder, step)
        store.record(
            run,
            [Snapshot(step, str(snapshots._replace(file, snapshots.save(snapshots.light(model)))))],
        )
    address = {"model": "Yours: Mine", "name": NAME, "layer": "2", "head": "1"}
    address["further"] = "Earlier steps"
    page.goto("/attention?" + urlencode({f"attention-{k}": v for k, v in address.items()}))
    look = attention_maps(saved.model, text_ids(saved.tokenizer, NAME, items=True))[1, 0].tril(-1)
    said = page.get_by_text(re.compile(r"^After step 40\."))
    expect(said).to_contain_text(f"({percent(float(look.max()))})")
    then = attention_maps(fresh.eval(), text_ids(saved.tokenizer, NAME, items=True))[1, 0].tril(-1)
    slider = page.get_by_role("slider", name="Step").last
    slider.focus()
    slider.press("Home")
    said = page.get_by_text(re.compile(r"^After step 1\."))
    expect(said).to_contain_text(f"({percent(float(then.max()))})")
    at_rest(page)
    page.evaluate("document.activeElement.blur()")
    assert found(page) == []
