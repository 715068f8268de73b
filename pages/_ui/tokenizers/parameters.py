"""What the parameters of Tokenizers may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text

PARAMETERS: dict[str, Kind] = {
    "tokenizers-own": Text(2000),
    "tokenizers-look": LABEL,
    "tokenizers-over": LABEL,
    "tokenizers-word": Text(40),
    "tokenizers-signs": Text(30),
    **dict.fromkeys(("tokenizers-size", "tokenizers-whose"), LABEL),
    "tokenizers-again": Text(600, times=20),
}
