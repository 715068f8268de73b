"""Where do they differ? Models of one text beside each other: on a sentence, and over all that was
kept from them, by place, by how common a token is, by length; how far back each looks, how sure it
is.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts.words import numbered_apart
from lm_core.visible import readable
from pages._ui.shared import models, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import several, switch

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.corpora import Corpus
    from lm_core.encoded import Encoded
    from lm_core.evaluation.differences import Mean

MOST, TOKENS, TARGETS = 6, 20_000, 400
OF = "compare-differ-corpus"  # in the session: the text that the choice of models was made on
SENTENCES = {True: "marietta", False: "The state of the union is strong"}
SIZES = {True: (1, 2, 3, 4, 5, 6), False: (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)}
# By name: what the bins are of, and what the picture is called.
VIEWS = {
    "Sentence": ("", ""),
    "Place": ("tokens before it in its text", "Surprise by place"),
    "Frequency": ("times it stands in the training text", "Surprise by how common a token is"),
    "Last seen": (
        "tokens since the same one stood in its text (0: the first time)",
        "Surprise by how long ago it was seen",
    ),
    "Length": ("tokens of its text, the end included", "Perplexity by length"),
    "Sentence length": (
        "tokens of its sentence, the end included",
        "Perplexity by sentence length",
    ),
    "How far back": ("tokens before it that can be seen", "Surprise where the past is cut"),
    "How sure": ("", ""),
}


def differ(corpus: str) -> None:
    """The section, folded up until somebody asks.

    Args:
        corpus: by name, of the race above: models of it are shown first.
    """
    panel = st.expander("Where do they differ?", key="compare-differ", on_change="rerun")
    if panel.open:
        with panel, session.mending():
            _section(corpus)


def groups() -> dict[str, list[models.Choice]]:
    """What a text is called and cut into -> the models that read it so, where there are several."""
    found: dict[str, list[models.Choice]] = {}
    for choice in models.shipped() + models.own():
        if choice.writes:
            found.setdefault(f"{choice.corpus} {_cut(choice)}", []).append(choice)
    return {name: of for name, of in found.items() if len(of) > 1}


def _title(choice: models.Choice) -> str:
    """The text of a group, and what it is cut into."""
    from lm_core.tokenizers import tokenizers

    text = readable(str(choice.card.get("corpus", {}).get("title", "own text")))
    return f"{text}, {tokenizers[choice.cut].title.lower()}" if choice.cut else text


def _cut(choice: models.Choice) -> str:
    from lm_core.json_files import dumps

    spec = choice.card.get("spec", {})
    return dumps([spec.get("codec", {}), spec.get("data", {})], sort_keys=True)


def _section(corpus: str) -> None:
    known = groups()
    if not known:
        st.info("Nothing is here to lay beside each other: train two models of the same text.")
        return
    names = sorted(known, key=lambda name: not name.startswith(f"{corpus} "))
    of = known[names[0]]
    if len(names) > 1:
        titles = numbered_apart([_title(known[name][0]) for name in names])
        key = "compare-differ-of"
        if st.session_state.setdefault(OF, corpus) != corpus:  # of the text that was chosen since
            st.session_state[OF], st.session_state[key] = corpus, titles[0]
        named = st.selectbox("Models of", titles, key=key, bind="query-params")
        of = known[names[titles.index(named)]]
    labels = models.labels(of)
    by_label = dict(zip(labels, of, strict=True))
    st.write(
        "Models that read the same text, cut into the same tokens. A mean hides where they differ: "
        "a model that counts is good at what it saw often, one that looks far back at what depends "
        "on it."
    )
    key = "compare-differ-models"
    chosen = several("Models", labels, labels[:3], key=key, format_func=plain)
    if len(chosen) > MOST:
        st.caption(f"The first {MOST} of {len(chosen)} are shown.")
    chosen = chosen[:MOST]
    items = of[0].items  # one running text has one length, but sentences
    views = {view: view for view in VIEWS if view != ("Sentence length" if items else "Length")}
    view = switch("View", views, key="compare-differ-view")
    if not chosen:
        st.caption("Choose at least one model.")
        return
    shown = {label: by_label[label] for label in chosen}
    if view == "Sentence":
        _sentence(shown)
        return
    chart = _sure(shown) if view == "How sure" else _bins(shown, view)
    show_chart(chart, key=f"compare-differ-{view}")
    of = f"On {TOKENS:,} tokens at most of the text that was kept from them."
    st.caption(f"{plain(chart.alt)} {of}")


def _sentence(shown: dict[str, models.Choice]) -> None:
    """A text of one's own under each model, and the difference of any two."""
    from lm_core.charts.colour_text import token_legend, token_spans
    from lm_core.charts.family_bins import token_difference

    items = next(iter(shown.values())).items
    key = f"compare-differ-text-{items}"
    text = st.text_input("Text", SENTENCES[items], key=key, bind="query-params", max_chars=400)
    scored = {}
    for label, choice in shown.items():
        with st.container(border=True):
            tokens, nats = scored[label] = _scored(choice, text)
            st.caption(f"{plain(label)}: {sum(nats):.2f} nats in all")
            st.html(token_spans(tokens, [_chance(one) for one in nats]))
    st.html(token_legend())
    if len(scored) > 1:
        left, right = st.columns(2)
        labels = list(scored)
        one = left.selectbox("First", labels, key="compare-differ-one", bind="query-params")
        rest = [label for label in labels if label != one]
        other = right.selectbox("Second", rest, key="compare-differ-other", bind="query-params")
        both = {label: scored[label][1] for label in (one, other)}
        show_chart(token_difference(scored[one][0], both), key="compare-differ-tokens")


def _chance(nats: float) -> float:
    import math

    return math.exp(-nats)


def _scored(choice: models.Choice, text: str) -> tuple[list[str], list[float]]:
    """The tokens of a text and the surprise of each. Running text begins after a line end, as its
    first token would not be guessed else.

    Raises:
        BadText: a letter that the model never saw, or no text at all.
        BadCheckpoint: weights too large to compute with.
    """
    from lm_core.encoded import encode_documents
    from lm_core.errors import BadCheckpoint
    from lm_core.evaluation import token_nats
    from lm_core.models.contract import NO_NUMBERS

    saved = models.load(choice)
    encoded = encode_documents([text, text], saved.tokenizer, items=True)
    n = encoded.starts[1]  # one item from its boundary to the next
    nats = token_nats(saved.model, encoded)[:n]
    if nats.isnan().any():
        raise BadCheckpoint(NO_NUMBERS)
    tokens = [saved.tokenizer.token_text(int(i)) for i in encoded.ids[1 : n + 1]]
    keep = slice(None) if choice.items else slice(None, -1)  # a sentence need not end
    return tokens[keep], nats.tolist()[keep]


def _corpus(choice: models.Choice) -> "Corpus":
    """Raises LabError where its text is not here."""
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import text_of

    return load_text(text_of(choice.card))


def _part(choice: models.Choice, split: str) -> "Encoded":
    """A split of its text as it reads it."""
    from lm_core.encoded import encode_documents

    saved, corpus = models.load(choice), _corpus(choice)
    given = corpus.splits[split]
    return encode_documents(given, saved.tokenizer, items=corpus.items, skip_unknown=True)


def _held(choice: models.Choice) -> "Encoded":
    """What was kept from it, as much as is looked at."""
    from lm_core.encoded import glimpse

    return glimpse(_part(choice, "validation"), TOKENS)


def _bins(shown: dict[str, models.Choice], view: str) -> "Chart":
    from lm_core.charts.family_bins import Bins, family_bins
    from lm_core.evaluation.surprise import perplexity

    of, title = VIEWS[view]
    length = view in ("Length", "Sentence length")
    unit = "perplexity per token" if length else "nats per token"
    # All are asked for the same tokens, so none looks back further than the shortest context.
    contexts = [models.load(choice).model.context_size for choice in shown.values()]
    least = min((size for size in contexts if size is not None), default=None)
    lines = []
    for label, choice in shown.items():
        sizes = tuple(k for k in SIZES[choice.items] if least is None or k <= least)
        found = _measured(str(choice.folder), models.stamp(choice), view, sizes, choice)
        values = tuple(perplexity(one.nats) if length else one.nats for one in found)
        names, tokens = (one.label for one in found), (one.tokens for one in found)
        lines.append(Bins(label, choice.family, tuple(names), values, tuple(tokens)))
    return family_bins(lines, title=title, of=of, unit=unit)


@st.cache_data(max_entries=64, show_spinner="Reading what was kept from it …")
def _measured(
    folder: str, stamp: float, view: str, sizes: tuple[int, ...], _choice: models.Choice
) -> "list[Mean]":
    from lm_core.evaluation import differences, token_nats

    saved, held = models.load(_choice), _held(_choice)
    if view == "How far back":
        return differences.reach(saved.model, held, sizes, targets=TARGETS)
    nats = token_nats(saved.model, held)
    how: dict[str, Callable[[], list[Mean]]] = {
        "Place": lambda: differences.by_place(nats, held),
        "Frequency": lambda: differences.by_frequency(
            nats, held, _part(_choice, "train"), saved.tokenizer.vocab_size
        ),
        "Last seen": lambda: differences.by_distance(nats, held),
        "Length": lambda: differences.by_length(nats, held),
        "Sentence length": lambda: differences.by_sentence(
            nats, held, differences.sentence_ends(saved.tokenizer)
        ),
    }
    return how[view]()


def _sure(shown: dict[str, models.Choice]) -> "Chart":
    from lm_core.charts.family_bins import calibration_lines

    found = {}
    for label, choice in shown.items():
        bins, error = _calibrated(str(choice.folder), models.stamp(choice), choice)
        found[label] = choice.family, bins, error
    return calibration_lines(found)


@st.cache_data(max_entries=64, show_spinner="Reading what was kept from it …")
def _calibrated(
    folder: str, stamp: float, _choice: models.Choice
) -> tuple[list[tuple[float, float, int]], float]:
    from lm_core.evaluation.calibration import calibration, expected_calibration_error

    bins = calibration(models.load(_choice).model, _held(_choice))
    return [(b.confidence, b.right, b.count) for b in bins], expected_calibration_error(bins)
