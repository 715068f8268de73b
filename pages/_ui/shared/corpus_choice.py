"""Choosing a text: those that come with the lab, those to download, and the visitor's own.

The choice made last is the one every page opens on, and stands in the address as `?text=names`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import address, held, own_texts
from pages._ui.shared.downloading import download_card
from pages._ui.shared.own_kinds import KINDS
from pages._ui.shared.own_text import own_text

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Corpus
    from lm_core.runs.spec import CorpusSpec

ADDRESS_KEY = "text"
TEXTS = ("text", "items")  # kinds of data that are text and nothing else
MARKS, ABSENT = {"download": " ↓"}, " (not installed)"  # of a text that is not here
HELP = "↓ has to be downloaded once. Your own text is given under the last entry."
NEW = "own"  # the option behind which a text can be given
LAST, WRITTEN = "corpus_choice", "corpus_choice_written"
_MISSING = "corpus_choice_missing"  # what was asked for and is not here, until another is chosen
GONE = (
    "The text that was asked for is not stored here (any more), and another is shown: give it "
    "again, or choose one."
)


@dataclass(frozen=True)
class CorpusChoice:
    """A text. `name` is of the registry, or "own" with the SHA-256 in `text`."""

    name: str
    text: str
    items: bool
    title: str
    ready: bool  # on this machine: `load_choice` needs no network
    kind: str = "text"  # of data, as tasks name them

    def spec(self) -> "CorpusSpec":
        """How a run names it."""
        from lm_core.runs.spec import CorpusSpec  # imports torch

        if self.name == NEW:
            kind = "" if self.kind in TEXTS else self.kind
            return CorpusSpec(name=NEW, text=self.text, items=self.items, kind=kind)
        return CorpusSpec(name=self.name)  # a registered text says itself what its lines are


def pick_corpus(
    *,
    key: str,
    label: str = "Text",
    default: str = "names",
    kinds: tuple[str, ...] | None = TEXTS,
    below: "DeltaGenerator | None" = None,
    giving: Callable[[str], str | None] | None = None,
) -> CorpusChoice:
    """A selectbox over all texts. Where one is missing, a card that gets it; under one of the
    visitor's own, what can be done with it.

    Args:
        key: of the selectbox; other widgets' keys begin with it.
        default: what a first visit opens on; the first text where that is of another kind.
        kinds: of data that are offered; None for all. A text of another kind that was chosen
            elsewhere stays chosen there.
        below: a container for what comes under it, for a selectbox in a narrow column.
        giving: draws the card where the visitor's own is given, in place of that of texts; it
            takes the key and gives back the SHA-256 once it was stored.
    """
    from lm_core.corpora import corpora, is_ready

    ready = {name: is_ready(name) for name in corpora.names() if _fits(name, kinds)}
    last = _chosen(default)
    if not _fits(last, kinds):
        last = default if default in ready else next(iter(ready), NEW)
    own = own_texts.readable_texts()
    fitting = {sha for sha, one in own.items() if kinds is None or one.kind in kinds}
    given = {f"own-{s}": label for s, label in own_texts.labels(own).items() if s in fitting}

    def title(option: str) -> str:
        if option == NEW:
            return "Your own text …"
        if option in corpora:
            mark = "" if ready[option] else MARKS.get(corpora[option].extra["info"].how, ABSENT)
            return f"{corpora[option].title}{mark}"
        return given[option]

    # Set on every run: a label changes once its text is here, and the choice must outlive that.
    st.session_state[key] = last
    st.selectbox(
        label,
        [*ready, *given, NEW],
        format_func=title,
        key=key,
        help=HELP,
        on_change=lambda: _take(st.session_state[key]),
    )
    choice = _described(last, ready)
    with below if below is not None else st.container():
        if missing():
            st.warning(GONE)
        if choice.text:
            if own_texts.actions(choice.text, key=key):
                _take(default)
                st.rerun()
        elif choice.name == NEW:
            own_texts.gone()
            texts = giving is None
            sha = own_text(key=key, kinds=kinds or tuple(KINDS)) if texts else giving(key)
            if sha:
                _take(f"own-{sha}")
                st.rerun()
        elif not choice.ready:
            download_card(corpora[choice.name], key=key)
    return choice


def pick_list(lists: dict[str, str], *, key: str, default: str) -> str:
    """A selectbox over lists alone, where there are several; the text chosen last, if it is one.

    Args:
        lists: name of a corpus -> what it is called.
        key: of the selectbox.
        default: what is shown otherwise.
    """
    given = address.get(ADDRESS_KEY)
    if given and given != st.session_state.get(WRITTEN):
        if given in lists:
            _take(given)
        elif not _known(given):
            st.session_state[_MISSING] = given
    last = st.session_state.get(LAST)
    shown = last if last in lists else default
    if given != shown and (given or len(lists) > 1):
        st.query_params[ADDRESS_KEY] = shown
    st.session_state[WRITTEN] = shown
    if len(lists) > 1:
        st.session_state[key] = shown
        st.selectbox(
            "List",
            list(lists),
            format_func=lists.get,
            key=key,
            on_change=lambda: _take(st.session_state[key]),
        )
    if st.session_state.pop(_MISSING, None):
        st.warning(GONE)
    return shown


def last_corpus(default: str = "names") -> CorpusChoice:
    """The text that a selectbox would open on, where none is drawn."""
    from lm_core.corpora import corpora, is_ready

    last = st.session_state.get(LAST, default)
    shown = last if _known(last) and last != NEW and _fits(last, TEXTS) else default
    return _described(shown, {name: is_ready(name) for name in corpora.names()})


def take_corpus(name: str, text: str = "") -> None:
    """Choose a text as if the visitor had, before the selectbox is drawn: for callbacks.

    Args:
        text: of an own one, its SHA-256.
    """
    _take(f"own-{text}" if name == NEW else name)


def missing() -> bool:
    """Whether a text was asked for that is not here."""
    return _MISSING in st.session_state


def load_choice(choice: CorpusChoice) -> "Corpus":
    """The corpus itself, kept in memory for all visitors.

    Raises:
        LabError: it is not here, or damaged; says what to do.
    """
    from lm_core.corpora import origin
    from lm_core.home import home_folder

    came_from = str(home_folder()), [] if choice.name == NEW else origin(choice.name)
    corpus = _load(choice.name, choice.text, came_from)
    if choice.name != NEW:
        return corpus
    return replace(corpus, info=replace(corpus.info, title=choice.title))  # as its owner calls it


@st.cache_resource(max_entries=4, show_spinner="Reading the text …")
def _load(name: str, sha: str, came_from: tuple) -> "Corpus":
    from lm_core.corpora import load_corpus
    from lm_core.corpora.own import load_own

    return load_own(sha) if name == NEW else load_corpus(name)


def _chosen(default: str) -> str:
    """The option to show: what the address says where a link changed it, else the last choice."""
    given = address.get(ADDRESS_KEY)
    if given and given != st.session_state.get(WRITTEN):
        if _known(given):
            _take(given)
        else:
            st.session_state[_MISSING] = given
    last = st.session_state.get(LAST, default)
    if not _known(last):  # a run's, say, whose text was deleted
        _take(default)
        st.session_state[_MISSING] = last
        last = default
    if given != last:
        st.query_params[ADDRESS_KEY] = last
    st.session_state[WRITTEN] = last
    return last


def _take(option: str) -> None:
    if fixed := held.values(ADDRESS_KEY):
        option = fixed[0]
    st.session_state[LAST] = option
    st.session_state.pop(_MISSING, None)


def _fits(option: str, kinds: tuple[str, ...] | None) -> bool:
    """Whether a text is of one of these kinds, or is yet to be given."""
    from lm_core.corpora import corpora
    from lm_core.corpora.own import own_key

    if kinds is None or option == NEW:
        return True
    if option in corpora:
        return corpora[option].extra["info"].kind in kinds
    text = own_texts.find(own_key(option))
    return text is not None and text.kind in kinds


def _known(option: str) -> bool:
    """Whether it can be chosen."""
    from lm_core.corpora import corpora
    from lm_core.corpora.own import is_own, own_key

    if option == NEW or option in corpora:
        return True
    return is_own(option) and own_texts.find(own_key(option)) is not None


def _described(option: str, ready: dict[str, bool]) -> CorpusChoice:
    from lm_core.corpora import corpora

    if option == NEW:
        return CorpusChoice(NEW, "", False, "Your own text", ready=False)
    if option in corpora:
        info = corpora[option].extra["info"]
        items = info.kind == "items"
        return CorpusChoice(option, "", items, info.title, ready[option], info.kind)
    sha = option.removeprefix("own-")
    text = own_texts.find(sha)
    return CorpusChoice(NEW, sha, text.items, text.title, ready=True, kind=text.kind)
