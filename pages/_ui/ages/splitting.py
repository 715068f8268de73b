"""The table cut in three, so that every part has the same share of each age."""

import streamlit as st

from pages._ui.ages.given import pick
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import csv_button

SEED = "ages-seed"
PARTS = ("train", "validation", "test")
FILES = {"train": "train_set.csv", "validation": "valid_set.csv", "test": "test_set.csv"}


def look() -> None:
    """Three histograms, three CSV files."""
    found = pick()
    if found is None:
        return
    from lm_core.charts.ages import histograms
    from lm_core.pictures import stratified

    st.write(
        "Ages are unevenly spread, and a random cut could leave the old out of the test. So the "
        "table is cut within each age: 80 of a hundred train, 10 validate, 10 test. An age that "
        "is too rare to be cut goes together with its neighbours."
    )
    seed = st.number_input(
        "Seed of the cut", 0, 2**31 - 1, stratified.SEED, key=SEED, bind="query-params"
    )
    parts = stratified.split(found.table, seed=int(seed))
    sizes = ", ".join(f"{len(parts[name]):,} {name}" for name in PARTS)
    chart = histograms(
        {name: parts[name]["age"].tolist() for name in PARTS}, title="Ages in each part"
    )
    show_chart(chart, key="ages-split")
    means = ", ".join(f"{parts[name]['age'].mean():.1f}" for name in PARTS)
    st.markdown(f"**What to notice:** {sizes}. Their mean ages are {means} years: nearly the same.")
    with st.container(horizontal=True):
        for name in PARTS:
            csv_button(parts[name], key=f"ages-{name}", name=FILES[name])
    show_source(stratified, "The code: the cut")
