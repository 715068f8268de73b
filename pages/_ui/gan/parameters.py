"""What the parameters of GAN may hold."""

from pages._ui.shared.kinds import LABEL, SEED, Kind, Number, Whole

PARAMETERS: dict[str, Kind] = {
    "gan-part": LABEL,
    "gan-model": LABEL,
    "gan-seed": SEED,
    "gan-d": Number(0.01, 0.99),
    "gan-t": Number(0.0, 1.0),
    **dict.fromkeys(("gan-data", "gan-loss", "gan-momentum"), LABEL),
    "gan-k": Whole(1, 20),
    **dict.fromkeys(
        (
            "gan-game",
            "gan-curves",
            "gan-steps",
            "gan-step-usual",
            "gan-step-saturating",
            "gan-step-five",
            "gan-step-momentum",
        ),
        LABEL,
    ),
}
