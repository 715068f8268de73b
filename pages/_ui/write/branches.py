"""Other ways for a text to go on: by hand, taken back, or several drawn from one place and kept as
a tree that one can return to.

A widget only says what is asked; `fulfil` does it when the text is drawn the next time.
"""

from math import log
from typing import Any

import streamlit as st

from pages._ui.shared.plain import plain
from pages._ui.write import writing
from pages._ui.write.controls import Controls

ASKED, HAND = "generate_text-asked", "generate_text-hand"
MOST, FEW = 12, 2  # branches that are kept, and drawn at once
LONGEST = 60  # tokens of each
TOKENS = 8  # to choose from by hand
MINE = "your text"


def ask(*what: Any) -> None:
    """Note what was asked for."""
    st.session_state[ASKED] = what


def fulfil(draft: writing.Draft, how: Controls) -> bool:
    """Do what was asked for, and whether there was something.

    Raises:
        BadCheckpoint: weights too large to compute with.
    """
    match st.session_state.pop(ASKED, None):
        case ("take", int(at), int(id)):
            draft.back_to(at)
            draft.take(id)
        case ("back", int(length)):
            draft.back_to(min(length, len(draft.pieces)))
        case ("branch", int(at), int(count)):
            _draw(draft, at, count, how)
        case ("return", writing.Branch() as branch):
            keep(draft, draft.branch(MINE))
            draft.resume(branch)
        case ("forget",):
            draft.branches.clear()
        case _:
            return False
    draft.left = 0
    return True


def keep(draft: writing.Draft, branch: writing.Branch) -> None:
    """Among the branches, unless one of them begins with all of it; those that it goes on from are
    part of it."""
    ids, every = branch.ids, draft.branches
    if not ids or any(one.ids[: len(ids)] == ids for one in every):
        return
    draft.branches = [one for one in every if ids[: len(one.ids)] != one.ids] + [branch]


def _draw(draft: writing.Draft, at: int, count: int, how: Controls) -> None:
    """`count` continuations from token `at` on, each with a seed of its own."""
    from lm_core.generation.writer import Writer

    keep(draft, draft.branch(MINE))
    writer = draft.writer
    for _ in range(count):
        draft.draws += 1
        seed = draft.begun[2] + draft.draws
        other = Writer(draft.checkpoint.model, writer.prompt, seed=seed)
        other.resume(writer.written[:at], writer.probabilities[:at])
        grown = writing.Draft(
            draft.begun,
            draft.prompt,
            draft.checkpoint,
            other,
            draft.pieces[:at],
            draft.samplers[:at],
        )
        grown.write(min(how.length, LONGEST), how.sampler, how.stop)
        keep(draft, grown.branch(f"seed {seed}"))


def panel(draft: writing.Draft, at: int | None, how: Controls) -> None:
    """What can be done at the token that is shown, or at the end; and the tree."""
    end = len(draft.pieces)
    place = end if at is None else at
    where = "Write the next token by hand" if at is None else f"Another token for number {at + 1}"
    _by_hand(draft, at, where)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input(
            "Branches", 1, 4, FEW, key="generate_text-branches", bind="query-params", width=120
        )
        room = MOST - len(draft.branches) - 1
        st.button(
            "Branch at the end" if at is None else f"Branch before token {at + 1}",
            key="generate_text-branch",
            on_click=ask,
            args=("branch", place, int(count)),
            disabled=room < count,
            help=f"So many continuations of up to {LONGEST} tokens are drawn from there and kept.",
        )
        if at is not None:
            st.button(
                f"Take back from token {at + 1} on",
                key="generate_text-back_to",
                on_click=ask,
                args=("back", at),
            )
        if draft.branches:
            st.button(
                "Forget the branches",
                key="generate_text-forget",
                type="tertiary",
                on_click=ask,
                args=("forget",),
            )
    if room < count:
        st.caption(f"{MOST} branches are kept at most: forget them to draw new ones.")
    if not draft.branches:
        st.caption(
            "Press a token of the text to branch before it. Nothing that was written is lost: it "
            "becomes a branch too."
        )
        return
    _tree(draft)


def _by_hand(draft: writing.Draft, at: int | None, where: str) -> None:
    """One of the likeliest there."""
    from lm_core.charts.words import percent, unique_labels
    from lm_core.generation.writer import AS_THEY_ARE

    if at is None and len(draft.pieces) >= writing.MOST_WRITTEN:
        return
    found = draft.expected(AS_THEY_ARE, TOKENS) if at is None else draft.possible(at, TOKENS)
    token_text = draft.checkpoint.tokenizer.token_text
    names = unique_labels([token_text(one.id) for one in found])
    labels = {one.id: f"{name} {percent(one.own)}" for one, name in zip(found, names, strict=True)}

    def take() -> None:
        id = st.session_state[HAND]
        st.session_state[HAND] = None
        if id is not None:
            ask("take", len(draft.pieces) if at is None else at, id)

    st.pills(
        where,
        list(labels),
        format_func=lambda id: plain(labels.get(id, "")),
        key=HAND,
        on_change=take,
        wrap=True,
    )


def _tree(draft: writing.Draft) -> None:
    """The branches, what they share once, and a way back to each."""
    rows = draft.branches
    st.html(drawn(draft))
    with st.container(horizontal=True):
        for k, row in enumerate(rows):
            if row.ids != draft.writer.written:
                st.button(
                    f"Go on with {name(k)}",
                    key=f"generate_text-return-{k}",
                    on_click=ask,
                    args=("return", row),
                )


def name(k: int) -> str:
    """A letter for each branch."""
    return chr(ord("A") + k)


def drawn(draft: writing.Draft) -> str:
    """Safe HTML: a list in a list for each place where the branches part, the tokens coloured."""
    from lm_core.charts.colour_text import token_spans
    from lm_core.charts.words import count
    from lm_core.charts.words import surprise as in_words
    from lm_core.generation.branches import limbs

    rows = draft.branches
    tree = limbs([row.ids for row in rows])

    def shown(here: int) -> str:
        limb = tree[here]
        row = rows[limb.rows[0]]
        part = slice(limb.start, limb.stop)
        text = token_spans(row.pieces[part], row.probabilities[part])
        said = "".join(_end(k) for k in limb.ends)
        below = [k for k, one in enumerate(tree) if one.parent == here]
        inner = "".join(map(shown, below))
        style = "margin:2px 0 2px 4px;padding-left:14px;border-left:2px solid #7A7A7A"
        inner = f'<ul style="list-style:none;{style}">{inner}</ul>' if inner else ""
        return f"<li>{text}{said}{inner}</li>"

    def _end(k: int) -> str:
        row = rows[k]
        surprise = -sum(log(p) if p > 0 else float("-inf") for p in row.probabilities)
        here = ", shown above" if row.ids == draft.writer.written else ""
        return (
            f'<div style="font-size:0.85rem"><b>{name(k)}</b> ({row.said}{here}): '
            f"{count(len(row.ids), 'token')}, {in_words(surprise / len(row.ids), 'token')}</div>"
        )

    return f'<ul style="list-style:none;padding-left:0;margin:0">{shown(0)}</ul>'
