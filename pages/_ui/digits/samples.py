"""The pictures: samples of each class, how many there are, and how each class fares."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.digits.reading import Seen, dark, seen
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import torch

EACH = 6  # samples of a class
JUDGED = 1000


def show() -> None:
    """The part of the screen."""
    of = seen()
    info = of.corpus.info
    st.write(
        "What the network learns from. Look at the data first: how many there are of each class, "
        "and what they look like, decide what can be learned."
    )
    said = f"{info.title}. {info.source} {info.split_rule} Licence: {info.licence}"
    st.caption(plain(said))
    _samples(of)
    _counts(of)
    _report(of)


def _samples(of: Seen) -> None:
    import torch

    from lm_core.charts.picture_grid import picture_grid

    part = of.corpus.splits["train"]
    rows, names = [], []
    for k, name in enumerate(of.names):
        some = part.pixels[(part.labels == k).nonzero().flatten()[:EACH]]
        rows.append(some)
        names += [name] * len(some)
    chart = picture_grid(
        torch.cat(rows).mean(1).numpy(),
        names,
        title="Training pictures of each class",
        columns=2 * EACH,
        dark=dark(),
    )
    show_chart(chart, key="digits-samples")


def _counts(of: Seen) -> None:
    """Of each class, as it is and made rarer."""
    import pandas as pd

    from lm_core.charts.bars import horizontal_bars
    from lm_core.charts.chart import Chart
    from lm_core.pictures.imbalance import thinned

    factor = st.select_slider(
        "Imbalance: the last class keeps one of so many",
        (1, 2, 5, 10, 20, 50, 100),
        1,
        key="digits-imbalance",
        bind="query-params",
    )
    part, K = of.corpus.splits["train"], len(of.names)
    left = thinned(part, K, float(factor)).labels.bincount(minlength=K).tolist()
    was = part.labels.bincount(minlength=K).tolist()
    title = "How many training pictures each class has"
    figure = horizontal_bars(
        of.names, left, [f"{n:,}" for n in left], title=title, x="pictures", y="class"
    )
    table = pd.DataFrame({"class": of.names, "pictures": was, "pictures left": left})
    most, least = max(left), min(left)
    alt = f"{title}: from {least:,} to {most:,}, {sum(left):,} in all."
    show_chart(Chart(title, figure, alt, table), key="digits-counts")
    st.markdown(
        f"**What to notice.** Always saying the commonest class would be right for {most:,} of "
        f"{sum(left):,} of these. The more uneven the classes, the more accuracy flatters; F1 of "
        "each class, and its mean, do not. *Train* has runs with rare classes, weighed and not."
    )


def _report(of: Seen) -> None:
    """Of each class, on pictures that the model never saw."""
    import pandas as pd

    from lm_core.charts.confusion import confusion_map
    from lm_core.evaluation.classification import confusion, report_of

    st.header("How each class fares")
    pixels, real = of.test(JUDGED)
    said = _said(of, pixels)
    named = [[of.names[k] for k in each] for each in (real.tolist(), said)]
    counted = confusion(*named, of.names)
    told = report_of(counted, of.names)
    rows = [
        {
            "class": name,
            "precision": told.classes[name].precision,
            "recall": told.classes[name].recall,
            "F1": told.classes[name].f1,
            "pictures": told.support[name],
        }
        for name in of.names
    ]
    rows += [
        {
            "class": called,
            "precision": mean.precision,
            "recall": mean.recall,
            "F1": mean.f1,
            "pictures": len(said),
        }
        for called, mean in (("mean (macro)", told.macro), ("weighted", told.weighted))
    ]
    show_table(pd.DataFrame(rows), key="digits-report", places=3, height="content")
    chart = confusion_map(of.names, counted, dark=dark(), height=400, what="pictures")
    show_chart(chart, key="digits-confusion")
    st.markdown(f"**What to notice.** {plain(chart.alt)}")


def _said(of: Seen, pixels: "torch.Tensor") -> list[int]:
    import torch

    with torch.no_grad():
        return torch.cat([of.model(piece).argmax(-1) for piece in pixels.split(256)]).tolist()
