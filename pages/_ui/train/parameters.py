"""What the parameters of Train may hold."""

from pages._ui.shared.kinds import LABEL, Kind

PARAMETERS: dict[str, Kind] = {
    "train-model": LABEL,
    "train-budget": LABEL,
}
