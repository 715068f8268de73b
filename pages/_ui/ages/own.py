"""A network that learns from the visitor's own pictures: stored on request, trained, judged."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.ages.given import DRAWN, FROM, pick
from pages._ui.ages.training import NETWORKS, TASK
from pages._ui.shared import models, session
from pages._ui.shared.own_texts import own_texts
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.starting import train_or_fill
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from pages._ui.shared.choice import Choice

KIND = "picture values"
DATA, WHICH = "ages-own-data", "ages-own-which"


def look() -> None:
    """Give a folder, choose what learns, compare."""
    st.write(
        "Give a folder of pictures with an age each, by their names or by a CSV, or a zip file of "
        "it. To be learned from it has to be kept: the middle of each picture as a square of 40 × "
        "40 pixels, on the machine that runs this lab, until you remove it among your texts. "
        "Pictures of people only with their consent."
    )
    found = pick()
    if found is not None and st.session_state.get(FROM) != DRAWN:
        _keep(found)
    given = {sha: one for sha, one in own_texts().items() if one.kind == KIND}
    if not given:
        st.info("Nothing of yours is kept yet: choose “A folder of my own” above.")
        return
    line = st.columns([3, 3, 2, 3], vertical_alignment="bottom")
    sha = line[0].selectbox(
        "Pictures to learn from",
        list(given),
        format_func=lambda one: given[one].title,
        key=DATA,
    )
    name = line[1].selectbox("Network to train", list(NETWORKS), key=WHICH, bind="query-params")
    train_or_fill(
        line[2],
        line[3],
        lambda: spec_of(name, sha),
        title=f"{name}, own pictures",
        of=f"the screen Age from a face, {name}",
        key="ages-own",
    )
    _compared(sha)
    from lm_core.corpora import own_pictures
    from lm_core.models.pictures import published

    show_source(own_pictures, "The code: pictures of one's own as a corpus")
    show_source(published, "The code: the published networks")


def _keep(found) -> None:
    """The button that stores what was chosen."""
    from lm_core.corpora.own_pictures import pictures_of

    title = st.text_input("What to call it", "My pictures", max_chars=80, key="ages-own-title")
    if st.button(
        f"Keep {len(found.table):,} pictures to learn from", key="ages-own-keep", type="primary"
    ):
        corpus = pictures_of(found, title=title.strip() or "My pictures")
        session.manager().give_text(corpus, session.visitor(), title)
        st.rerun()


def spec_of(name: str, sha: str) -> "RunSpec":
    """The usual run of that network over those pictures."""
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from pages._ui.ages.training import of_network

    data = CorpusSpec(name="own", text=sha, kind=KIND)
    family, settings = of_network(name)
    from dataclasses import replace

    spec = default_spec(data, family)
    return replace(spec, model=replace(spec.model, **settings))


def _compared(sha: str) -> None:
    """Networks of these pictures beside who always says the mean, by group."""
    import pandas as pd

    found = [one for one in models.own() if one.task == TASK and one.corpus.endswith(sha)]
    rows = [{"network": "always the mean"} | measured(sha)]
    rows += [
        {"network": label} | measured(sha, str(one.folder), models.stamp(one), one)
        for label, one in zip(models.labels(found), found, strict=True)
    ]
    st.header("How far off each is, in years")
    show_table(pd.DataFrame(rows), key="ages-own", places=2)
    best = min(rows, key=lambda row: row["all"])
    st.caption(
        f"Mean error on the test pictures, of all and by group. The least has "
        f"{plain(str(best['network']))}."
    )


@st.cache_data(max_entries=32, show_spinner="Asking the network …")
def measured(
    sha: str, folder: str = "", stamp: float = 0.0, _choice: "Choice | None" = None
) -> dict[str, float]:
    """Mean error in years on the test pictures, of all and of each group."""
    from lm_core.corpora.own import load_own
    from lm_core.tasks.picture_value import answers

    splits = load_own(sha).splits
    part = splits["test"]
    if _choice is None:
        said = splits["train"].values.mean().expand(len(part.values))
    else:
        said = answers(models.load(_choice).model, part.pixels)
    off = (said - part.values).abs()
    each = {
        name: off[part.groups == k].mean().item()
        for k, name in enumerate(part.group_names)
        if (part.groups == k).any()
    }
    return {"all": off.mean().item()} | each
