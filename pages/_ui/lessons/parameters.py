"""What the parameters of Lessons may hold."""

from pages._ui.shared.kinds import LABEL, Kind

PARAMETERS: dict[str, Kind] = {
    "lessons-open": LABEL,
}
