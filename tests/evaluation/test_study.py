from pathlib import Path

import pytest

from lm_core.evaluation.study import Configuration, configurations, read


def runs(called: str, value: str, *figures: float) -> list[dict[str, str]]:
    return [
        {"called": called, "value": value, "base": "64" if called else "", "chrf": str(figure)}
        | {"validation_nats": str(figure)}
        for figure in figures
    ]


def test_runs_are_brought_together_by_what_was_changed(tmp_path: Path) -> None:
    path = tmp_path / "study.csv"
    rows = [
        *runs("", "", 2, 3),
        *runs("Width", "128", 5),
        *runs("Width", "32", 1),
        *runs("", "", 4),
    ]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    base, wide, narrow = configurations(read(path))
    assert (base.label, wide.label, narrow.label) == ("Base", "Width 128", "Width 32")
    assert base.of("chrf") == [2, 3, 4]
    assert (base.mean("chrf"), base.spread("chrf")) == (3, (2, 4))
    assert wide.base == "64"


@pytest.mark.parametrize(
    ("ours", "told"),
    [((5, 6), "better"), ((0, 1), "worse"), ((1, 2), ""), ((4, 9), ""), ((3,), "")],
)
def test_an_order_takes_seeds_that_do_not_overlap(ours: tuple, told: str) -> None:
    one = Configuration("Width", "128", "64", tuple(runs("Width", "128", *ours)))
    base = Configuration("", "", "", tuple(runs("", "", 2, 3, 4)))
    assert one.told_apart(base, "chrf") == told
    turned = {"better": "worse", "worse": "better", "": ""}[told]
    assert one.told_apart(base, "validation_nats") == turned  # less is better
    assert base.told_apart(one, "chrf") == turned
