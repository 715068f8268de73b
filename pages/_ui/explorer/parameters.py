"""What the parameters of Dataset explorer may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text

PARAMETERS: dict[str, Kind] = {
    "explorer-look": LABEL,
    "explorer-search": Text(200),
}
BEGINS = {"dataset_explorer": "explorer"}
