"""A model brought as a file: opened, and led to the screens that it is for."""

import streamlit as st

from lm_core.errors import LabError
from pages._ui.shared import given_models, models
from pages._ui.shared.choice import Choice
from pages._ui.shared.plain import plain

KEY, MODEL = "generate_text-file", "generate_text-model"


def open_file() -> None:
    """Behind a small button: the file, what it holds, and where to go with it."""
    from lm_core.model_file import MOST_MEGABYTES

    with st.popover(
        "Open a model file", type="tertiary", key=f"{KEY}-open", on_change="rerun"
    ) as box:
        if not box.open:
            return
        file = st.file_uploader(
            f"A model file (.zip) of this lab, of at most {MOST_MEGABYTES} MB",
            key=KEY,
            max_upload_size=MOST_MEGABYTES,
        )
        if file is not None:
            try:
                with st.spinner("Opening the model …"):
                    _open(file.file_id, file.getvalue())
            except LabError as error:
                st.error(plain(error))
        for choice in given_models.given():
            _offered(choice)


def _open(upload: str, data: bytes) -> None:
    """Once for each upload: forgotten again, it stays so."""
    if st.session_state.get(f"{KEY}-last") != upload:
        word = given_models.open_file(data)
        st.session_state[f"{KEY}-last"] = upload
        st.toast("The model is open.")
        st.query_params[given_models.PARAMETER] = word
        _choose(word)
        st.rerun()


def _choose(word: str) -> None:
    """The screen goes on with the model of that word, if it is one for it; "" with the first. Said
    outright: a browser keeps what its list showed."""
    choices = models.of_text()
    named = dict(zip(models.labels(choices), choices, strict=True))
    for label, choice in named.items():
        if not word or choice.given == word:
            st.session_state[MODEL] = label
            return


def _offered(choice: Choice) -> None:
    """One that is open, and the screens it is for."""
    st.markdown(f"**{plain(choice.label)}**")
    query = {given_models.PARAMETER: choice.given}
    with st.container(horizontal=True, vertical_alignment="center"):
        for page, label, fits in (
            ("generate_names", "Generate names →", choice.writes and choice.items),
            ("reading", "Read a text with its eyes →", choice.of_tokens),
            ("attention", "See its attention →", choice.looks),
        ):
            if fits:
                st.page_link(f"pages/{page}.py", label=label, query_params=query)
        if st.button("Close it", key=f"{KEY}-close-{choice.given[:12]}"):
            given_models.forget(choice.given)
            if st.session_state.get(MODEL) == choice.label:
                _choose("")
            st.rerun()
