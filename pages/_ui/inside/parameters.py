"""What the parameters of Attention may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text, Whole

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
}
