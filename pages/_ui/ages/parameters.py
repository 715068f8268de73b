"""What the parameters of Age from a face may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Whole

PARAMETERS: dict[str, Kind] = {
    "ages-own-which": LABEL,
    **{f"ages-{one}": LABEL for one in ("view", "from", "which", "answers", "moved")},
    "ages-moving": Whole(1800, 1999),
    "ages-square": Whole(4, 20),
    "ages-sample": Whole(0, 9999),
    "ages-person": Whole(0, 9999),
    "ages-age": Whole(1, 90),
    "ages-seed": SEED,
    "ages-number": Whole(1800, 1999),
    "ages-patch": Whole(4, 20),
    **dict.fromkeys(("ages-vit", "ages-model", "ages-by"), LABEL),
    **dict.fromkeys(("ages-layer", "ages-head"), Whole(1, 1000)),
    "ages-changed": Whole(0, 9999),
    "ages-changes": SEED,
}
BEGINS = {"age_from_a_face": "ages"}
