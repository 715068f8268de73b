"""Charts of quantization: what is drawn, said and listed."""

import numpy as np
import pytest

from lm_core.charts.quantized import (
    Costed,
    Sized,
    channel_ranges,
    nats_by_bits,
    nats_by_size,
    nats_lost,
    read_sizes,
    signed,
    weights_and_levels,
)


def test_the_histogram_counts_every_weight_and_draws_every_level() -> None:
    weights = np.linspace(-1, 1, 201)
    chart = weights_and_levels(weights, [-1.0, 0.0, 1.0], before=0.4, after=0.0, title="W")
    assert chart.table["weights"].sum() == 201
    _, levels, one = chart.figure.data
    assert [x for x in levels.x if x is not None] == [-1, -1, 0, 0, 1, 1]
    assert list(one.x) == [0.4, 0.0]
    assert chart.alt.startswith("W: 50 % of the weights")
    assert "1 of 3 levels" in chart.alt
    assert chart.alt.endswith("The weight at 0.400 becomes 0.000.")


def test_nats_stand_over_bits() -> None:
    points = [Costed("int8 <a>", 8.2, -0.0001, 8), Costed("int4", 4.5, 0.0376, 4)]
    chart = nats_by_bits(points)
    assert [list(trace.x) for trace in chart.figure.data] == [[8.2], [4.5]]
    assert len({trace.marker.symbol for trace in chart.figure.data}) == 2
    assert "least int8 <a> (8.20 bits, −0.0001 nats), most int4" in chart.alt
    assert chart.figure.data[0].customdata[0] == "int8 &lt;a&gt;: −0.0001 nats"
    assert chart.table["bits per weight"].tolist() == [8.2, 4.5]
    assert "still empty" in nats_by_bits([]).alt


def test_bars_of_what_is_lost_and_ranges_of_channels() -> None:
    chart = nats_lost(["float32", "clipped"], [-0.001, 0.2])
    assert list(chart.figure.data[0].x) == [0.0, 0.2]
    assert "float32 −0.0010; clipped +0.2000" in chart.alt
    chart = channel_ranges([1.0, 900.0, 2.0], step=7.0, title="Ranges")
    assert chart.table["largest |x|"].tolist() == [900.0, 2.0, 1.0]
    assert "450 times as far as the middle one; 2 of 3 never" in chart.alt


def test_sizes_are_put_in_an_order_within_one_text_alone() -> None:
    points = [Sized(f"m{k}", "names", 10**k, "nf4", 1 / k) for k in range(1, 6)]
    points += [Sized("big", "speeches", 10**7, "nf4", 5.0)]
    assert read_sizes(points) == (
        "nf4, 5 models of names: the smaller pay more (rank correlation of size and nats -1.00)."
    )
    chart = nats_by_size(points)
    assert len(chart.table) == 6
    assert chart.figure.layout.xaxis.type == "log"
    assert "too few models" in read_sizes(points[:2])


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.0000"), (-1e-9, "0.0000"), (0.5, "+0.5000")])
def test_signs(value: float, text: str) -> None:
    assert signed(value) == text
