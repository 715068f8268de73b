"""One guess of an n-gram, from no context to the longest: counts, and the arithmetic of the mix."""

from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.counting import reading
from pages._ui.counting.reading import Read, Weighing
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.sources import sources
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.charts.evidence import Source
    from lm_core.models.ngram import Ngram, Part

LONGEST = 80  # characters of a context
OFFERED = 60  # tokens to choose from
CONTEXT = "counting-context"
FIRST = {"items": "emm", "char": "the peop", "word": "the people of the"}


def show(found: Read, order: int, weighing: Weighing, idea: str) -> None:
    """A context, a token, and where its probability comes from."""
    from lm_core.charts.evidence import evidence_bar
    from lm_core.generation.engine import prompt_ids

    model = reading.model(found, order, weighing)
    items = found.held.items
    left, right = st.columns(2, vertical_alignment="bottom")
    context = left.text_input(
        "What came before",
        FIRST["items" if items else found.how.unit],
        max_chars=LONGEST,
        key=f"{CONTEXT}-{'items' if items else found.how.unit}",
        bind="query-params",
        help="The last tokens of it count: as many as the order, less one.",
    )
    ids = [int(id) for id in prompt_ids(found.tokenizer, context, items=items)]
    offered = _likely(model, ids)
    token = right.selectbox(
        "What comes next",
        [id for id, _ in offered],
        format_func=lambda id: _named(found, offered, id),
        key=f"counting-token-{found.how.unit}-{ids[-8:]}",
    )
    parts = model.explain(ids, token)
    told = sources(parts, found.tokenizer.decode)
    dark = st.context.theme.type == "dark"
    chart = evidence_bar(told, found.text(token), dark=dark)
    show_chart(chart, key="counting-evidence", table=False)
    _table(told, parts, weighing)
    st.markdown("**The arithmetic**, from the shortest context to the longest:")
    st.markdown("  \n".join(arithmetic(parts, weighing, model.vocab_size)))
    st.caption(idea)
    if weighing.smoothing == "backoff":
        score = model.score(ids, token)
        st.caption(
            f"Before the division by their sum the score of this token is {score:.5g}: no "
            "probability, as the scores of all tokens do not sum to 1."
        )
    show_source(type(model), "The code: the n-gram")


def arithmetic(parts: "list[Part]", weighing: Weighing, vocab_size: int) -> list[str]:
    """How the probability of each order is made of that of the order below, a line each."""
    lines = [f"every token alike: 1 / {vocab_size:,} = **{parts[0].probability:.6f}**"]
    for before, part in pairwise(parts):
        name = f"order {part.order}"
        if not part.seen:
            said = "its context was never met, so the shorter one answers"
            lines.append(f"{name}: {said}: **{part.probability:.6f}**")
            continue
        own, counted = f"{part.own:.6f}", _own(part, weighing, vocab_size)
        more = f" + {part.gamma:.6f} × {before.probability:.6f}" if part.gamma else ""
        lines.append(
            f"{name}: {counted or own}{more} = **{part.probability:.6f}**"
            + (f", of which {own} by its own counts" if counted and more else "")
        )
    return lines


def _own(part: "Part", weighing: Weighing, vocab_size: int) -> str:
    """What the counts of a run say by themselves, where a fraction says it."""
    c, h, k = part.count, part.seen, weighing.k
    if weighing.smoothing == "kneser-ney":
        more = f" + {weighing.strength:g}" if weighing.strength else ""
        whole = f"({h:,}{more})" if more else f"{h:,}"
        return f"({c:,} − {part.discount:.3f}) / {whole}"
    if weighing.smoothing == "witten-bell" and part.gamma < 1:
        kinds = round(part.gamma * h / (1 - part.gamma))
        return f"{c:,} / ({h:,} + {kinds:,} different ones)"
    if weighing.smoothing == "add-k":
        return f"({c:,} + {k:g}) / ({h:,} + {k:g} × {vocab_size:,})"
    return f"{c:,} / {h:,}" if weighing.smoothing == "ml" else ""


def _likely(model: "Ngram", ids: list[int]) -> list[tuple[int, float]]:
    """The likeliest tokens, and what they get."""
    import torch

    with torch.inference_mode():
        logits, _ = model(torch.tensor([ids]))
    p = logits[0, -1].double().exp()
    top = p.topk(min(OFFERED, len(p)))
    return list(zip(top.indices.tolist(), top.values.tolist(), strict=True))


def _named(found: Read, offered: list[tuple[int, float]], id: int) -> str:
    from lm_core.charts.words import percent

    return f"{plain(found.text(id))} · {percent(dict(offered).get(id, 0.0))}"


def _table(sources: "list[Source]", parts: "list[Part]", weighing: Weighing) -> None:
    from lm_core.charts.evidence import evidence_table

    table = evidence_table(sources)
    table.insert(0, "order", [part.order for part in reversed(parts)])
    table["probability so far"] = [part.probability for part in reversed(parts)]
    if weighing.smoothing != "kneser-ney":
        table = table.drop(columns="discount")
    show_table(table, key="counting-path", height="content", places=4)
