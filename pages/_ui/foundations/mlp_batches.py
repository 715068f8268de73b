"""A data set in batches: which rows a step sees, with and without shuffling."""

import streamlit as st

from pages._ui.foundations.mlp_form import Task
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

SHOWN, FEATURES = 10, 6  # batches in the picture; features in the table


def show(task: Task) -> None:
    """The part of the screen."""
    import numpy as np
    import torch

    from lm_core.charts.matrices import matrix
    from lm_core.foundations import batches

    found = task.found
    st.write(
        "A **data set** gives row after row by its number: features and a target. A **data "
        "loader** hands them out in batches, each row once in an epoch. Shuffled, each epoch has "
        "an order of its own, and a seed makes it the same for everybody. Here the rows stand as "
        "in their file, class after class where it has them so."
    )
    one, two, three = st.columns(3)
    size = one.number_input("Rows in a batch", 1, 64, 4, key="mlp-rows", bind="query-params")
    epoch = two.number_input("Epoch", 1, 50, 1, key="mlp-epoch", bind="query-params")
    seed = three.number_input(
        "Seed of the order", 0, 2**31 - 1, 0, key="mlp-order", bind="query-params"
    )
    with st.container(horizontal=True, gap="medium"):
        shuffle = st.toggle("Shuffle", True, key="mlp-shuffle", bind="query-params")
        drop = st.toggle(
            "Leave out a last batch that is not full", key="mlp-drop", bind="query-params"
        )
    st.code(_code(size, shuffle, drop, seed), language="python")
    data = batches.Rows(torch.tensor(found.x).float(), torch.tensor(found.y).float())
    loader = batches.Loader(data, size, shuffle=shuffle, drop_last=drop, seed=seed)
    places = [loader.places() for _ in range(epoch)][-1]
    if not places:
        st.info("No batch is full: take fewer rows in a batch, or leave none out.")
        return
    numbers = np.full((min(SHOWN, len(places)), size), np.nan)
    for k, rows in enumerate(places[:SHOWN]):
        numbers[k, : len(rows)] = rows.numpy()
    chart = matrix(
        numbers,
        [str(k + 1) for k in range(len(numbers))],
        [str(k + 1) for k in range(size)],
        title="Numbers of the rows in each batch",
        x="place in the batch",
        y="number of the batch",
        whole=True,
        dark=st.context.theme.type == "dark",
    )
    show_chart(chart, key="mlp-batches")
    _noticed(task, places, shuffle)
    _one(task, places)
    show_source(batches, "The code: a data set and its loader")


def _code(size: int, shuffle: bool, drop: bool, seed: int) -> str:
    """What torch's own classes would be told."""
    more = ", drop_last=True" if drop else ""
    return (
        "dataset = TensorDataset(torch.tensor(features).float(), torch.tensor(target).float())\n"
        f"dataloader = DataLoader(dataset, batch_size={size}, shuffle={shuffle}{more},\n"
        f"                        generator=torch.Generator().manual_seed({seed}))"
    )


def _noticed(task: Task, places: list, shuffle: bool) -> None:
    y = task.found.y
    alone = sum(len(set(y[rows.numpy()])) == 1 for rows in places)
    said = (
        "A step on such a batch learns that class alone, and the next one unlearns it."
        if alone > len(places) / 2
        else "Most steps see several classes, as the whole data set would."
    )
    st.markdown(
        f"**What to notice.** {len(y):,} rows come in {len(places):,} batches; the last one has "
        f"{len(places[-1])}. In {alone:,} of them all rows are of one class. {said}"
    )
    if not shuffle:
        st.caption("Without shuffling every epoch is the same, whatever the seed.")


def _one(task: Task, places: list) -> None:
    """A batch as a table."""
    import pandas as pd

    found, last = task.found, len(places)
    at = 1
    if last > 1:
        at = st.slider("Batch to look at", 1, last, 1, key=f"mlp-batch-at-{last}")
    rows = places[at - 1].numpy()
    table = pd.DataFrame(found.x[rows][:, :FEATURES], columns=found.features[:FEATURES])
    table.insert(0, "number of the row", rows)
    table["target class"] = [found.classes[k] for k in found.y[rows]]
    show_table(table, key="mlp-batch-rows", places=3)
    if len(found.features) > FEATURES:
        st.caption(f"The first {FEATURES} of {len(found.features)} features.")
