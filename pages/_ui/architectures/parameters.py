"""What the parameters of Architectures may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Switch, Whole

PARAMETERS: dict[str, Kind] = {
    "architectures-family": LABEL,
    "architectures-vocabulary": Whole(2, 200_000),
    "architectures-alike": Switch(),
}
