"""What the parameters of From averaging to attention may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Number, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "averaging-step": LABEL,
    "averaging-words": Text(80),
    "averaging-width": Whole(2, 4),
    "averaging-seed": SEED,
    "averaging-size": Whole(1, 256),
    "averaging-times": Number(0.0, 16.0),
    "averaging-sample": SEED,
    "averaging-mask": Switch(),
    "averaging-places": Switch(),
    "averaging-shuffle": SEED,
    "averaging-model": LABEL,
    "averaging-text": Text(5000),
    "averaging-layer": Whole(1, 1000),
    "averaging-head": Whole(1, 1000),
    **dict.fromkeys(
        (
            "averaging-taker",
            "averaging-row",
            "averaging-column",
            "averaging-view",
            "averaging-token",
            "averaging-looked",
            "averaging-part",
        ),
        LABEL,
    ),
}
BEGINS = {"from_averaging_to_attention": "averaging"}
