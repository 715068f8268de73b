"""What the parameters of Read with the model's eyes may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "reading-text": Text(2000),
    "reading-names": Text(2000),
    "reading-model": LABEL,
    "reading-beside": LABEL,
    "reading-colour": LABEL,
    "reading-gaps-text": Text(400),
    "reading-gaps-names": Text(400),
    "reading-whole": Switch(),
    "reading-token": Whole(1, 100_000),
    "reading-beside-token": Whole(1, 100_000),
}
