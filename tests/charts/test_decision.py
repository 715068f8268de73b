"""What a net says over the plane."""

import numpy as np

from lm_core.charts.decision import CELLS, places, regions


def test_a_plane_of_outputs_with_its_corners() -> None:
    asked = places()
    assert asked.shape == (CELLS**2, 2)
    outputs = (asked[:, 0] > 0.5).astype(float)
    chart = regions(outputs, (0, 0, 0, 1), [0.0, 0.0, 1.0, 1.0], title="AND")
    z = np.array(chart.figure.data[0].z)
    assert z[0, 0] == 0
    assert z[0, -1] == 1
    assert chart.alt == (
        "AND: 3 of 4 corners lie on their side of one half (00: 0.00, 01: 0.00, 10: 1.00, "
        "11: 1.00)."
    )
    assert chart.table["target"].tolist() == [0, 0, 0, 1]
