"""What the parameters of Boxes may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
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
    "boxes-label": LABEL,
    "boxes-scene-number": Whole(1800, 1999),
    "boxes-sure": Number(0.05, 0.95),
    "boxes-proposed": Whole(0, 999),
    "boxes-scale": Number(0.1, 3.0),
    "boxes-merges": Whole(0, 200),
}
