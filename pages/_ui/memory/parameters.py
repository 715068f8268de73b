"""What the parameters of Memory may hold."""

from pages._ui.shared.kinds import LABEL, Kind, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "memory-view": LABEL,
    "memory-model": LABEL,
    "memory-text": Text(5000),
    "memory-name": Text(5000),
    "memory-gate": LABEL,
    "memory-layer": Whole(1, 1000),
    "memory-place": LABEL,
    "memory-count-layer": Whole(1, 1000),
    "memory-count-state": LABEL,
    "memory-count-feature": LABEL,
    "memory-unit": Whole(0, 100_000),
    **dict.fromkeys(("memory-task", "memory-stage"), LABEL),
    "memory-reach": Text(600, times=40),
}
