"""What the parameters of Masks may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "masks-view": LABEL,
    "masks-scene": Whole(1800, 1999),
    "masks-classes": Text(40, times=3),
    "masks-net": LABEL,
    "masks-high": Whole(8, 128),
    "masks-wide": Whole(8, 128),
    "masks-many": Whole(2, 64),
    "masks-which": LABEL,
    "masks-model": LABEL,
    "masks-sure": Number(0.0, 1.0),
    "masks-pixel": Number(0.0, 0.95),
    "masks-from": LABEL,
}
