"""What the parameters of Attention may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "attention-model": LABEL,
    "attention-name": Text(5000),
    "attention-text": Text(5000),
    "attention-source": Text(5000),
    "attention-target": Text(5000),
    "attention-view": LABEL,
    "attention-layer": Whole(1, 1000),
    "attention-head": Whole(1, 1000),
    "attention-picture": LABEL,
    "attention-further": LABEL,
    "attention-off": Text(120, times=40),
    "attention-mean": LABEL,
    "attention-way": LABEL,
    **dict.fromkeys(
        (
            "attention-at",
            "attention-lines-of",
            "attention-place",
            "attention-pair",
            "attention-row",
            "attention-column",
        ),
        LABEL,
    ),
    "attention-padding": Whole(1, 8),
    "attention-off-seed": SEED,
}
