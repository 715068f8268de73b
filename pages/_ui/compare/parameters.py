"""What the parameters of Compare may hold."""

from pages._ui.shared.kinds import LABEL, Id, Kind, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "race": Id(),
    **{f"compare-{one}": LABEL for one in ("part", "ablations", "counted", "over", "budget")},
    "compare-seeds": Whole(1, 3),
    "compare-parameters": Whole(1_000, 100_000_000),
    "compare-families": Text(600, times=20),
}
