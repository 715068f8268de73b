"""A table of one's own: words, gaps and targets by rules that are said; stored and found again."""

import contextlib
import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import as_text, load_own, save_own
from lm_core.corpora.own_table import guess_target, table_of
from lm_core.errors import BadText

CLASSES, VALUES = "table classes", "table values"


def table(n: int = 60, **cells: str) -> str:
    """Rows of a size, a colour and a kind; `cells` replaces whole lines by their number."""
    rows = [f"{k}.5,{('red', 'blue')[k % 2]},{('a', 'b', 'c')[k % 3]}" for k in range(n)]
    for at, line in cells.items():
        rows[int(at[1:])] = line
    return "\n".join(["size,colour,kind", *rows])


def test_numbers_stay_words_become_columns_of_their_own_and_all_is_standardised() -> None:
    made = table_of(table(), title="Mine", kind=CLASSES)
    train = made.splits["train"]
    assert train.columns == ["size", "colour = blue", "colour = red"]
    assert made.codec.names == ["a", "b", "c"]
    assert made.codec.sizes == {"n_features": 3, "n_outputs": 3}
    assert {name: len(part.labels) for name, part in made.splits.items()} == {
        "train": 36,
        "validation": 12,
        "test": 12,
    }
    torch.testing.assert_close(train.features.mean(0), torch.zeros(3), atol=1e-6, rtol=0)
    torch.testing.assert_close(train.features.std(0, correction=0), torch.ones(3))
    every = torch.cat(
        [part.features[:, 0] * train.stds[0] + train.means[0] for part in made.splits.values()]
    )
    assert sorted(every.tolist()) == pytest.approx([k + 0.5 for k in range(60)], abs=1e-4)


def test_a_missing_cell_is_the_mean_and_said() -> None:
    made = table_of(table(r3=",red,a", r4="?,,b"), title="Mine", kind=CLASSES)
    assert "empty cell" in made.info.note
    zeros = sum(int((part.features[:, 0] == 0).sum()) for part in made.splits.values())
    assert zeros == 2


def test_a_number_is_said_from_the_others() -> None:
    made = table_of(table(), title="Mine", kind=VALUES, target="size", unit="cm")
    train = made.splits["train"]
    assert (train.unit, made.codec.sizes) == ("cm", {"n_features": 5, "n_outputs": 1})
    assert train.values.mean().item() == pytest.approx(0, abs=1e-6)
    assert train.centre == pytest.approx(30, abs=6)
    assert [guess_target(c) for c in (["1", "2"], [str(k) for k in range(20)], ["a"] * 3)] == [
        CLASSES,
        VALUES,
        CLASSES,
    ]


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        (
            table(r7="high,red,a"),
            {"kind": VALUES, "target": "size"},
            "has “high”, which is no number",
        ),
        (table(10), {"kind": CLASSES}, "30 is the least"),
        (table(), {"kind": CLASSES, "target": "colr"}, "no column named 'colr'"),
        (table().replace(",b", ",a").replace(",c", ",a"), {"kind": CLASSES}, "two classes"),
        ("", {"kind": CLASSES}, "no text in this"),
        ("a,b", {"kind": CLASSES}, "line of headings"),
        (",,\n,,", {"kind": CLASSES}, "line of headings"),
        ("a,a\n1,2\n" * 40, {"kind": CLASSES}, "Two columns are named"),
        (
            "word,kind\n" + "\n".join(f"w{k},{'ab'[k % 2]}" for k in range(60)),
            {"kind": CLASSES},
            "No other column",
        ),
        ("x,y\n" + "\n".join(f"{k},5" for k in range(60)), {"kind": VALUES}, "same number"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(text: str, how: dict, said: str) -> None:
    with pytest.raises(BadText, match=said):
        table_of(text, title="Mine", **how)


def test_it_is_stored_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    made = table_of(table(r3=",red,a"), title="Mine", kind=CLASSES)
    found = load_own(save_own(made))
    assert found.info.name == made.info.name
    for name, part in made.splits.items():
        assert torch.equal(found.splits[name].features, part.features)
    assert table_of(as_text(found), title="Again", kind=CLASSES).info.name == made.info.name


def test_no_row_is_in_two_parts() -> None:
    made = table_of(table() + "\n" + table().partition("\n")[2], title="Mine", kind=CLASSES)
    rows = torch.cat([part.features for part in made.splits.values()])
    assert len(rows) == len(rows.unique(dim=0)) == 60


@given(st.text(max_size=200), st.sampled_from([CLASSES, VALUES]))
def test_whatever_is_typed_gets_a_sentence(text: str, kind: str) -> None:
    with contextlib.suppress(BadText):
        table_of(text, title="Mine", kind=kind)


@given(
    st.lists(st.sampled_from(["1", "2,5", "x", "", "nan", "1e400", "=1"]), min_size=40, max_size=40)
)
def test_cells_of_any_kind_leave_finite_features(cells: list[str]) -> None:
    text = "a;b;kind\n" + "\n".join(f"{cell};{k};{'xy'[k % 2]}" for k, cell in enumerate(cells))
    made = table_of(text, title="Mine", kind=CLASSES)
    assert all(math.isfinite(part.features.sum()) for part in made.splits.values())
