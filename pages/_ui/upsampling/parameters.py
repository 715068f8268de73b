"""What the parameters of Making pictures larger may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
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
