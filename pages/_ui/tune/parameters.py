"""What the parameters of Fine-tune may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Number, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "tune-view": LABEL,
    "tune-model": LABEL,
    "tune-method": LABEL,
    "tune-budget": LABEL,
    **dict.fromkeys(("tune-seed", "tune-rouge-seed"), SEED),
    **dict.fromkeys(("tune-rank", "tune-prompt"), Whole(1, 1024)),
    "tune-alpha": Number(0.0, 4096.0),
    "tune-targets": LABEL,
    "tune-stabilised": Switch(),
    "tune-prompt-from": LABEL,
    "tune-run": LABEL,
    "tune-rouge-models": Text(600, times=4),
    "tune-rouge-count": Whole(2, 100),
    "tune-parts": Text(600, times=200),
    "tune-sample-seed": SEED,
    **dict.fromkeys(("tune-matrix", "tune-rouge-place"), LABEL),
    "tune-directions-rank": Whole(1, 100_000),
}
BEGINS = {"fine_tune": "tune"}
