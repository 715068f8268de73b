"""What the parameters of Digits may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
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
    **dict.fromkeys(("digits-way", "digits-filter", "digits-imbalance"), LABEL),
    **dict.fromkeys(("digits-row", "digits-column"), Whole(1, 4096)),
    "digits-weight": Number(0.0, 1.0),
    "digits-inputs": LABEL,
}
