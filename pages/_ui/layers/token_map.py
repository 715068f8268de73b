"""All tokens of a model as points, and whether vowels lie apart from consonants."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.layers import reading, times, vowels
from pages._ui.shared import models
from pages._ui.shared.back_in_time import pick_step
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.charts.chart import Chart
    from lm_core.inspection.embeddings import TokenTable
    from lm_core.inspection.separation import Separation

FLAT, COLOUR, STEP, WAY = (f"layers-{w}" for w in ("dimensions", "colour", "step", "way"))
MAP = "layers-map"
NEAR = 5
KIND, OFTEN = "kind", "often"
PCA, TSNE = "pca", "tsne"


def token_map(choice: models.Choice, table: "TokenTable") -> None:
    """The picture, how much of the distances it keeps, and the files of it."""
    line = st.columns([2, 2, 3], vertical_alignment="bottom")
    with line[0]:
        k = int(switch("Dimensions", {"2": "Flat", "3": "In space"}, key=FLAT))
    with line[1]:
        colours = {KIND: "Kind"} | ({OFTEN: "How often"} if choice.of_tokens else {})
        if st.session_state.get(COLOUR) not in (None, *colours):
            del st.session_state[COLOUR]
        colour = switch("Coloured by", colours, key=COLOUR)
    with line[2]:
        token = reading.pick_token(table, "Token to find")
    counts = None
    if colour == OFTEN:
        counts = reading.times(str(choice.folder), models.stamp(choice), choice)
    ways = {PCA: "Main axes (PCA)", TSNE: "Neighbours (t-SNE)"}
    kept = switch("What the picture keeps", ways, key=WAY) == TSNE
    steps = times.steps_of(choice)
    at = (
        pick_step(steps, key=STEP, label="After step", what="The vectors")
        if len(steps) > 1 and not kept
        else None
    )
    points, shares, apart = _points(choice, table, steps, at, k)
    if kept:
        where = str(choice.folder), models.stamp(choice)
        points, shares = _neighbourly(*where, table.name, k, table), None
    _draw(table, points, shares, token, counts, at, choice)
    if shares is None:
        st.markdown(
            "**What to notice:** t-SNE lays each token beside those it is most alike to. Who lies "
            "beside whom means much; how far apart two groups lie, and how large one is, means "
            "nothing. Another seed would draw another picture."
        )
    else:
        _notice(table, shares, k, turned=at is not None and at != steps[-1])
    if at is None and shares is not None:
        st.caption(
            "A model that ships has one state alone. Of a run of your own from the Train screen "
            "the same map can be followed over the steps of its training."
            if times.run_of(choice) is None
            else "Fewer than two states of this run were kept: there is no way back to look at."
        )
    vowels.vowels(apart, table)
    if at is not None and apart is not None:
        vowels.course(times.maps(choice, table.name, steps), steps, at)
    _files(choice, table, counts)
    _code()


@st.cache_data(max_entries=16, show_spinner="Looking for a picture that keeps neighbours …")
def _neighbourly(folder: str, stamp: float, name: str, k: int, _table: "TokenTable") -> Any:
    """Points (N, k) by t-SNE, of the tokens that are drawn."""
    from lm_core.inspection.projection import tsne

    return tsne(_table.vectors[: reading.OFFERED], k).numpy()


def _points(
    choice: models.Choice, table: "TokenTable", steps: list[int], at: int | None, k: int
) -> tuple[Any, Any, "Separation | None"]:
    """The points (N, k), the shares of their axes, and how far apart vowels are."""
    from lm_core.inspection.projection import laid_on_each_other

    if at is None:
        return _of_table(str(choice.folder), models.stamp(choice), table.name, k, table)
    found = times.maps(choice, table.name, steps)
    turned = laid_on_each_other([points[:, :k] for points, _, _ in found])
    n = steps.index(at)
    return turned[n].numpy(), found[n][1][:k].tolist(), found[n][2]


@st.cache_data(max_entries=16, show_spinner="Finding the main axes …")
def _of_table(
    folder: str, stamp: float, name: str, k: int, _table: "TokenTable"
) -> tuple[Any, Any, "Separation | None"]:
    from lm_core.inspection.embeddings import of_kinds
    from lm_core.inspection.projection import pca
    from lm_core.inspection.separation import separation

    found = pca(_table.vectors)
    letters = of_kinds(_table.kinds, "vowel", "consonant")
    kinds = [_table.kinds[i] for i in letters]
    apart = separation(_table.vectors[letters], kinds)
    return found.points[:, :k].numpy(), found.shares[:k].tolist(), apart


def _draw(
    table: "TokenTable",
    points: Any,
    shares: list[float] | None,
    token: int,
    counts: list[int] | None,
    at: int | None,
    choice: models.Choice,
) -> None:
    from lm_core.inspection.embeddings import KINDS, neighbours

    most = reading.OFFERED
    near = [] if at else [i for i, _ in neighbours(table.vectors, token, NEAR) if i < most]
    title = "Map of the tokens" + (f", after step {at:,}" if at else "")
    if counts is not None:
        counts = [*counts, *[0] * (len(table.labels) - len(counts))][:most]
    chart = _drawn(
        points[:most],
        reading.labels_of(table),
        [KINDS[kind] for kind in table.kinds[:most]],
        shares,
        title=title,
        times=counts,
        chosen=token,
        near=near,
        turned=at is not None,
        dark=st.context.theme.type == "dark",
    )
    with st.container(border=True):
        select: dict[str, Any] = {}
        if points.shape[1] == 2:
            select = {"on_select": _pointed, "selection_mode": "points"}
        show_chart(chart, key=f"{MAP}-{points.shape[1]}", **select)
        if len(table.labels) > most:
            st.caption(f"The first {most:,} of {len(table.labels):,} tokens are drawn.")


@st.cache_resource(max_entries=32, show_spinner=False)
def _drawn(points: Any, labels: list[str], kinds: list[str], shares: Any, **how: Any) -> "Chart":
    from lm_core.charts.token_map import token_map

    return token_map(points, labels, kinds, shares, **how)


def _pointed() -> None:
    points = st.session_state[f"{MAP}-2"]["selection"]["points"]
    place = points[0].get("customdata") if points else None
    if isinstance(place, list) and len(place) == 1:
        st.session_state[reading.TOKEN] = int(place[0])


def _notice(table: "TokenTable", shares: list[float], k: int, *, turned: bool) -> None:
    from lm_core.charts.words import percent

    C, whole = table.vectors.size(1), sum(shares)
    even = k / C
    said = (
        f"**What to notice:** each token is a list of {C:,} numbers, and {k} directions keep "
        f"{percent(whole)} of their variance; with all directions alike it would be "
        f"{percent(even)}. "
    )
    said += (
        "So most of what the model knows of a token is not in this picture: trust what "
        "Neighbours says, which measures in all of them."
        if whole < 0.5
        else "So points that lie near each other here are most often near in all of them."
    )
    if turned:
        said += (
            " Main axes may point elsewhere at each step: this map is turned, or mirrored, onto "
            "that of the next step kept (orthogonal Procrustes), which changes no distance in it."
        )
    st.markdown(said)


def _files(choice: models.Choice, table: "TokenTable", counts: list[int] | None) -> None:
    """What TensorBoard reads: the vectors for its projector, and the model as a graph."""
    from functools import partial
    from importlib.util import find_spec

    from lm_core.export.event_graph import refused

    st.header("For TensorBoard")
    st.write(
        "The same vectors as files, to be turned, searched and projected in other ways by "
        "TensorBoard's projector (UMAP among them): load the two tables in its Embedding "
        "Projector, or unpack the archive into a folder and begin TensorBoard with that as its "
        "folder of logs. The graph is unpacked there, too: under Graphs it shows the model as "
        "boxes, each a module of its code, to be opened by a double click down to single "
        "operations."
    )
    with st.container(horizontal=True):
        for name, kind in (("tensors.tsv", "tensors"), ("metadata.tsv", "metadata")):
            st.download_button(
                name,
                partial(_file, table, kind, counts),
                file_name=name,
                mime="text/tab-separated-values",
                key=f"layers-{kind}",
                on_click="ignore",
            )
        st.download_button(
            "Both, with its settings",
            partial(_file, table, "all", counts),
            file_name="projector.zip",
            mime="application/zip",
            key="layers-projector",
            on_click="ignore",
        )
        if find_spec("tensorboard") and not refused(choice.card):
            st.download_button(
                "Graph of the model",
                partial(_graph, choice),
                file_name="graph.zip",
                mime="application/zip",
                key="layers-graph",
                on_click="ignore",
            )


def _graph(choice: models.Choice) -> bytes:
    from lm_core.export.event_graph import graph_zip

    return graph_zip(models.load(choice))


def _file(table: "TokenTable", kind: str, counts: list[int] | None) -> bytes:
    from lm_core.export.projector import metadata_tsv, projector_zip, tensors_tsv

    columns: dict[str, Any] = {"token": table.labels, **_kinds(table)}
    if counts is not None:
        columns["times"] = [*counts, *[0] * (len(table.labels) - len(counts))]
    if kind == "tensors":
        return tensors_tsv(table.vectors)
    if kind == "metadata":
        return metadata_tsv(columns)
    return projector_zip(table.name, tensors_tsv(table.vectors), metadata_tsv(columns))


def _kinds(table: "TokenTable") -> dict[str, list[str]]:
    from lm_core.inspection.embeddings import KINDS

    return {"kind": [KINDS[kind] for kind in table.kinds]}


def _code() -> None:
    from lm_core.inspection import projection, separation

    show_source(projection.pca, "The code: the main axes (PCA)")
    show_source(projection.tsne, "The code: neighbours kept (t-SNE)")
    show_source(projection.procrustes, "The code: one map laid on another")
    show_source(separation.separation, "The code: do two kinds lie apart")
