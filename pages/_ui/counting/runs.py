"""N-grams live: order and smoothing as sliders, and the loss on text that was kept from them at
once."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.counting import path, pruning, reading
from pages._ui.counting.reading import Read, Weighing
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.corpus_choice import TEXTS, load_choice, pick_corpus
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart

SMOOTHINGS = {
    "kneser-ney": "Kneser-Ney",
    "witten-bell": "Witten-Bell",
    "backoff": "Stupid back-off",
    "add-k": "Add k",
    "ml": "None",
}
IDEAS = {
    "kneser-ney": "Each count gives up a discount, which goes to the shorter context; that one "
    "counts after how many different tokens something came, not how often.",
    "witten-bell": "The more different tokens followed a context, the more it hands on to the "
    "shorter one.",
    "backoff": "The longest run that was met decides; each step back costs a factor of 0.4, and "
    "the scores are divided by their sum.",
    "add-k": "Some is added to every count, and the longest context that was met decides alone.",
    "ml": "The longest context that was met decides alone, and what never followed it is "
    "impossible.",
}
K = (0.0001, 0.001, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
STRENGTHS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
LOOKS = {"loss": "Loss on new text", "path": "One guess, order by order", "prune": "Forgetting"}


def show() -> None:
    """The part of the screen."""
    st.write(
        "A pair looks back one token. A longer run, an n-gram, looks back further and guesses "
        "better, as long as it was met often enough: the longer it is, the more often a new text "
        "holds one that was never seen. Smoothing is what is done then."
    )
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    below = st.container()
    with left:
        choice = pick_corpus(key="counting-text", kinds=TEXTS, below=below)
    unit, amount = "char", 0
    if choice.ready and not choice.items:
        unit = middle.segmented_control(
            "Count",
            list(reading.UNITS),
            default="char",
            required=True,
            format_func=reading.UNITS.__getitem__,
            key="counting-unit",
            bind="query-params",
        )
        amount = right.select_slider(
            "Text that is read",
            reading.AMOUNTS,
            reading.USUAL,
            format_func=lambda n: f"{n:,}" if n else "all",
            key="counting-amount",
            bind="query-params",
            help="Characters of the training part, of documents spread over all of it.",
        )
    if not choice.ready:
        return
    found = reading.read(load_choice(choice), unit, amount)
    alone(_live)(found)


def _live(found: Read) -> None:
    """Controls and what they change, which alone is drawn anew at a move."""
    order, weighing = _controls(found)
    look = switch("Look at", LOOKS, key="counting-look")
    with session.mending():
        if look == "loss":
            _losses(found, order, weighing)
        elif look == "path":
            path.show(found, order, weighing, IDEAS[weighing.smoothing])
        else:
            pruning.show(found, order, weighing, SMOOTHINGS[weighing.smoothing])
    from lm_core.models import ngram_counts, smoothing

    show_source(smoothing, "The code: from counts to weights")
    show_source(ngram_counts, "The code: counted once, asked in many ways")


def _controls(found: Read) -> tuple[int, Weighing]:
    first, second, third = st.columns(3, vertical_alignment="bottom")
    order = first.slider(
        f"Order ({found.token}s in a run)",
        1,
        found.order,
        min(4, found.order),
        key=f"counting-order-{found.how.unit}",
        bind="query-params",
        help="The one that is guessed, and all before it.",
    )
    smoothing = second.selectbox(
        "Smoothing",
        list(SMOOTHINGS),
        format_func=SMOOTHINGS.__getitem__,
        key="counting-smoothing",
        bind="query-params",
    )
    weighing = Weighing(smoothing)
    with third:
        if smoothing == "add-k":
            k = st.select_slider(
                "k",
                K,
                0.1,
                format_func=lambda k: f"{k:g}",
                key="counting-runs-k",
                bind="query-params",
            )
            weighing = Weighing(smoothing, k=k)
        elif smoothing == "kneser-ney":
            strength = st.select_slider(
                "Trust in shorter contexts",
                STRENGTHS,
                0.0,
                format_func=lambda s: f"{s:g}",
                key="counting-strength",
                bind="query-params",
                help="0 is Kneser-Ney itself; more of it, and rare contexts decide less.",
            )
            weighing = Weighing(smoothing, strength=strength)
    st.caption(IDEAS[smoothing])
    return order, weighing


def _losses(found: Read, order: int, weighing: Weighing) -> None:
    from lm_core.charts.words import nats, percent
    from lm_core.evaluation.surprise import perplexity

    here = reading.tried(found, weighing)[order - 1]
    N = reading.scored(found)
    with st.container(horizontal=True, gap="medium"):
        value = nats(perplexity(here.nats))
        st.metric("Perplexity on new text", value, width="content", help="e to the nats per token.")
        st.metric(f"Nats per {found.token}", nats(here.nats), width="content")
        grams, _ = reading.size(found.how, order, 0, found)
        st.metric("Runs stored", f"{grams:,}", width="content")
        share = percent(here.impossible / N)
        st.metric("Found impossible", share, width="content", help=f"{here.impossible:,} tokens")
    left, right = st.columns(2, gap="medium")
    with left:
        show_chart(_by_order(found, order, weighing), key="counting-orders")
    with right:
        show_chart(_by_strength(found, order, weighing), key="counting-strengths")
    st.markdown(f"**What to notice.** {_noticed(found, order, weighing)}")
    how = "all" if found.whole else f"{found.characters:,} characters"
    st.caption(
        f"Counted: {how} of the training part, {found.tokens:,} {found.token}s of "
        f"{found.tokenizer.vocab_size:,} different ones. Scored: {N:,} {found.token}s of the "
        "validation part. "
        + (
            "Words are in small letters, and those that came once are one token, <unk>, so that "
            "perplexities compare within this screen only."
            if found.how.unit == "word"
            else "Perplexities of characters and of words do not compare: a word is a longer die."
        ).replace("<unk>", plain("<unk>"))
    )


def _others(weighing: Weighing) -> list[Weighing]:
    """Every way to smooth, the chosen one as it is set."""
    return [
        weighing if name == weighing.smoothing else Weighing(name, k=0.1) for name in SMOOTHINGS
    ]


def _by_order(found: Read, order: int, weighing: Weighing) -> "Chart":
    from lm_core.charts.marked_lines import Line, Mark, marked_lines
    from lm_core.charts.words import nats

    orders = list(range(1, found.order + 1))
    lines = [
        Line(SMOOTHINGS[one.smoothing], orders, [t.nats for t in reading.tried(found, one)])
        for one in _others(weighing)
    ]
    chosen = reading.tried(found, weighing)[order - 1].nats
    mark = Mark(SMOOTHINGS[weighing.smoothing], order, f"order {order}: {nats(chosen)}")
    return marked_lines(
        lines,
        title="Loss by order",
        x=f"order ({found.token}s)",
        y=f"nats per {found.token}",
        marks=[mark],
        height=400,
    )


def _by_strength(found: Read, order: int, weighing: Weighing) -> "Chart":
    """How much is smoothed, or, where there is nothing to set, the ways beside each other."""
    from lm_core.charts.marked_lines import Line, Mark, marked_lines
    from lm_core.charts.words import nats

    axes = {"y": f"nats per {found.token}", "height": 400}
    ranged = {"add-k": ("k", K), "kneser-ney": ("strength", STRENGTHS)}
    if weighing.smoothing in ranged:
        field, values = ranged[weighing.smoothing]
        title = f"Loss by {'k' if field == 'k' else 'trust in shorter contexts'}, order {order}"
        tries = [weighing._replace(**{field: value}) for value in values]
        names, at = [f"{value:g}" for value in values], values.index(getattr(weighing, field))
        name, x = SMOOTHINGS[weighing.smoothing], "k" if field == "k" else "trust in shorter ones"
    else:
        title, tries, name, x = (
            f"Loss by smoothing, order {order}",
            _others(weighing),
            "loss",
            "way",
        )
        names = [SMOOTHINGS[one.smoothing] for one in tries]
        at = [one.smoothing for one in tries].index(weighing.smoothing)
    losses = [reading.tried(found, one)[order - 1].nats for one in tries]
    mark = Mark(name, at, f"{names[at]}: {nats(losses[at])}")
    line = Line(name, list(range(len(names))), losses)
    return marked_lines([line], title=title, x=x, names=names, marks=[mark], **axes)


def _noticed(found: Read, order: int, weighing: Weighing) -> str:
    """The best order of the chosen smoothing, and the best of all."""
    from lm_core.charts.words import nats

    losses = [one.nats for one in reading.tried(found, weighing)]
    finite = [(loss, n) for n, loss in enumerate(losses, 1) if math.isfinite(loss)]
    best, at = min(finite)
    every = [
        (one.nats, n, way.smoothing)
        for way in _others(weighing)
        for n, one in enumerate(reading.tried(found, way), 1)
        if math.isfinite(one.nats)
    ]
    loss, n, way = min(every)
    name = SMOOTHINGS[weighing.smoothing]
    said = f"With “{name}” order {at} is best on new text ({nats(best)} nats); "
    if at < found.order and math.isfinite(losses[-1]):
        said += (
            f"order {found.order} is worse again ({nats(losses[-1])}), as it has met too little. "
        )
    elif math.isinf(losses[-1]):
        said += "longer ones meet what they call impossible, and one such token is endless. "
    else:
        said += "longer contexts do no harm, as shorter ones are asked where they are rare. "
    return said + f"Best of all that is drawn: {SMOOTHINGS[way]} with order {n} ({nats(loss)})."
