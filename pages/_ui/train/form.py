"""What is asked before a run starts: a line of choices, and everything else under More settings.

Other screens fill it in too (`filling.py`), and links (`link.py`). What was changed under More
settings stands in the address, so that Back takes it back.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.errors import LabError
from pages._ui.shared import address
from pages._ui.shared.corpus_choice import TEXTS, CorpusChoice, pick_corpus
from pages._ui.shared.filling import FILLED, FILLING, Filling
from pages._ui.shared.plain import plain
from pages._ui.shared.settings import settings_widgets
from pages._ui.shared.told import beside
from pages._ui.train import link
from pages._ui.train.cleaning import rules
from pages._ui.train.crowd import BUDGET, begin_with, in_a_crowd
from pages._ui.train.folded import Chosen, filled, folded, unfolded

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.runs.spec import RunSpec, StartSpec
    from lm_core.training import Budget

MINUTE = 60.0
USUAL = ("transformer", "encoder-decoder")  # what is begun with, the first that fits the data
STEPS_AT, MINUTES_AT = "Stop at step", "Stop after (minutes)"
BEGINS = (
    "A short list: this model does not begin with nothing but with the first names that a model of "
    "the lab has read, learns from your list what is special about it, and ends when it gets no "
    "better. Under More settings, *Start from* changes that."
)


@dataclass(frozen=True)
class StartPlace:
    """Where Start stands, at the end of the line of choices, and below the line what the budget
    means and what Start says."""

    button: "DeltaGenerator"
    budget: "DeltaGenerator"
    words: "DeltaGenerator"

    def means(self, spec: "RunSpec | None") -> None:
        """Say when a run of this budget would be done now, where others hold it up."""
        if spec is not None and (said := in_a_crowd(spec)):
            with self.budget.container(key="train-crowd-stands"):
                st.caption(said)

    def pressed(self, corpus: CorpusChoice, wrong: str) -> bool:
        """Draw the button, last of all: with something `wrong` it waits, and says for what."""
        if wrong:
            with self.words.container(key="train-start-stands"):
                st.caption(f"Start waits: {plain(wrong)}")
        return self.button.button(
            "Start",
            type="primary",
            width="stretch",
            key="train-start",
            disabled=not corpus.ready or bool(wrong),
            help=plain(wrong) or (None if corpus.ready else "Get the text first, below."),
        )


def choose() -> tuple[CorpusChoice, str, str, StartPlace]:
    """The line of choices: text, model, budget; and where Start will stand."""
    from lm_core.models import models as families
    from lm_core.runs.presets import BUDGETS
    from lm_core.tasks import families_for

    line = st.columns([7, 5, 6, 4], vertical_alignment="bottom")
    means, words, card = st.container(), st.container(), st.container()
    link.take_text()
    with line[0]:
        corpus = pick_corpus(key="train-text", kinds=None, below=card)
    link.take_settings(corpus)
    # What was just filled in is in the session, and a widget that finds its value there may not
    # have another to begin with.
    filled = st.session_state.get(FILLED)
    spend = {} if filled else {"default": begin_with()}
    with line[1]:
        names = families_for(corpus.kind)
        usual = next((name for name in USUAL if name in names), names[0])
        if chosen := st.session_state.get("train-model"):  # perhaps for another kind of data
            filled = filled or chosen not in names
            if chosen not in names:
                st.session_state["train-model"] = usual
        begin = {} if filled else {"index": names.index(usual)}
        model = st.selectbox(
            "Model",
            names,
            **begin,
            format_func=lambda n: families[n].title,
            key="train-model",
            bind="query-params",
            help="From counting pairs of tokens to a GPT: Architectures says what each does.",
        )
    with line[2]:
        budget = st.segmented_control(
            "Budget",
            list(BUDGETS),
            **spend,
            required=True,
            key=BUDGET,
            bind="query-params",
        )
    st.session_state.pop(FILLED, None)
    budget = budget or begin_with()  # an address may have held what is none
    return corpus, model, budget, StartPlace(line[3], means, words)


def more_settings(corpus: CorpusChoice, model: str, budget: str) -> "RunSpec":
    """The whole spec, from the widgets under "More settings", or as these said when they were last
    drawn.

    Raises:
        Told: a value out of range, or two that do not go together.
    """
    from lm_core.runs.presets import BUDGETS, default_spec, is_short_list
    from lm_core.runs.spec import NAMES
    from lm_core.training import Budget

    drawn, panel = unfolded()
    line = Budget(seconds=BUDGETS[budget])
    usual = default_spec(corpus.spec(), model, items=corpus.items, budget=line)
    filling: Filling | None = st.session_state.get(FILLING)
    base, whole, suffix = usual, False, f"-{filling.number}" if filling else ""
    if filling and filling.spec and _same(filling.spec, usual):
        base, whole = filling.spec, True
    elif filling and filling.spec and not filling.of:  # the seed is for all models
        base = replace(usual, seed=filling.spec.seed, budget=filling.spec.budget)
    elif filling and filling.spec:
        suffix = ""
    if filling and filling.spec and filling.spec.data.same_text(usual.data):  # of any model
        base = replace(base, data=filling.spec.data)
    if not drawn:
        spec = folded(base, line)
    else:
        with panel:
            if whole and filling.of:
                what = f" Look at **{filling.changed}**, then press Start." * bool(filling.changed)
                st.caption(f"These are the settings of {filling.of}.{what}")
            spec = _widgets(corpus, model, base, whole, budget, suffix)
    if is_short_list(corpus.spec()) and spec.start.origin == NAMES:
        st.caption(BEGINS)
    address.keep(link.ADDRESS_KEY, "" if spec == usual else spec.to_address())
    return spec


def _widgets(
    corpus: CorpusChoice, model: str, base: "RunSpec", whole: bool, budget: str, suffix: str
) -> "RunSpec":
    """The widgets, which begin with `base` (where it is not `whole`, with its tokenizer, seed and
    budget, and with what is usual for these), and what they say.

    Raises:
        Told: as `more_settings`.
    """
    from lm_core.models import models as families
    from lm_core.runs.presets import BUDGETS, default_spec, is_short_list
    from lm_core.runs.recipes import is_short
    from lm_core.tasks import tasks
    from lm_core.tokenizers import tokenizers
    from lm_core.training import Budget

    line = Budget(seconds=BUDGETS[budget])
    top = st.columns(4)
    names, token = tokenizers.names(), base.codec_name
    if base.learned.reads:
        token = top[0].selectbox(
            "Tokenizer",
            names,
            index=names.index(base.codec_name),
            format_func=lambda n: tokenizers[n].title,
            key=f"train-tokenizer-{corpus.name}{suffix}",
            help="What the text is cut into: characters, words, or frequent pieces.",
        )
    seed = top[1].number_input(
        "Seed",
        0,
        2**31 - 1,
        base.seed,
        key=f"train-seed{suffix}",
        help="The same seed gives the same run.",
    )
    wrong: list[LabError] = []

    def tried(made: Callable[[], Any], otherwise: Any) -> Any:
        """What was made; where that goes wrong the other widgets are drawn all the same, as those
        that are not forget what was chosen."""
        try:
            return made()
        except LabError as error:
            wrong.append(error)
            return otherwise

    spent = tried(lambda: _budget(top[2], top[3], base.budget, budget, suffix), line)
    spec = default_spec(
        corpus.spec(), model, items=corpus.items, tokenizer=token, budget=spent, seed=int(seed)
    )
    if whole and token == base.codec_name:
        spec = replace(base, budget=spent, seed=int(seed))
    hasty = "-short" if is_short(spent) else ""  # such a budget has a recipe of its own
    few = "-few" if is_short_list(corpus.spec()) else ""  # and such a list
    kind = f"{corpus.name}-{model}-{token}{suffix}{hasty}{few}"
    if corpus.kind in TEXTS:
        given = base.data.cleaning
        how = tried(lambda: rules(given, corpus, f"train-c-{corpus.name}-{filled()}"), given)
        spec = replace(spec, data=spec.data.cleaned(how))
    if dataclasses.fields(spec.task):
        st.markdown(f"## {tasks[spec.task_name].title}")
        task = tried(lambda: settings_widgets(spec.task, key=f"train-l-{kind}"), spec.task)
        spec = replace(spec, task=task)
    if families[model].build.learns_by != "counting":
        st.markdown("## Training")
        train = tried(lambda: settings_widgets(spec.train, key=f"train-t-{kind}"), spec.train)
        start = tried(lambda: _start(spec.start, f"train-s-{kind}"), spec.start)
        spec = replace(spec, train=train, start=start)
    st.markdown(f"## {families[model].title}")
    inside = tried(lambda: settings_widgets(spec.model, key=f"train-m-{kind}"), spec.model)
    spec = replace(spec, model=inside)
    if spec.learned.reads and dataclasses.fields(spec.codec):
        st.markdown(f"## {tokenizers[token].title}")
        given = spec.codec
        cut = tried(lambda: settings_widgets(given, key=f"train-k-{kind}"), given)
        spec = replace(spec, codec=cut)
    Chosen(base, spec, None if spent == line else spent, filled(), wrong=bool(wrong)).keep()
    if wrong:
        raise wrong[0]
    return spec


def _start(given: "StartSpec", key: str) -> "StartSpec":
    """From which weights; of a trained model the Fine-tune screen says it, with all that belongs
    to it."""
    if given.folder:
        st.caption(f"It starts from {plain(given.folder)} ({plain(given.method)}).")
        st.page_link("pages/fine_tune.py", label="Choose another on Fine-tune →")
        return given
    return settings_widgets(given, key=key, only=("origin",))


def _budget(steps_at: Any, minutes_at: Any, base: "Budget", chosen: str, suffix: str) -> "Budget":
    """Of steps or minutes where one of them is given here, else what the line of choices says.
    Without limits of their own: a sentence says what is out of range.

    Raises:
        Told: what is.
    """
    from lm_core.errors import BadSettings
    from lm_core.runs import limits
    from lm_core.runs.presets import BUDGETS
    from lm_core.training import Budget

    usual = base.seconds in (None, *BUDGETS.values())
    steps = steps_at.number_input(
        STEPS_AT,
        value=base.steps,
        step=100,
        key=f"train-steps{suffix}",
        help="Empty: the time decides.",
        placeholder="any",
    )
    minutes = minutes_at.number_input(
        MINUTES_AT,
        value=None if usual else base.seconds / MINUTE,
        step=1.0,
        format="%g",
        key=f"train-minutes{suffix}",
        help="Empty: the budget above decides.",
        placeholder="as above",
    )
    seconds = None if minutes is None else minutes * MINUTE
    if base.seconds is not None and minutes == base.seconds / MINUTE:
        seconds = base.seconds  # to the last bit
    if steps is None and seconds is None:
        return Budget(seconds=BUDGETS[chosen])
    try:
        given = Budget(steps=steps, seconds=seconds)
        limits.budget(given)
    except BadSettings as error:
        titles = {"steps": STEPS_AT, "seconds": f"{MINUTES_AT}, in seconds"}
        beside(error, {"steps": steps_at, "seconds": minutes_at}, titles)
        raise
    return given


def _same(one: "RunSpec", other: "RunSpec") -> bool:
    """Whether the line of choices says the same of both."""
    same = (one.model_name, one.task_name) == (other.model_name, other.task_name)
    return same and one.data.same_text(other.data)
