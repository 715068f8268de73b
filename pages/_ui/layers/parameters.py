"""What the parameters of Embeddings and layers may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "layers-view": LABEL,
    "layers-model": LABEL,
    "layers-table": LABEL,
    "layers-dimensions": LABEL,
    "layers-colour": LABEL,
    "layers-way": LABEL,
    "layers-token": LABEL,
    "layers-a": LABEL,
    "layers-b": LABEL,
    "layers-c": LABEL,
    "layers-text": Text(5000),
    "layers-name": Text(5000),
    "layers-measure": LABEL,
    "layers-block": Whole(1, 1000),
    "layers-neuron": Whole(0, 100_000),
    **dict.fromkeys(("layers-layer", "layers-place"), LABEL),
}
BEGINS = {"embeddings_and_layers": "layers"}
