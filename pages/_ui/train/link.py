"""The link that carries the settings of a run: given to others, and read when a browser comes with
one. It holds a whole RunSpec and no run, so it opens the form of Train as it was filled in.
"""

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from lm_core.errors import BadSettings, LabError
from pages._ui.shared import address, class_address, corpus_choice
from pages._ui.shared.corpus_choice import CorpusChoice, take_corpus
from pages._ui.shared.filling import Filling, fill

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

ADDRESS_KEY = "spec"
UNREAD = (
    "The address held settings that this form cannot show, and is shown without: copy the link "
    "again."
)


def link_to_settings(spec: "RunSpec | None") -> None:
    """The link behind a small button, with a button to copy it; None where what is filled in does
    not go together."""
    url = st.context.url
    if url and class_address.for_class():
        url = class_address.for_others(url) or url
    if not url:
        return
    with st.popover(
        "Link to these settings",
        type="tertiary",
        key="train-link",
        disabled=spec is None,
        help=None if spec else "First mend what Start waits for.",
    ):
        if spec is not None:
            query = urlencode({ADDRESS_KEY: spec.to_address()})
            st.code(f"{url}?{query}", language=None, wrap_lines=True)
            st.caption("It opens this form as it is filled in here. Runs stay in your browser.")


def take_text() -> None:
    """Choose the text that a link names, before the choices are drawn, unless the address names one
    in a place of its own."""
    from lm_core.runs.spec import RunSpec

    given = address.get(ADDRESS_KEY) if address.brought(ADDRESS_KEY) else None
    if given is not None and address.get(corpus_choice.ADDRESS_KEY) is None:
        with suppress(LabError):  # which is told once the text is there
            data = RunSpec.from_address(given).data
            take_corpus(data.name, data.text)


def take_settings(corpus: CorpusChoice) -> None:
    """Fill the form in with what a link says, or with the usual settings where Back has taken the
    link away. Where the form cannot show it, it stays as it is usually, and a sentence says so."""
    from lm_core.runs.spec import RunSpec

    if not address.brought(ADDRESS_KEY):
        return
    given = address.get(ADDRESS_KEY)
    if given is None:
        Filling.keep(None)
        return
    try:
        spec = RunSpec.from_address(given, data=corpus.spec())
        _check(spec, corpus)
    except LabError:
        address.keep(ADDRESS_KEY, "")
        if not corpus_choice.missing():  # which is told already
            st.toast(UNREAD, duration="long")
    else:
        fill(spec, of="the address")


def _check(spec: "RunSpec", corpus: CorpusChoice) -> None:
    """Raises BadSettings: a text, a task or a budget that the form has no place for."""
    from lm_core.tasks import families_for, task_for

    learned = spec.task_name == task_for(spec.model_name, corpus.kind)
    offered = spec.model_name in families_for(corpus.kind) and spec.budget.tokens is None
    if not (learned and offered and spec.data.same_text(corpus.spec())):
        raise BadSettings("This form has no place for these settings.")
