"""What the parameters of Tensors may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "tensors-view": LABEL,
    "tensors-model": LABEL,
    "tensors-from": LABEL,
    "tensors-text": Text(2000),
    "tensors-name": Text(200),
    "tensors-source": Text(2000),
    "tensors-should": Text(2000),
    "tensors-which": LABEL,
    "tensors-blown": LABEL,
    "tensors-factor": LABEL,
    "tensors-optimizer": LABEL,
    "tensors-number": Whole(1, 20),
    "tensors-parameter": LABEL,
    "tensors-parts": Switch(),
    "tensors-target": LABEL,
    "tensors-decay": Number(0.0, 1.0),
    **dict.fromkeys(
        ("tensors-lr-adamw", "tensors-lr-adam", "tensors-lr-sgd-momentum", "tensors-lr-sgd"),
        Number(0.0, 10.0),
    ),
    **dict.fromkeys(("tensors-at-0", "tensors-at-1"), Whole(0, 100_000)),
}
