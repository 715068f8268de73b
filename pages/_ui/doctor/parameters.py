"""What the parameters of Doctor may hold."""

from pages._ui.shared.kinds import LABEL, Id, Kind, Number, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "doctor": Id(),
    "doctor-of": Id(),
    "doctor-model": LABEL,
    "doctor-steps": Text(600, times=20),
    "doctor-view": LABEL,
    "doctor-layers": LABEL,
    **dict.fromkeys(("doctor-seconds", "doctor-random"), Number(-1e14, 1e14)),
    **dict.fromkeys(("doctor-rates", "doctor-lrs", "doctor-decays"), Text(200)),
    **dict.fromkeys(
        (
            "doctor-inside",
            "doctor-cell",
            "doctor-5-layer",
            "doctor-5-stuck-layer",
            "doctor-5-matrix",
            "doctor-stack-activation",
        ),
        LABEL,
    ),
    "doctor-stack-gain": Number(0.0, 4.0),
    **dict.fromkeys(("doctor-stack-width", "doctor-layer-units"), Whole(10, 400)),
    "doctor-stack-depth": Whole(2, 40),
    "doctor-layer-inputs": Whole(2, 400),
    "doctor-layer-scale": Number(0.0, 100.0),
}
