"""Back in time: what a run wrote, expected and looked at, with the weights it had at an earlier
step.

Opened, it reads one snapshot at a time; what was computed from it is kept by run, step and text, so
that dragging back and forth costs nothing twice. Models are not kept.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.back_in_time import pick_step
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.train.curves import per
from pages._ui.train.samples import sample

if TYPE_CHECKING:
    from lm_core.runs.store import Run, RunStore

PLACES = 8  # bars
LONGEST = 24  # tokens of the text that are looked at
OPENING = 24  # characters to begin with
HEIGHT = 300


@dataclass(frozen=True)
class Then:
    """What the model did at one step; plain data. `maps` (L, H, T, T) is None where it has no
    attention, and `expected` empty where it reads both sides."""

    text: str
    pieces: tuple[tuple[str, float], ...]
    expected: list[tuple[str, float]]
    tokens: list[str]
    maps: Any


def scrubber(run: "Run") -> None:
    """Folded away until somebody asks for it; nothing is read before."""
    label = "Back in time: what it wrote, expected and looked at after an earlier step"
    with st.expander(label, key="train-back", on_change="rerun") as back:
        if not back.open:
            return
        alone(_panel)(run.id)


def _panel(run_id: str) -> None:
    from lm_core.runs.snapshots import snapshot_steps

    with session.mending():
        store = session.manager().store
        run = store.get(run_id, session.visitor())
        steps = snapshot_steps(store, run_id)
        if len(steps) < 2:
            st.caption(
                "The weights are kept at some sixteen steps of a run, the first ones close to each "
                "other. Two are needed to look back: come again in a moment."
            )
            return
        at, prompt = _controls(run, steps)
        then = _then(run_id, at, _changed(store, run_id, at), prompt, store)
        _show(run, at, then)


def _controls(run: "Run", steps: list[int]) -> tuple[int, str]:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    at = pick_step(steps, key=f"train-back-step-{run.id}", place=left)
    prompt = right.text_input(
        "What it reads",
        opening(run),
        max_chars=200,
        key=f"train-back-text-{run.id}",
        help="The same words at every step: what does it expect after them?",
    )
    return at, prompt


def opening(run: "Run") -> str:
    """The first words of the text that the run was scored on: all of it can be read. What cannot be
    seen, and has a sign there, is left out."""
    glue = " " if per(run) == "word" else ""
    text = re.sub("⟨x?[0-9A-F]+⟩|◌", "", glue.join(run.facts.get("probe", [])).replace("·", " "))
    line = next((line.strip() for line in text.split("⏎") if line.strip()), "")
    return line if len(line) <= OPENING else line[:OPENING].rpartition(" ")[0] or line[:OPENING]


def _changed(store: "RunStore", run: str, step: int) -> float:
    """When the snapshot was written: a run that was begun anew has others under the same steps."""
    from lm_core.training.events import Snapshot

    paths = [row["path"] for row in store.since(Snapshot, run) if row["step"] == step]
    return Path(paths[0]).stat().st_mtime if paths and Path(paths[0]).exists() else 0.0


@st.cache_data(max_entries=128, show_spinner=False)
def _then(run: str, step: int, changed: float, prompt: str, _store: "RunStore") -> Then:
    import torch

    from lm_core.generation import SamplerSettings
    from lm_core.generation.engine import prompt_ids
    from lm_core.generation.writer import Writer, candidates
    from lm_core.inspection import attention_maps, has_attention
    from lm_core.runs.snapshots import snapshot_checkpoint
    from lm_core.tasks.samples import write_sample

    torch.set_num_threads(1)  # small models answer fastest on one, and training keeps the rest
    saved = snapshot_checkpoint(_store, run, step)
    model, tokenizer = saved.model, saved.tokenizer
    ids = prompt_ids(tokenizer, prompt, items=saved.items)
    kept = ids[-min(LONGEST, model.context_size or LONGEST) :]
    tokens = [tokenizer.token_text(int(id)) for id in kept]
    maps = None
    if has_attention(model):
        maps = attention_maps(model, torch.tensor(kept)).numpy()
    if not model.causal:
        return Then("", (), [], tokens, maps)
    text, pieces = write_sample(model, tokenizer, items=saved.items)
    likely = candidates(Writer(model, ids).logits, SamplerSettings(), PLACES)
    expected = [(tokenizer.token_text(c.id), c.probability) for c in likely]
    return Then(text, pieces, expected, tokens, maps)


def _show(run: "Run", at: int, then: Then) -> None:
    from lm_core.charts.colour_text import token_legend
    from lm_core.charts.live_bars import live_token_bars
    from lm_core.charts.live_heads import live_head

    parts = st.columns(3 if then.maps is not None else 2)
    with parts[0].container(border=True, height="stretch"):
        st.markdown("## It writes")
        if then.text:
            st.html(sample({"step": at, "text": then.text, "pieces": then.pieces}))
            st.html(token_legend())
        else:
            st.caption("This model reads both sides of a gap: it fills gaps and writes nothing on.")
    with parts[1].container(border=True, height="stretch"):
        tokens, given = [token for token, _ in then.expected], [p for _, p in then.expected]
        chart = live_token_bars(tokens, given, places=PLACES)
        show_chart(chart, key="train-back-bars", table=False, alt="What it expects next.")
        st.caption(plain(chart.alt))
    if then.maps is None:
        return
    with parts[2].container(border=True, height="stretch"):
        L, H = then.maps.shape[:2]
        places = st.columns(2)
        with places[0]:
            layer = choose("Layer", [str(i + 1) for i in range(L)], key="train-back-layer")
        with places[1]:
            head = choose("Head", [str(i + 1) for i in range(H)], key="train-back-head")
        dark = st.context.theme.type == "dark"
        chart = live_head(
            then.maps[layer, head], then.tokens, layer, head, dark=dark, height=HEIGHT
        )
        show_chart(chart, key="train-back-map", table=False, alt="Who looks at whom: see below.")
        st.caption(f"{plain(chart.alt)} A row looks, a column is looked at.")
