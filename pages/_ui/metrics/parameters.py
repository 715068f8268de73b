"""What the parameters of Metrics may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "metrics-part": LABEL,
    "metrics-sides": Whole(1, 8),
    **{f"metrics-side-{i}": Whole(0, 100) for i in range(1, 9)},
    "metrics-came": Text(300),
    "metrics-vocabulary": Whole(1, 100_000),
    "metrics-classes": Text(200),
    "metrics-counts": Text(600),
    "metrics-example": LABEL,
    "metrics-said": Text(1000),
    "metrics-real": Text(1000),
    "metrics-other": Text(1000),
    "metrics-synonyms": Text(300),
    "metrics-lower": Switch(),
    "metrics-smooth": Switch(),
    "metrics-set": LABEL,
    **dict.fromkeys(("metrics-class", "metrics-run"), LABEL),
}
