"""What the parameters of Counting may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "counting-part": LABEL,
    "counting-look": LABEL,
    "counting-thrown": LABEL,
    "counting-walk": Text(45),
    "counting-draws": SEED,
    "counting-seed": SEED,
    "counting-sides": Whole(2, 7),
    "counting-heads": Number(0.05, 0.95),
}
