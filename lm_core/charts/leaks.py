"""How much of a validation text stands in the training text too, as two bars."""

import pandas as pd

from lm_core.charts import words
from lm_core.charts.bars import horizontal_bars
from lm_core.charts.chart import Chart
from lm_core.charts.shares import share_ticks
from lm_core.charts.theme import BLUE, VERMILLION

TITLE = "The validation text"


def leak_bars(leaked: float, looked_for: int, window: int, *, fine: float) -> Chart:
    """What was met in training and what is new.

    Args:
        leaked: share of 1 that stands in the training text as well.
        looked_for: how many items (`window` 0) or pieces of `window` tokens were looked for.
        fine: share of 1 up to which doubles do no harm.
    """
    shares = [1 - leaked, leaked]
    labels = ["new to the model", "in training too"]
    one, several = (f"piece of {window} tokens", f"pieces of {window} tokens")
    what = words.count(looked_for, *((one, several) if window else ("item", "items")))
    figure = horizontal_bars(
        labels,
        shares,
        [words.percent(share) for share in shares],
        title=TITLE,
        x="share",
        colors=[BLUE, VERMILLION],
        label_width=17,
    )
    share_ticks(figure)
    counts = [looked_for - round(leaked * looked_for), round(leaked * looked_for)]
    table = pd.DataFrame({"validation text": labels, "share of 1": shares, "found": counts})
    alt = (
        f"Of {what} of the validation text {words.percent(leaked)} stand in the training text "
        f"word for word; up to {words.percent(fine)} is fine."
    )
    return Chart(TITLE, figure, alt, table)
