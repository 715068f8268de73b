"""What the parameters of Tables may hold."""

from pages._ui.shared.kinds import LABEL, Kind

PARAMETERS: dict[str, Kind] = {
    **{f"tables-{one}": LABEL for one in ("view", "family")},
}
