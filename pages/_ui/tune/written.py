"""ROUGE of what models write after the beginning of a paragraph, and of lead-3 beside them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import models
from pages._ui.shared.corpus_choice import CorpusChoice, load_choice, pick_corpus
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.steps import stage
from pages._ui.shared.tables import show_table
from pages._ui.tune.bases import FIRST_TEXT

if TYPE_CHECKING:
    from lm_core.evaluation.written import Mean, Passage, Piece

MODELS, MOST = "tune-rouge-models", 4
TEMPERATURE = 0.8
CALLED = {
    "lead-3": "lead-3: the three sentences again",
    "unrelated": "what followed in another paragraph",
}
Passages = tuple["Passage", ...]


def rouge() -> None:
    """The task, who takes it, a button, and the table. What a text with summaries asks instead is
    said below the choice."""
    st.write(
        "A paragraph that was kept from the models is begun: they read its first three sentences "
        "and write on by themselves, up to three sentences. ROUGE counts the words and runs of "
        "words that this shares with the sentences that really came next."
    )
    st.caption(
        "This is made of any running text and needs no labels. It is no summary, and there are "
        "many good ways to go on, of which the paragraph took one: all figures are low, and they "
        "compare those who write. They do not say how good a text is. What somebody else's model "
        "has read before, nobody here can tell."
    )
    choices = models.of_text()
    known = dict(zip(models.labels(choices), choices, strict=True))
    if not known:
        st.info("No model of running text is here yet: train one on the Train screen.")
        return
    if not set(st.session_state.get(MODELS, ())) <= set(known):
        del st.session_state[MODELS]  # one that was deleted since
    left, right = st.columns(2, vertical_alignment="top")
    shown = left.multiselect(
        "Models", list(known), [*known][:1], max_selections=MOST, key=MODELS, bind="query-params"
    )
    below = st.container()
    with right:
        corpus = pick_corpus(
            key="tune-text", label="Text", default=FIRST_TEXT, kinds=("text",), below=below
        )
    line = st.columns(2)
    count = line[0].number_input(
        "Paragraphs", 2, 100, 10, key="tune-rouge-count", bind="query-params"
    )
    seed = line[1].number_input(
        "Seed",
        0,
        2**31 - 1,
        0,
        key="tune-rouge-seed",
        bind="query-params",
        help="It draws the paragraphs, the examples and what is written.",
    )
    if not corpus.ready:
        return
    chosen = {name: known[name] for name in shown}
    given, examples = drawn(corpus, int(count), int(seed))
    if given[0].article:
        st.caption(
            "This text holds articles with summaries. The article is read, the summary after "
            "TL;DR: is written, and lead-3 is the article's first three sentences."
        )
    stage(
        "tune-rouge",
        of=(corpus.spec(), given, *((str(c.folder), models.stamp(c)) for c in chosen.values())),
        label="Write and score",
        begin=lambda: _work(chosen, given, examples, int(seed)),
        show=lambda pieces, whole: _show(pieces, whole, given),
    )
    from lm_core.evaluation import written

    show_source(written, "The code: what is written, and what is counted")


def drawn(corpus: CorpusChoice, count: int, seed: int) -> tuple[Passages, Passages]:
    """Paragraphs of the validation split, and examples of the training split.

    Raises:
        LabError: there are none.
    """
    from lm_core.corpora import origin
    from lm_core.evaluation.written import SHOTS

    came_from = corpus.spec(), [] if corpus.text else origin(corpus.name)
    return _drawn(came_from, count, max(SHOTS), seed, corpus)


@st.cache_data(max_entries=16, show_spinner="Looking for paragraphs …")
def _drawn(
    came_from: tuple, count: int, shots: int, seed: int, _corpus: CorpusChoice
) -> tuple[Passages, Passages]:
    from lm_core.evaluation.written import passages

    splits = load_choice(_corpus).splits
    examples = passages(splits["train"], shots, seed=seed)
    return tuple(passages(splits["validation"], count, seed=seed)), tuple(examples)


def _work(
    chosen: dict[str, models.Choice], given: Passages, examples: Passages, seed: int
) -> tuple[Iterator, int]:
    """Every piece, and how many they will be: a paragraph under every model before the next, so
    that what is there at any time is over the same ones."""
    from itertools import chain

    from lm_core.evaluation.written import SHOTS, baselines, written
    from lm_core.generation import SamplerSettings

    shots = [n for n in SHOTS if n <= len(examples)]
    loaded = {name: models.load(choice) for name, choice in chosen.items()}
    sampler = SamplerSettings(temperature=TEMPERATURE)

    def all_of_them() -> Iterator["Piece"]:
        writers = [
            written(
                saved.model,
                saved.tokenizer,
                given,
                examples,
                who=name,
                shots=shots,
                sampler=sampler,
                seed=seed,
            )
            for name, saved in loaded.items()
        ]
        for _ in given:
            for writer in writers:
                for _ in shots:
                    yield next(writer)

    simple = list(baselines(given))
    return chain(simple, all_of_them()), len(simple) + len(given) * len(loaded) * len(shots)


def _show(pieces: "list[Piece]", whole: bool, given: Passages) -> None:
    import pandas as pd

    from lm_core.evaluation.written import means

    found = means(pieces)
    if not found:
        return
    table = pd.DataFrame([_row(one) for one in found])
    show_table(table, key="tune-rouge", places=3, widths={"who": 160})
    st.caption(
        f"F1, from 0 to 1: the mean over {found[0].passages} paragraphs, ± its standard error. "
        f"Written at temperature {TEMPERATURE}. Examples are whole paragraphs put before the "
        "prompt. Where a context is too short for them, the oldest tokens are left out, and the "
        "last column says how much fitted: where that is little, more examples cannot help. A "
        "recurrent network reads all of it, and may have forgotten it by then."
    )
    if whole and (said := notice(found, pieces)):
        st.markdown(said)
    places = sorted({one.place for one in pieces if one.who not in CALLED} or {0})
    place = st.selectbox(
        "A paragraph",
        places,
        format_func=lambda k: f"Paragraph {k + 1}",
        key="tune-rouge-place",
        bind="query-params",
    )
    rows = [("read", given[place].prompt), ("what came next", given[place].reference)]
    rows += [
        (f"{one.who}, {_examples(one.shots)}", one.text)
        for one in pieces
        if one.place == place and one.who not in CALLED
    ]
    for name, text in rows:
        with st.container(border=True):
            st.caption(plain(name))
            st.code(readable(text) or " ", language=None, wrap_lines=True)


def notice(found: "list[Mean]", pieces: "list[Piece]") -> str:
    """The best of the models against lead-3, paragraph by paragraph."""
    from lm_core.evaluation.written import LEAD_3, apart

    wrote = [one for one in found if one.who not in CALLED]
    if not wrote:
        return ""
    best = max(wrote, key=lambda one: one.scores["rouge1"].f1)
    more, error = apart(pieces, (best.who, best.shots), (LEAD_3, 0))
    sure = "more than chance would do" if abs(more) > 2 * error else "which may be chance"
    return (
        f"**What to notice:** in ROUGE-1 the best of what was written lies {more:+.3f} from lead-3 "
        f"(standard error of the difference {error:.3f}): {sure}. A text that only says again what "
        "was read is the baseline that every figure of this kind has to be laid beside."
    )


def _examples(shots: int) -> str:
    from lm_core.figures import count

    return count(shots, "example")


def _row(one: "Mean") -> dict[str, str | float]:
    simple = one.who in CALLED
    return {
        "who": CALLED.get(one.who, one.who),
        "examples": "" if simple else str(one.shots),
        "ROUGE-1": one.scores["rouge1"].f1,
        "±": one.error,
        "ROUGE-2": one.scores["rouge2"].f1,
        "ROUGE-L": one.scores["rougeL"].f1,
        "fitted": "" if simple else _percent(one.seen),
    }


def _percent(share: float) -> str:
    from lm_core.figures import percent

    return percent(share)
