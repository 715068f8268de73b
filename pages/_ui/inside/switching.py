"""Switch off: what a model does without some of its heads, attentions and MLPs."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.inside import asked, effects
from pages._ui.inside.look import Look
from pages._ui.inside.sample import Sample, sample_of
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.surprise import surprise_metric

if TYPE_CHECKING:
    from torch import Tensor

OFF, OFF_OF, SEED = "attention-off", "attention-off-of", "attention-off-seed"
TOKENS, NAMES, LENGTH = 60, 6, 24  # written after a text; items, and the most tokens of one
BARS = 6
NOT_WHY = (
    "**Attention is not explanation.** Where a head looks says what it reads, not whether the "
    "guess needs it: a head with a striking picture may change nothing when it is gone, and one "
    "with a dull picture a lot, since others can stand in for it. Switching off asks the model "
    "itself (Jain and Wallace 2019, “Attention is not Explanation”; Wiegreffe and Pinter "
    "2019 answer them)."
)


def room(look: Look) -> None:
    """The choice of what is off, and the model with and without it."""
    from lm_core.inspection import ablation
    from lm_core.inspection.parts import parts_of

    parts = {part.called: part for part in parts_of(look.checkpoint.model)}
    if not parts or look.ids is None:
        st.info("This model has no heads or MLPs that could be switched off: choose a Transformer.")
        return
    st.write(
        "A head that is switched off adds nothing to the stream: its values are taken as zero. So "
        "it is with a whole attention, and with an MLP. Nothing is learned anew, and nobody else "
        "who uses this model notices."
    )
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    off = _choice(look, list(parts), left)
    seed = right.number_input(
        "Seed", 0, 2**31 - 1, 0, key=SEED, bind="query-params", help="Of what it writes."
    )
    sample = sample_of(look)
    if off:
        _loss(look, sample, off)
        _guess(look, off)
        _texts(look, off, int(seed))
    else:
        st.caption("Nothing is switched off: choose a part above.")
    st.markdown(NOT_WHY)
    st.markdown("### Each part alone")
    effects.panel(look, sample, list(parts.values()))
    show_source(ablation, "The code: how a part is switched off")


def _choice(look: Look, called: list[str], place: object) -> tuple[str, ...]:
    """Names of what is off; at first the head that is shown large."""
    if not set(st.session_state.get(OFF, ())) <= set(called):
        del st.session_state[OFF]  # of another model
    mine = look.part()
    begin = {} if OFF in st.session_state or mine is None else {"default": [mine.called]}
    return tuple(
        place.multiselect(
            "Switched off",
            called,
            **begin,
            key=OFF,
            bind="query-params",
            placeholder="Choose heads, attentions, MLPs",
        )
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _twin(folder: str, stamp: float, off: tuple[str, ...], _look: Look) -> object:
    from lm_core.inspection.ablation import without
    from lm_core.inspection.parts import parts_of

    model = _look.checkpoint.model
    return without(model, [part for part in parts_of(model) if part.called in off])


def twin(look: Look, off: tuple[str, ...]) -> object:
    """The model without these parts; itself without any."""
    return _twin(*look.key, off, look) if off else look.checkpoint.model


@st.cache_resource(max_entries=64, show_spinner="Measuring the loss …")
def _nats(folder: str, stamp: float, said: str, off: tuple[str, ...], _of: tuple) -> "Tensor":
    look, sample = _of
    return sample.nats(twin(look, off))


def nats(look: Look, sample: Sample, off: tuple[str, ...] = ()) -> "Tensor":
    """The surprise at each token of the sample, without these parts."""
    typed = (look.text + "\n" + look.target) if "your text" in sample.said else ""
    return _nats(*look.key, sample.said + typed, off, (look, sample))


def _loss(look: Look, sample: Sample, off: tuple[str, ...]) -> None:
    from lm_core.charts.words import nats as figure
    from lm_core.inspection.ablation import effect

    before, after = nats(look, sample), nats(look, sample, off)
    found = effect(None, before.double(), after.double())
    one, two, three = st.columns(3)
    unit = look.tokenizer.unit
    surprise_metric(f"Loss before, per {unit}", float(before.double().mean()), place=one)
    surprise_metric(f"Loss after, per {unit}", float(after.double().mean()), place=two)
    three.metric("Change", effects.change(found.change), help=effects.ERROR)
    st.caption(
        f"Measured on {plain(sample.said)}. The change is sure to ± {figure(found.error)}, the "
        "standard error over these tokens."
    )


def _guess(look: Look, off: tuple[str, ...]) -> None:
    """The next token, before and after."""
    from lm_core.charts.with_without import with_without

    place = asked.ask(look)
    before = place.logits(look.checkpoint.model).float().softmax(-1)
    after = place.logits(twin(look, off)).float().softmax(-1)
    ids = list(dict.fromkeys([*before.topk(BARS - 2).indices.tolist(), *_first(after)]))[:BARS]
    chart = with_without(
        [place.name(id) for id in ids],
        before[ids].tolist(),
        after[ids].tolist(),
        called=("Before", "Without them"),
        title="What it expects there",
        x="probability of the token",
    )
    show_chart(chart, key="attention-off-bars")


def _first(shares: "Tensor") -> list[int]:
    return shares.topk(2).indices.tolist()


def _texts(look: Look, off: tuple[str, ...], seed: int) -> None:
    if not (look.choice.of_pairs or look.checkpoint.model.causal):
        st.caption("This model reads both sides of a text, so it writes nothing on.")
        return
    before, after = st.columns(2)
    for place, name, parts in ((before, "It writes", ()), (after, "Without them it writes", off)):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{name}**")
            written = _written(*look.key, parts, look.text, seed, look)
            st.text(readable(written) or "(nothing)")
    st.caption(
        "The likeliest token each time."
        if look.choice.of_pairs
        else f"Drawn at temperature 0.8 with seed {seed}, the same both times."
    )


@st.cache_data(max_entries=64, show_spinner="It writes …")
def _written(
    folder: str, stamp: float, off: tuple[str, ...], text: str, seed: int, _look: Look
) -> str:
    """What it writes after the text, or of a list; of a translator its answer."""
    from lm_core.generation import SamplerSettings
    from lm_core.generation.engine import write_text
    from lm_core.generation.translating import translate

    model, tokenizer = twin(_look, off), _look.tokenizer
    if _look.choice.of_pairs:
        ids, most = _look.source.tolist(), model.context_size
        tokens = min(2 * len(ids) + 10, most or TOKENS)
        (found,) = translate(model, [ids], boundary_id=tokenizer.boundary_id, max_tokens=tokens)
        return tokenizer.decode(found.ids)
    items = _look.choice.items
    written = write_text(
        model,
        tokenizer,
        "" if items else text,
        max_tokens=LENGTH if items else TOKENS,
        samples=NAMES if items else 1,
        sampler=SamplerSettings(temperature=0.8),
        seed=seed,
        items=items,
    )
    return ", ".join(written) if items else written[0][len(text) :].strip()


def offer(part: str) -> None:
    """Another part of the screen has it switched off."""
    st.session_state[OFF] = [part]
