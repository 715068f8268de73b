"""What the parameters of Quantize may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Whole

PARAMETERS: dict[str, Kind] = {
    "quantize-view": LABEL,
    "quantize-model": LABEL,
    "quantize-scheme": LABEL,
    "quantize-matrix": LABEL,
    "quantize-row": Whole(1, 1_000_000),
    "quantize-column": Whole(1, 1_000_000),
    "quantize-only": LABEL,
    **dict.fromkeys(("quantize-factor", "quantize-clip"), LABEL),
}
