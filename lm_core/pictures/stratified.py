"""A table cut into training, validation and test rows that all have the same share of each age.

    df_train, df_temp = train_test_split(df, train_size=0.8, stratify=df.age, random_state=42)
    df_test, df_valid = train_test_split(df_temp, train_size=0.5, stratify=df_temp.age, ...)

These two lines of seed 002 stop with an error where an age comes only once, and the second wherever
one comes once in the remaining fifth. So ages that are rare go together with their neighbours: no
stratum has fewer than ten rows.
"""

import numpy as np
import pandas as pd

from lm_core.errors import BadText

SHARE, HALF, SEED = 0.8, 0.5, 42
LEAST = 10  # rows of a stratum: one of them for each of the small parts


def strata(ages: np.ndarray) -> np.ndarray:
    """(N,) ages -> (N,) the number of the stratum of each: neighbouring ages together until there
    are `LEAST` rows."""
    values, counts = np.unique(ages, return_counts=True)
    numbers, number, so_far = [], 0, 0
    for count in counts:
        if so_far >= LEAST:
            number, so_far = number + 1, 0
        numbers.append(number)
        so_far += count
    if so_far < LEAST and number:  # what is left at the end
        numbers = [min(one, number - 1) for one in numbers]
    return np.array(numbers)[np.searchsorted(values, ages)]


def split(table: pd.DataFrame, *, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Rows of `table`, which has a column `age`, as train, validation and test: 80, 10 and 10 of a
    hundred.

    Raises:
        BadText: there are too few rows for three parts.
    """
    from sklearn.model_selection import train_test_split

    if len(table) < 2 * LEAST:
        raise BadText(
            f"{len(table)} pictures are too few to be split in three: give at least {2 * LEAST}."
        )
    groups = pd.Series(strata(table["age"].to_numpy()), index=table.index)
    kept, rest = _cut(train_test_split, table, groups, SHARE, seed)
    test, validation = _cut(train_test_split, rest, groups, HALF, seed)
    return {"train": kept, "validation": validation, "test": test}


def _cut(cut, table: pd.DataFrame, groups: pd.Series, share: float, seed: int):
    """By strata, where every one of them has two rows and a place in each part; at random else."""
    here = groups.loc[table.index]
    counts = here.value_counts()
    smaller = round(len(table) * min(share, 1 - share))
    fits = counts.min() >= 2 and len(counts) <= smaller
    return cut(table, train_size=share, stratify=here if fits else None, random_state=seed)
