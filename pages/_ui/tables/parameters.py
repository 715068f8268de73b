"""What the parameters of Tables may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Switch, Text

PARAMETERS: dict[str, Kind] = {
    **{f"tables-{one}": LABEL for one in ("view", "family")},
    **dict.fromkeys(
        ("tables-column", "tables-tried", "tables-base", "tables-vote", "tables-closely"), LABEL
    ),
    "tables-share": Number(0.1, 1.0),
    "tables-bootstrap": Switch(),
    "tables-level-0": Text(200, times=12),
}
