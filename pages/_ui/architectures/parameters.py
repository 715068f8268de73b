"""What the parameters of Architectures may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "architectures-family": LABEL,
    "architectures-vocabulary": Whole(2, 200_000),
    "architectures-alike": Switch(),
    "architectures-other": Switch(),
    "architectures-cost": LABEL,
    "architectures-name": Text(30),
}
