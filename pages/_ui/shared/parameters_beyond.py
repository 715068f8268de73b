"""The parameters of the screens beyond text."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Switch, Text, Whole

BEYOND: dict[str, Kind] = {
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
    "boxes-view": LABEL,
    "boxes-pair": Text(120),
    "boxes-list": Text(1200),
    "boxes-threshold": Number(0.0, 1.0),
    "boxes-sizes": Text(60),
    "boxes-ratios": Text(60),
    "boxes-stride": Whole(1, 64),
    "boxes-wide": Whole(32, 1024),
    "boxes-high": Whole(32, 1024),
    "boxes-scene": Text(1600),
    "boxes-reach": Number(0.05, 0.95),
    "upsampling-view": LABEL,
    "upsampling-grid": Text(200),
    "upsampling-before": Text(400),
    "upsampling-kernel": Text(400),
    "upsampling-method": LABEL,
    "upsampling-side": Whole(1, 3),
    "upsampling-size": Whole(1, 8),
    "upsampling-k": Whole(1, 4),
    "upsampling-stride": Whole(1, 3),
    "upsampling-padding": Whole(0, 2),
    "upsampling-corners": Switch(),
    "upsampling-row": Whole(1, 10),
    "upsampling-column": Whole(1, 10),
    **{
        f"upsampling-{which}-{what}": kind
        for which in ("one", "other")
        for what, kind in {
            **dict.fromkeys(("x", "y"), Number(-4.0, 4.0)),
            **dict.fromkeys(("wide", "high"), Number(0.05, 2.0)),
            "together": Number(-0.95, 0.95),
        }.items()
    },
}
