"""What the parameters of Train may hold."""

from pages._ui.shared.kinds import LABEL, Kind

PARAMETERS: dict[str, Kind] = {
    "train-model": LABEL,
    "train-budget": LABEL,
    **dict.fromkeys(
        (
            "train-view",
            "train-measure",
            "train-smooth",
            "train-together-split",
            "train-together-axis",
            "train-together-unit",
            "train-back-layer",
            "train-back-head",
        ),
        LABEL,
    ),
}
