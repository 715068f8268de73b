"""What the parameters of Check this machine may hold."""

from pages._ui.shared.kinds import Kind

PARAMETERS: dict[str, Kind] = {}
BEGINS = {"check_machine": "check"}
