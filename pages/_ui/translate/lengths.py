"""How good translators are on short and on long sentences, counted anew on pairs that none of them
learned from, a portion at a time."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts import words
from lm_core.errors import BadText, LabError
from pages._ui.shared import models, session
from pages._ui.shared.alone import alone
from pages._ui.shared.downloading import download_card
from pages._ui.shared.made_once import made_once
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.translate import beside, rungs

if TYPE_CHECKING:
    from lm_core.corpora import Progress
    from lm_core.evaluation.translation import LengthRow

MOST = 1000  # pairs, or the whole validation split where it has fewer
PORTION = 128  # sentences that a model translates between two looks
STRETCHES = 5  # of lengths, each with about as many sentences
TICK = 0.1  # seconds between two portions
KEPT, SAMPLE = "translate-lengths", "translate-lengths-sample"
# By what a row calls it: name, unit, and highest value.
SCORES = {
    "exact_match": ("exact match", "share right to the letter", 1),
    "chrf": ("chrF", "chrF (0 to 100)", 100),
    "bleu": ("BLEU", "BLEU (0 to 100)", 100),
}


@dataclass
class Scoring:
    """What several models have written so far of the same pairs; then their scores."""

    choices: list[models.Choice]
    pairs: list[tuple[str, str]]
    stopped: bool = False  # no more is translated
    trouble: str = ""  # why it cannot go on, in one sentence
    written: list[list[str]] = field(default_factory=list)  # by model
    right: list[list[str]] = field(default_factory=list)  # targets as the model's codec has them
    rows: "list[list[LengthRow]]" = field(default_factory=list)  # by model

    def __post_init__(self) -> None:
        self.of = about(self.choices)
        self.written, self.right = ([[] for _ in self.choices] for _ in range(2))

    @property
    def done(self) -> int:
        """Pairs that every model has translated."""
        return min(map(len, self.written))

    @property
    def translating(self) -> bool:
        return not self.stopped and self.done < len(self.pairs)

    @property
    def going(self) -> bool:
        """Whether there is something left to translate, or to count."""
        return self.translating or (self.done > 0 and len(self.rows) < len(self.choices))

    @property
    def says(self) -> str:
        """What goes on, and how far it is."""
        if not self.translating:
            return f"Scored {len(self.rows)} of {words.count(len(self.choices), 'model')}"
        written, of = sum(map(len, self.written)), len(self.pairs) * len(self.choices)
        return f"Translated {written:,} of {words.count(of, 'sentence')}"

    @property
    def share(self) -> float:
        """How much of what goes on is done, of 1."""
        if self.translating:
            return sum(map(len, self.written)) / (len(self.pairs) * len(self.choices))
        return len(self.rows) / len(self.choices)

    def advance(self) -> None:
        """A portion more for the model that is behind; all translated, the scores of one more."""
        if not self.translating:
            self.rows.append(self._scores(len(self.rows)))
            return
        n = min(range(len(self.choices)), key=lambda n: len(self.written[n]))
        first = len(self.written[n])
        try:
            said, right = translated(self.choices[n], self.pairs[first : first + PORTION])
        except LabError as error:
            self.trouble, self.stopped = str(error), True
            return
        self.written[n] += said
        self.right[n] += right

    def _scores(self, n: int) -> "list[LengthRow]":
        """Of one model on what all have translated, by the length of the source."""
        from lm_core.evaluation.translation import by_length, even_edges

        lengths, done = [len(source.split()) for source, _ in self.pairs], self.done
        edges = even_edges(lengths, STRETCHES)
        said, right = self.written[n][:done], self.right[n][:done]
        return by_length(said, right, edges, lengths=lengths[:done])


def about(choices: list[models.Choice]) -> list[tuple]:
    """Which models these are; one that was trained again is another."""
    return [(one.folder, models.stamp(one)) for one in choices]


def translated(choice: models.Choice, pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """What a model writes of these sources, the likeliest token each time, and the targets.

    Raises:
        BadCheckpoint: the model's folder is damaged or gone.
    """
    from lm_core.checkpoints import task_from

    checkpoint = models.load(choice)
    codec, task = checkpoint.codec, task_from(checkpoint.meta)
    part, which = task.numbers(codec, *zip(*pairs, strict=True)), range(len(pairs))
    written = task.written(checkpoint.model, codec, part, which)
    return written, [task.right(codec, part, k) for k in which]


def panel(choice: models.Choice, every: list[models.Choice], text: str) -> None:
    """A button that scores the models chosen above, and the scores by length."""
    st.header("Short sentences and long ones")
    st.write(
        "Without attention a sentence goes through one vector, however long it is, and each token "
        "more is a chance more to go wrong. Here models translate pairs that they never learned "
        "from, and are scored by how many words they had to read."
    )
    chosen, now = in_question(choice, every), st.session_state.get(KEPT)
    going = now is not None and now.going and now.of == about(chosen)
    alone(_stage, run_every=TICK if going else None)(chosen, going)


def in_question(choice: models.Choice, every: list[models.Choice]) -> list[models.Choice]:
    """The models chosen side by side that learned the same pairs as the one on the screen; it alone
    where there are none."""
    by_label = dict(zip(models.labels(every), every, strict=True))
    picked = [by_label[label] for label in st.session_state.get(beside.PICKED, ())]
    kin = rungs.kin(choice, every)
    return rungs.in_order([one for one in picked if one in kin]) or [choice]


def _stage(chosen: list[models.Choice], going: bool) -> None:
    """The button, how far it is, the chart.

    Args:
        going: whether it went on when the page was drawn, and so has a clock.
    """
    now = st.session_state.get(KEPT)
    if now is not None and now.of != about(chosen):
        now = None  # of other models
    with session.mending():
        if now is None or not now.going:
            _offer(chosen, again=now is not None)
        elif now.translating and st.button("Stop", key="translate-lengths-stop", type="primary"):
            now.stopped = True
        if now is not None and now.going:
            now.advance()
            st.progress(now.share, text=now.says)
        elif now is not None and not going:
            _show(now)
    if going and not (now and now.going):
        st.rerun()  # the clock stops with the whole page


def _offer(chosen: list[models.Choice], *, again: bool) -> None:
    """A button that begins; a card in its place where their pairs are not on this machine."""
    from lm_core.corpora import corpora, to_be_fetched

    name = chosen[0].corpus
    if to_be_fetched(name):
        download_card(corpora[name], key="translate-lengths")
        return
    label = "Score again" if again else f"Score {words.count(len(chosen), 'model')} by length"
    if st.button(label, key="translate-lengths-start"):
        source = (chosen[0].folder, models.stamp(chosen[0]))
        pairs = made_once(SAMPLE, source, lambda tell: sample(chosen[0], tell), "Reading the pairs")
        st.session_state[KEPT] = Scoring(chosen, pairs)
        st.rerun()  # now with a clock
    if not again:
        named = ", ".join(one.label for one in chosen)
        st.caption(
            f"{plain(named)}; choose others under “Several models, one sentence”. Up to {MOST:,} "
            "pairs each."
        )


def sample(choice: models.Choice, tell: "Progress") -> list[tuple[str, str]]:
    """Pairs of the validation split of what a model learned from, a fair part of all.

    Raises:
        BadText: there are none, or nobody knows which.
    """
    from lm_core.corpora import corpora, load_corpus
    from lm_core.runs.prepare import load_text
    from lm_core.runs.spec import CorpusSpec
    from lm_core.tasks.padded import mixed

    data = CorpusSpec.from_dict(choice.card.get("spec", {}).get("data", {}))
    if data.holds != "pairs":
        raise BadText("Nothing says which pairs this model learned from: choose another.")
    corpus = load_corpus(data.name, progress=tell) if data.name in corpora else load_text(data)
    pairs = mixed(corpus.splits.get("validation", []))[:MOST]
    if not pairs:
        raise BadText("These pairs have no validation split: give more of them and train again.")
    return pairs


def _show(now: Scoring) -> None:
    """The chart of what every model has translated."""
    from lm_core.charts.lengths import by_length_bars

    if now.trouble:
        st.error(plain(now.trouble))
    if not now.done:
        return
    key = st.pills(
        "Score",
        list(SCORES),
        default="exact_match",
        required=True,
        format_func=lambda key: f"{SCORES[key][0][:1].upper()}{SCORES[key][0][1:]}",
        key="translate-lengths-score",
        bind="query-params",
    )
    (name, unit, most), first = SCORES[key], now.rows[0]
    labels = words.numbered_apart([one.label for one in now.choices])
    chart = by_length_bars(
        {
            label: [getattr(row, key) for row in rows]
            for label, rows in zip(labels, now.rows, strict=True)
        },
        [words.span(max(1, row.shortest), row.longest, "word") for row in first],
        [row.count for row in first],
        name=name,
        unit=unit,
        most=most,
    )
    show_chart(chart, key="translate-lengths-chart")
    if key == "bleu" and any(row.bleu is None for row in first):
        st.info("BLEU counts runs of four words: where no reference has so many there is no bar.")
    whole = "" if now.done == len(now.pairs) else f" of {len(now.pairs):,}, stopped there"
    st.caption(
        f"{now.done:,} validation pairs{whole}, the same for all models. A bar over few sentences "
        "moves by chance: of 50, one more is 2 % of the exact match. An answer is compared with "
        "the reference as the model’s own codec gives it back."
    )
