"""What the parameters of Translate may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "translate-model": LABEL,
    "translate-text": Text(5000),
    "translate-width": Whole(1, 5),
    "translate-penalty": Number(0.0, 2.0),
    "translate-models": Text(600, times=8),
    "translate-reference": Text(5000),
    "translate-without": LABEL,
    "translate-study": LABEL,
    **dict.fromkeys(("translate-head", "translate-lengths-score"), LABEL),
}
