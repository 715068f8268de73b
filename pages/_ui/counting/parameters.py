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
    **dict.fromkeys(
        (
            "counting-after",
            "counting-throws",
            "counting-k",
            "counting-beside-k",
            "counting-runs-k",
            "counting-strength",
            "counting-lr",
            "counting-l2",
            "counting-prune",
            "counting-unit",
            "counting-amount",
            "counting-smoothing",
        ),
        LABEL,
    ),
    **dict.fromkeys(
        ("counting-context-items", "counting-context-char", "counting-context-word"), Text(80)
    ),
    "counting-order-char": Whole(1, 8),
    "counting-order-word": Whole(1, 5),
}
