"""What the parameters of Image bench may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "bench-view": LABEL,
    "bench-picture": LABEL,
    "bench-size": LABEL,
    "bench-chain": Text(900),  # lm_core.pictures.chain.LONGEST
    "bench-step": Whole(0, 8),
    "bench-row": Whole(0, 1023),
    "bench-column": Whole(0, 1023),
    "bench-cells": Text(200),
    "bench-element": Text(60),
    "bench-operation": LABEL,
    "bench-cell-row": Whole(1, 8),
    "bench-cell-column": Whole(1, 10),
}
BEGINS = {"image_bench": "bench"}
