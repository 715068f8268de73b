"""What the parameters of Compare may hold."""

from pages._ui.shared.kinds import LABEL, Id, Kind, Switch, Text, Whole

PARAMETERS: dict[str, Kind] = {
    "race": Id(),
    **{f"compare-{one}": LABEL for one in ("part", "ablations", "counted", "over", "budget")},
    "compare-seeds": Whole(1, 3),
    "compare-parameters": Whole(1_000, 100_000_000),
    "compare-families": Text(600, times=20),
    **dict.fromkeys(
        (
            "compare-race-axis",
            "compare-race-unit",
            "compare-ready-axis",
            "compare-ready-unit",
            "compare-differ-of",
            "compare-differ-view",
            "compare-differ-one",
            "compare-differ-other",
        ),
        LABEL,
    ),
    **dict.fromkeys(("compare-race-log", "compare-ready-log"), Switch()),
    "compare-differ-models": Text(600, times=40),
    **dict.fromkeys(("compare-differ-text-True", "compare-differ-text-False"), Text(400)),
}
