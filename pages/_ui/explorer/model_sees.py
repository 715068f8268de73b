"""What a model sees of a text: contexts and targets, a block, a batch, windows, masks."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from pages._ui.explorer import figures
from pages._ui.explorer.item_sees import CHARACTERS, ITEMS, context_and_target
from pages._ui.shared import session
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.corpora import Corpus
    from lm_core.encoded import Encoded
    from lm_core.tokenizers import Tokenizer

ITEM, BLOCK, BATCH, WINDOWS, MASKS = (
    "Context and target",
    "A block",
    "A batch",
    "Windows",
    "Padding and masks",
)
STREAM = 33  # tokens whose windows are drawn


class _Cut(NamedTuple):
    """The beginning of the training text as ids, and what made them."""

    encoded: "Encoded"
    tokenizer: "Tokenizer"


def show(corpus: "Corpus") -> None:
    """One of the five."""
    looks = [ITEM, BLOCK, BATCH, WINDOWS, MASKS]
    look = st.segmented_control(
        "What it sees", looks, default=ITEM, required=True, key="explorer-sees", bind="query-params"
    )
    if look == ITEM:
        context_and_target(corpus)
        return
    cut = st.segmented_control(
        "Tokens",
        ["char", "word"],
        default="char",
        required=True,
        format_func={"char": "Characters", "word": "Words"}.get,
        key="explorer-sees-tokens",
        bind="query-params",
    )
    with session.mending():
        made = _cut(corpus, cut)
        {BLOCK: _block, BATCH: _batch, WINDOWS: _windows, MASKS: _masks}[look](made)


@figures.kept(8, "Cutting …")
def _cut(corpus: "Corpus", name: str) -> _Cut:
    """The first items or documents, as training reads them."""
    from lm_core.encoded import encode_documents
    from lm_core.tokenizers import tokenizers

    texts, left = [], CHARACTERS
    for text in corpus.splits["train"][:ITEMS]:
        texts.append(text[:left])
        left -= len(texts[-1])
        if left <= 0:
            break
    kind = tokenizers[name]
    settings = kind.settings(min_frequency=1) if name == "word" else kind.settings()
    tokenizer = kind.build.train(texts, settings, items=corpus.items, form=corpus.info.form)
    return _Cut(encode_documents(texts, tokenizer, items=corpus.items), tokenizer)


def _block(made: _Cut) -> None:
    """The samples that T + 1 tokens in a row hold."""
    import pandas as pd

    from lm_core.contexts import samples

    size = st.number_input(
        "Tokens of the block", 2, 17, 9, key="explorer-block", bind="query-params", width=170
    )
    ids = made.encoded.ids[:size].tolist()
    rows = []
    for context, target in samples(ids):
        said = [made.tokenizer.token_text(id) for id in context]
        rows.append(
            (" ".join(said), made.tokenizer.token_text(target), str(context)[1:-1], str(target))
        )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        table = pd.DataFrame(rows, columns=["when it has read", "it is asked for", "ids", "id"])
        show_table(table, key="explorer-samples", height=360)
    right.markdown(
        f"**What to notice.** {len(ids)} tokens in a row are {len(rows)} samples, of every length "
        f"of context from 1 to {len(rows)}. A model that looks back at all of them, such as a "
        "Transformer, is asked all of these questions in one pass. The number of tokens it can "
        "look back at is called block_size."
    )


def _batch(made: _Cut) -> None:
    """The first batches of a run, as ids or as text, targets underneath."""
    from lm_core.charts.token_grid import ASKED, PADDING, READ, token_grid
    from lm_core.models.contract import IGNORED
    from lm_core.tasks.token_batches import TokenBatches

    with st.container(horizontal=True, vertical_alignment="bottom"):
        B = st.number_input(
            "Rows, B", 1, 8, 4, key="explorer-batch-rows", bind="query-params", width=110
        )
        T = st.number_input(
            "Tokens, T", 2, 16, 8, key="explorer-batch-size", bind="query-params", width=110
        )
        step = st.number_input(
            "Step", 0, 999, 0, key="explorer-batch-step", bind="query-params", width=110
        )
        as_text = st.segmented_control(
            "Shown as",
            ["text", "ids"],
            default="text",
            required=True,
            key="explorer-batch-as",
            bind="query-params",
        )
        along = not made.encoded.items and st.checkbox(
            "Read along",
            key="explorer-batch-along",
            bind="query-params",
            help="Rows of the next step go on where these end, as for a model with a memory.",
        )
    data = made.encoded
    batch = TokenBatches.of(data, batch_size=B, size=T, seed=0, along=along).at(step)
    kinds, texts, names = [], [], []
    for r, (inputs, targets) in enumerate(
        zip(batch.idx.tolist(), batch.targets.tolist(), strict=True), 1
    ):
        there = [target != IGNORED for target in targets]
        for name, ids, kind in ((f"{r} reads", inputs, READ), ("is asked", targets, ASKED)):
            kinds.append([kind if kept else PADDING for kept in there])
            texts.append(
                [
                    (made.tokenizer.token_text(id) if as_text == "text" else str(id))
                    if kept
                    else ("" if kind == READ else str(IGNORED))
                    for id, kept in zip(ids, there, strict=True)
                ]
            )
            names.append(name)
    chart = token_grid(
        kinds, texts, rows=names, title=f"Batch of step {step}, seed 0", x="place in the row, t"
    )
    show_chart(chart, key="explorer-batch")
    rows, width = batch.idx.shape
    padded = rows * width - batch.asked
    st.markdown(
        f"**What to notice.** Inputs and targets are two tables of {rows} × {width} ids, the "
        "targets one token further on: each place is asked for the next token. "
        + (
            f"Items are of different lengths: {padded:,} places are padding, their target is "
            f"{IGNORED}, and no loss is counted there."
            if data.items
            else "Which rows a step reads is decided by the seed and the step alone, so a run that "
            "goes on later reads what it would have read."
        )
    )


def _windows(made: _Cut) -> None:
    """How rows are cut out of a stream of tokens so that each is asked for once."""
    from dataclasses import replace

    from lm_core.charts.token_grid import ASKED, NOTHING, READ, token_grid
    from lm_core.windows import cut

    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.number_input(
            "Inputs in a row", 2, 16, 8, key="explorer-window", bind="query-params", width=150
        )
        overlap = st.number_input(
            "Read again",
            0,
            size - 1,
            min(3, size - 1),
            key="explorer-overlap",
            bind="query-params",
            width=130,
        )
    ids = made.encoded.ids[:STREAM]
    starts = made.encoded.starts[made.encoded.starts < len(ids) - 1]
    some = replace(made.encoded, ids=ids, starts=starts)
    rows, stream = cut(some, size, overlap), ids.tolist()
    said = [made.tokenizer.token_text(id) for id in stream]
    kinds, texts = [], []
    for begin, length, skip in zip(
        rows.begin.tolist(), rows.length.tolist(), rows.skip.tolist(), strict=True
    ):
        asked = range(begin + skip + 1, begin + length + 1)
        seen = range(begin, begin + length + 1)
        kinds.append(
            [ASKED if at in asked else READ if at in seen else NOTHING for at in range(len(stream))]
        )
        texts.append([said[at] if at in seen else "" for at in range(len(stream))])
    chart = token_grid(
        kinds,
        texts,
        rows=[f"row {r}" for r in range(1, len(kinds) + 1)],
        title="How windows are cut",
        x=f"place in the stream, its first {len(stream)} tokens",
        called={READ: "read only", ASKED: "asked for"},
    )
    show_chart(chart, key="explorer-windows")
    st.markdown(
        f"**What to notice.** {rows.asked} tokens are asked for, each exactly once. A row reads "
        f"{overlap} tokens again that the row before has asked for, so that no token is guessed "
        "with less in front of it, but for the first ones. "
        + (
            "No row reaches over the end of an item."
            if some.items
            else "That is how a long text is scored; training takes windows anywhere."
        )
    )


def _masks(made: _Cut) -> None:
    """Who may look at whom: forwards only, or both sides; never at padding."""
    import torch

    from lm_core.charts.token_grid import NOTHING, PADDING, READ, token_grid
    from lm_core.models.attention import make_mask
    from lm_core.tasks.token_batches import TokenBatches

    data, side = made.encoded, st.columns(2, gap="medium")
    batch = TokenBatches.of(data, batch_size=4, size=8, seed=0, along=False).at(0)
    row = int(batch.places.sum(dim=1).argmin())  # the one with the most padding
    padding = ~batch.places[row : row + 1]  # (1, T)
    T = padding.size(1)
    said = [
        made.tokenizer.token_text(id) if kept else ""
        for id, kept in zip(batch.idx[row].tolist(), batch.places[row].tolist(), strict=True)
    ]
    names = [text or "padding" for text in said]
    for place, causal, title in (
        (side[0], True, "Causal mask"),
        (side[1], False, "Both sides, no padding"),
    ):
        may = make_mask(T, T, torch.device("cpu"), causal=causal, padding=padding)
        may = may.expand(1, 1, T, T)[0, 0]  # (T, T)
        kinds = [
            [READ if may[i, j] else PADDING if padding[0, j] else NOTHING for j in range(T)]
            for i in range(T)
        ]
        texts = [[said[j] if kinds[i][j] == READ else "" for j in range(T)] for i in range(T)]
        chart = token_grid(
            kinds,
            texts,
            rows=names,
            title=title,
            x="looked at, place",
            y="looking",
            called={READ: "may be looked at", PADDING: "padding, never"},
        )
        with place:
            show_chart(chart, key=f"explorer-mask-{int(causal)}")
    st.markdown(
        "**What to notice.** A model that guesses the next token may look back only, or it would "
        "read its answer: the triangle. One that fills gaps looks to both sides. Neither looks at "
        "padding, which is no text: its scores are made so low that softmax gives them nothing."
    )
