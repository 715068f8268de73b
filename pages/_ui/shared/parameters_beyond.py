"""The parameters of the screens beyond text."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Text, Whole

SEED = Whole(0, 2**31 - 1)
BEYOND: dict[str, Kind] = {
    "digits-part": LABEL,
    "digits-model": LABEL,
    "digits-drawn": Text(64),
    **dict.fromkeys(("digits-of", "digits-layer", "digits-copies"), LABEL),
    "digits-which": Whole(1, 20),
    "digits-side": Whole(1, 4096),
    "digits-units": Whole(1, 100_000),
    "digits-kernel": Whole(1, 11),
    "digits-noise": Number(0.0, 1.0),
    "digits-kind": LABEL,
    "digits-seed": SEED,
    "digits-question": LABEL,
    "gan-part": LABEL,
    "gan-model": LABEL,
    "gan-seed": SEED,
    "gan-d": Number(0.01, 0.99),
    "gan-t": Number(0.0, 1.0),
    **dict.fromkeys(("gan-data", "gan-loss", "gan-momentum"), LABEL),
    "gan-k": Whole(1, 20),
}
