"""Classification: a confusion matrix to fill in, and all figures that are made from it."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import readable
from pages._ui.shared import address, session
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.evaluation.classification import Report

COUNTS, TABLE = "metrics-counts", "metrics-table"  # in the address; in the session
CLASSES = "metrics-classes"
MOST = 8  # classes
LONGEST = 24  # characters of a class
Counts = list[list[int | None]]
# What is offered -> the classes and how often each was taken for each.
OFFERED: dict[str, tuple[str, Counts]] = {
    "Three classes": ("negative, neutral, positive", [[1, 0, 0], [1, 0, 0], [0, 1, 2]]),
    "Two classes": ("no, yes", [[2, 0], [1, 2]]),
    "One class is rare": ("usual, rare", [[95, 0], [5, 0]]),
}
FIRST = OFFERED["Three classes"]


def show() -> None:
    """The part of the screen."""
    st.write(
        "A model that sorts texts into classes is right or wrong, and there is more than one way "
        "to be wrong. **Precision**: of what it called so, how much is so. **Recall**: of what is "
        "so, how much it found. **F1** is high only where both are."
    )
    st.latex(
        r"P = \frac{\text{right}}{\text{said}} \quad R = \frac{\text{right}}{\text{real}} \quad "
        r"F_1 = \frac{2PR}{P+R}"
    )
    with st.container(horizontal=True, gap="small"):
        for name, (classes, counts) in OFFERED.items():
            args = partial(_offer, classes, counts)
            st.button(name, on_click=args, key=f"metrics-classes-{name}")
    names = _names()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**How often each class was taken for each.** Change any number.")
        counts = _editor(names)
    with session.mending():
        _figures(names, counts, right)


def _names() -> list[str]:
    """Raises BadText where they cannot be told apart."""
    from lm_core.errors import BadText

    text = st.text_input(
        "Classes",
        FIRST[0],
        max_chars=200,
        key=CLASSES,
        bind="query-params",
        help=f"With commas between them, 2 to {MOST}. The table has a row and a column for each.",
    )
    names = [readable(name.strip())[:LONGEST] for name in text.split(",") if name.strip()]
    if not 2 <= len(names) <= MOST or len(set(names)) < len(names):
        raise BadText(f"Name 2 to {MOST} different classes, with commas between them.")
    return names


def _offer(classes: str, counts: Counts) -> None:
    st.session_state[CLASSES] = classes
    _begin(counts)


def _begin(counts: Counts) -> None:
    """A table to be edited, which forgets what was typed into the one before."""
    _, number = st.session_state.get(TABLE, (None, 0))
    st.session_state[TABLE] = counts, number + 1


def _editor(names: list[str]) -> Counts:
    """What stands in the table now; the address keeps it."""
    import pandas as pd

    if TABLE not in st.session_state or address.brought(COUNTS):
        _begin(_read(address.get(COUNTS)))
    K = len(names)
    held, number = st.session_state[TABLE]
    if len(held) != K:  # another number of classes: what is there stays
        last = _read(address.get(COUNTS))
        _begin([[_cell(last, i, j) for j in range(K)] for i in range(K)])
        held, number = st.session_state[TABLE]
    table = pd.DataFrame(held, dtype="Int64")
    table.insert(0, "real", names)
    columns = {"real": st.column_config.Column("real ↓ said →")} | {
        str(j): st.column_config.NumberColumn(name, min_value=0, max_value=1_000_000, step=1)
        for j, name in enumerate(names)
    }
    table.columns = table.columns.map(str)
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["real"],
        column_config=columns,
        key=f"{TABLE}-{number}",
        alt="A row for each real class, a column for each class said.",
    )
    counts = _whole(edited.drop(columns="real"))
    same = counts == FIRST[1] and st.session_state[CLASSES] == FIRST[0]
    address.keep(COUNTS, "" if same else _written(counts))
    return counts


def _cell(counts: Counts, i: int, j: int) -> int | None:
    return counts[i][j] if i < len(counts) and j < len(counts[i]) else 0


def _read(text: str | None) -> Counts:
    """Rows with a semicolon between them, cells with a comma; what is no number stays empty."""
    if text is None:
        return FIRST[1]
    rows = [row.split(",") for row in text.split(";")]
    K = min(MOST, len(rows))
    numbers = [
        [int(one) if one.isdecimal() and len(one) < 8 else None for one in row] for row in rows
    ]
    return [[_cell(numbers, i, j) for j in range(K)] for i in range(K)]


def _written(counts: Counts) -> str:
    return ";".join(",".join("" if n is None else str(n) for n in row) for row in counts)


def _whole(table: "pd.DataFrame") -> Counts:
    """As Python counts: a cell that was emptied is None."""
    cells = table.astype("Float64").to_numpy(dtype=float, na_value=float("nan")).tolist()
    return [[int(one) if one == one else None for one in row] for row in cells]


def _figures(names: list[str], counts: Counts, right: object) -> None:
    from lm_core.charts.confusion import confusion_map
    from lm_core.evaluation import classification

    found = classification.report_of(counts, names)
    with right:
        dark = st.context.theme.type == "dark"
        show_chart(confusion_map(names, counts, dark=dark, height=300), key="metrics-confusion")
    show_table(_report(found), key="metrics-report", places=4)
    total = sum(found.support.values())
    diagonal = [counts[i][i] for i in range(len(names))]
    st.markdown(f"accuracy = ({_sum(diagonal)}) / {total:,} = **{found.accuracy:.4f}**")
    _one(names, counts, found)
    _averages(names, found)
    show_source(classification.report_of)


def _report(found: "Report") -> "pd.DataFrame":
    import pandas as pd

    rows = [(str(name), *figures, found.support[name]) for name, figures in found.classes.items()]
    total = sum(found.support.values())
    rows += [
        ("macro: all classes count alike", *found.macro, total),
        ("weighted: each by how often it is real", *found.weighted, total),
        ("micro: all counts added first", *found.micro, total),
    ]
    columns = ["class", "precision", "recall", "F1", "real"]
    return pd.DataFrame(rows, columns=columns)


def _one(names: list[str], counts: Counts, found: "Report") -> None:
    """The arithmetic of a class that is chosen."""
    chosen = st.selectbox(
        "One class, step by step",
        names,
        index=len(names) - 1,
        key="metrics-class",
        bind="query-params",
    )
    k = names.index(chosen)
    right, real = counts[k][k], found.support[chosen]
    said, (p, r, f1) = sum(row[k] for row in counts), found.classes[chosen]
    column, row = (_sum(cells) for cells in ([c[k] for c in counts], counts[k]))
    st.markdown(
        f"“{plain(chosen)}” was right {right:,} of the {said:,} times that it was said (its "
        f"column), and {real:,} texts really are so (its row).  \n"
        f"precision = {right:,} / ({column}) = **{p:.4f}**  \n"
        f"recall = {right:,} / ({row}) = **{r:.4f}**  \n"
        f"F1 = 2 × {p:.4f} × {r:.4f} / ({p:.4f} + {r:.4f}) = **{f1:.4f}**"
    )
    if not (said and real):
        st.caption("A share of nothing is counted as 0.")


def _sum(counts: list[int | None]) -> str:
    return " + ".join(f"{n:,}" for n in counts)


def _averages(names: list[str], found: "Report") -> None:
    each = [found.classes[name].f1 for name in names]
    support = [found.support[name] for name in names]
    added = " + ".join(f"{f1:.4f}" for f1 in each)
    weighed = " + ".join(f"{n:,} × {f1:.4f}" for n, f1 in zip(support, each, strict=True))
    st.markdown(
        f"macro F1 = ({added}) / {len(names)} = **{found.macro.f1:.4f}**  \n"
        f"weighted F1 = ({weighed}) / {sum(support):,} = **{found.weighted.f1:.4f}**"
    )
    st.markdown(
        f"**What to notice.** Accuracy is {found.accuracy:.4f} and macro F1 {found.macro.f1:.4f}. "
        "Where one class is rare, a model that never says it still has a high accuracy; its macro "
        "F1 tells. With one label a text, every micro figure is the accuracy."
    )
