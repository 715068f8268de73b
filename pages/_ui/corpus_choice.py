"""Choosing a text: those that come with the lab, those to download, and the visitor's own.

The choice made last is the one every page opens on, and stands in the address as `?text=names`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import address
from pages._ui.downloading import download_card
from pages._ui.own_text import own_text, own_texts, remember

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.corpora import Corpus
    from lm_core.runs.spec import CorpusSpec

ADDRESS_KEY = "text"
NEW = "own"  # the option behind which a text can be given
_LAST, _WRITTEN = "corpus_choice", "corpus_choice_written"


@dataclass(frozen=True)
class CorpusChoice:
    """A text. `name` is of the registry, or "own" with the SHA-256 in `text`."""

    name: str
    text: str
    items: bool
    title: str
    ready: bool  # on this machine: `load_choice` needs no network

    def spec(self) -> "CorpusSpec":
        """How a run names it."""
        from lm_core.runs.spec import CorpusSpec  # imports torch

        if self.name == NEW:
            return CorpusSpec(name=NEW, text=self.text, items=self.items)
        return CorpusSpec(name=self.name)  # a registered text says itself what its lines are


def pick_corpus(
    *,
    key: str,
    label: str = "Text",
    default: str = "names",
    below: "DeltaGenerator | None" = None,
) -> CorpusChoice:
    """A selectbox over all texts. Where one is missing, a card that gets it.

    Args:
        key: of the selectbox; other widgets' keys begin with it.
        default: what a first visit opens on.
        below: a container for the card, for a selectbox that stands in a narrow column.
    """
    from lm_core.corpora import corpora, is_ready

    last = _chosen(default)
    given = {f"own-{sha}": f"Yours: {title}" for sha, (title, _) in own_texts().items()}
    ready = {name: is_ready(name) for name in corpora.names()}

    def title(option: str) -> str:
        if option == NEW:
            return "Your own text …"
        if option in corpora:
            mark = "" if ready[option] else " ↓"
            return f"{corpora[option].title}{mark}"
        return given[option]

    # Set on every run: a label changes once its text is here, and the choice must outlive that.
    st.session_state[key] = last
    st.selectbox(
        label,
        [*ready, *given, NEW],
        format_func=title,
        key=key,
        help="↓ has to be downloaded once.",
        on_change=lambda: _take(st.session_state[key]),
    )
    choice = _described(last, ready)
    if not choice.ready:
        with below if below is not None else st.container():
            if choice.name == NEW:
                sha = own_text(key=key)
                if sha:
                    _take(f"own-{sha}")
                    st.rerun()
            else:
                download_card(corpora[choice.name], key=key)
    return choice


def take_corpus(name: str, text: str = "") -> None:
    """Choose a text as if the visitor had, before the selectbox is drawn: for callbacks.

    Args:
        text: of an own one, its SHA-256.
    """
    _take(f"own-{text}" if name == NEW else name)


def load_choice(choice: CorpusChoice) -> "Corpus":
    """The corpus itself, kept in memory for all visitors.

    Raises:
        LabError: it is not here, or damaged; says what to do.
    """
    from lm_core.corpora import origin
    from lm_core.home import home_folder

    came_from = str(home_folder()), [] if choice.name == NEW else origin(choice.name)
    return _load(choice.name, choice.text, came_from)


@st.cache_resource(max_entries=4, show_spinner="Reading the text …")
def _load(name: str, sha: str, came_from: tuple) -> "Corpus":
    from lm_core.corpora import load_corpus
    from lm_core.corpora.own import load_own

    return load_own(sha) if name == NEW else load_corpus(name)


def _chosen(default: str) -> str:
    """The option to show: what the address says where a link changed it, else the last choice."""
    given = address.get(ADDRESS_KEY)
    if given and given != st.session_state.get(_WRITTEN) and _known(given):
        _take(given)
    last = st.session_state.get(_LAST, default)
    if not _known(last):
        last = default
    if given != last:
        st.query_params[ADDRESS_KEY] = last
    st.session_state[_WRITTEN] = last
    return last


def _take(option: str) -> None:
    st.session_state[_LAST] = option


def _known(option: str) -> bool:
    """Whether it can be chosen. An own text that this machine still has is offered again after a
    refresh: its SHA-256 cannot be guessed, so who has the link was given it."""
    from lm_core.corpora import corpora
    from lm_core.corpora.own import has_own, is_own, load_own, own_key
    from lm_core.errors import LabError

    if option == NEW or option in corpora:
        return True
    if not is_own(option) or not has_own(own_key(option)):
        return False
    if own_key(option) not in own_texts():
        try:
            remember(own_key(option), load_own(own_key(option)))
        except LabError:
            return False  # damaged: the visitor gives it again
    return True


def _described(option: str, ready: dict[str, bool]) -> CorpusChoice:
    from lm_core.corpora import corpora

    if option == NEW:
        return CorpusChoice(NEW, "", False, "Your own text", ready=False)
    if option in corpora:
        info = corpora[option].extra["info"]
        return CorpusChoice(option, "", info.kind == "items", info.title, ready[option])
    sha = option.removeprefix("own-")
    title, items = own_texts()[sha]
    return CorpusChoice(NEW, sha, items, title, ready=True)
