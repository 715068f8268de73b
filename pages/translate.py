"""Translate: a sentence becomes another, token by token, and one sees where the model looks."""

import streamlit as st

from pages._ui.shared import front_door, models, session
from pages._ui.shared.alone import alone
from pages._ui.shared.everywhere import tall
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.translate import beside, drafts, lengths, rungs, search, study, without

DRAFT = "translate-draft"
TICK = 0.35  # seconds between two tokens
BARS = 228  # pixels for the bars of the next token
LOOKS = 470  # and for the alignment
TEXT = "translate-text"
MOVING = "Bars of what the model expects next; the words and numbers are under the picture."
GROWING = "Where the model looked for each token; the words and numbers are under the picture."


def choose() -> tuple[models.Choice, list[models.Choice], str]:
    """Model and sentence."""
    line = st.columns([3, 2], vertical_alignment="bottom")
    with line[1], st.spinner("Waking the models …"):
        every = rungs.choices()
        if not every:
            st.info("No model that translates is here yet: train one on the Train screen.")
            st.stop()
        choice = models.pick(every, models.labels(every), key="translate-model")
    checkpoint = models.load(choice)
    with line[0]:
        text = st.text_input(
            f"Your sentence, in {plain(checkpoint.codec.sides[0])}",
            rungs.offer(rungs.offered(checkpoint), TEXT),
            max_chars=5000,
            key=TEXT,
            bind="query-params",
            help="What the model reads whole before it writes.",
        )
    return choice, every, text


def stage(choice: models.Choice, text: str) -> None:
    """The sentence and what is written of it, the next token, and where the model looks."""
    opening = DRAFT not in st.session_state
    moving = opening or not drafts.at_rest(DRAFT)
    left, right = st.columns([9, 11])
    with left.container(border=True, height="stretch"):
        written = st.container(key="translate-written")
        with st.container(horizontal=True):
            stop = moving and st.button("Stop", type="primary", key="translate-stop")
            write = not moving and st.button("Write on", type="primary", key="translate-write")
            step = st.button("Step", key="translate-step", help="One token more.")
            back = st.button("Back", key="translate-back", help="One token less.")
            again = st.button("Start over", key="translate-again", help="Nothing written yet.")
        bars = st.container(height=tall(BARS), border=False)
        others = st.container(key="translate-others")
    with right.container(border=True, height="stretch"):
        whose = st.container(key="translate-whose")
        looks = st.container(height=tall(LOOKS), border=False)
    about = st.container(key="translate-about", gap="xsmall")
    with written, session.mending(), st.spinner("Waking the model …"):
        st.session_state.setdefault(DRAFT, None)  # where it fails, the clock stops
        draft, fresh = drafts.kept(DRAFT, choice, text)
        if again:
            draft = st.session_state[DRAFT] = drafts.begin(choice, text)
        elif fresh or write:
            draft.left = drafts.MOST_WRITTEN
        if stop or step or back:
            draft.left = 0
        if back:
            draft.back()
        draft.write(1 if step else min(draft.left, 1))
        st.html(drafts.as_html(draft, text))
        with bars:
            show_bars(draft)
        with others:
            choose_another(draft)
        with whose:
            head = choose_head(draft)
        with looks:
            show_looks(draft, head)
        with about:
            notes(choice, draft, head, text)
    if moving == drafts.at_rest(DRAFT):
        st.rerun()  # the fragment's clock starts and stops with the whole page


def show_bars(draft: drafts.Draft) -> None:
    """What could come next, and how likely; moves in place."""
    from lm_core.charts.live_bars import live_token_bars

    expected, token_text = draft.expected(), draft.codec.target.token_text
    chart = live_token_bars(
        [token_text(id) for id, _ in expected],
        [share for _, share in expected],
        places=drafts.PLACES,
    )
    show_chart(chart, key="translate-bars", alt=MOVING)


def choose_another(draft: drafts.Draft) -> None:
    """The likeliest tokens, each of which can be the next one; and any other by its name."""
    if draft.left or draft.over:
        said = "It ended." if draft.ended else "There is no room for more." if draft.full else ""
        st.caption(said or "Stop it to choose a token yourself.")
        return
    from lm_core.charts.words import percent

    expected, token_text = draft.expected(), draft.codec.target.token_text
    ids = [id for id, _ in expected]
    shown = [f"{token_text(id)} {percent(share)}" for id, share in expected]
    key = f"translate-take-{len(draft.ids)}"
    st.pills(
        "Or choose the next token yourself",
        range(len(ids)),
        format_func=lambda place: plain(shown[place]),
        key=key,
        on_change=take,
        args=(key, ids),
    )


def take(key: str, ids: list[int]) -> None:
    """The token that was chosen is the next one."""
    place, draft = st.session_state.get(key), st.session_state.get(DRAFT)
    if draft is not None and place is not None:
        draft.left = 0
        draft.take(ids[place])


def choose_head(draft: drafts.Draft) -> drafts.Head | None:
    """Whose looks are drawn, where there are several."""
    if not draft.heads:
        return None
    called = {drafts.head_called(head): head for head in draft.heads}
    return called[
        st.selectbox(
            "Whose looks",
            list(called),
            key="translate-head",
            bind="query-params",
            help="Every head of every layer looks at the sentence by itself, often each for "
            "something else. Their mean hides what a single one does.",
        )
    ]


def show_looks(draft: drafts.Draft, head: drafts.Head | None) -> None:
    """The alignment so far."""
    found = draft.looks(head)
    if found is None:
        st.info(
            "This model has no attention: all it knows of the sentence is one vector, made before "
            "it writes. It looks nowhere, and there is nothing to draw. Choose one with attention "
            "to see where that looks."
        )
        return
    from lm_core.charts.alignment import alignment

    weights, source, target = found
    chart = alignment(
        weights,
        source,
        target,
        places=len(source) + 2,
        dark=st.context.theme.type == "dark",
        height=LOOKS - 60,
    )
    show_chart(chart, key="translate-looks", alt=GROWING)


def notes(choice: models.Choice, draft: drafts.Draft, head: drafts.Head | None, text: str) -> None:
    """Which model writes, what it could not read, what a picture leaves out."""
    st.caption(plain(rungs.describe(choice)), help=models.WORDS)
    found = draft.looks(head)
    if found is not None and float(found[0].sum(axis=1).min()) < 0.99:
        st.caption(
            "A row of less than 100 %: the rest of the look went to a place of its own that stands "
            "for “nothing”."
        )
    if sentence := rungs.says_unread(draft.codec, text):
        st.info(sentence)


front_door.enter()
st.title("Translate")
st.write(
    "One part reads a sentence whole, another writes it anew, token by token, and looks back at "
    "what the first has read: attention."
)
choice, every, text = choose()
if not text.strip():
    st.info("Type a sentence to translate.")
    st.stop()
clock = None if DRAFT in st.session_state and drafts.at_rest(DRAFT) else TICK
alone(stage, run_every=clock)(choice, text)
if st.session_state.get(DRAFT) is not None:  # else it was said what to mend
    for panel in (search.panel, beside.panel, lengths.panel, without.panel):
        with session.mending():
            panel(choice, every, text)
study.panel()


def code() -> None:
    """The model as a lesson, then how it is asked for a translation, then the fast one."""
    import sys

    from lm_core.generation import translating
    from lm_core.models import models as families
    from lm_core.models.plain import lesson

    fast = families[choice.family].build
    if file := lesson(fast):
        show_source(file, "The code: the whole model in one file")
    show_source(translating, "The code: token by token, and by beams")
    show_source(sys.modules[fast.__module__], "The code: the same model, fast")


code()
