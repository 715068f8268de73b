"""What the parameters of Tensors may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text, Whole

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
}
