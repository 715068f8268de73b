"""What the parameters of Doctor may hold."""

from pages._ui.shared.kinds import LABEL, Id, Kind, Text

PARAMETERS: dict[str, Kind] = {
    "doctor": Id(),
    "doctor-of": Id(),
    "doctor-model": LABEL,
    "doctor-steps": Text(600, times=20),
    "doctor-view": LABEL,
    "doctor-layers": LABEL,
}
