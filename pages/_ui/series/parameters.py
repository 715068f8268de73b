"""What the parameters of Forecast may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Whole

PARAMETERS: dict[str, Kind] = {
    **{f"forecast-{one}": LABEL for one in ("view", "family", "budget")},
    "forecast-window": Whole(1, 300_000),
    "forecast-residuals": LABEL,
}
