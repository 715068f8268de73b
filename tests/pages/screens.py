"""A screen as a test reads it: without an error, its words, one of its tables."""

import pandas as pd
from streamlit.testing.v1 import AppTest


def sound(app: AppTest) -> AppTest:
    """The same, where it shows no error."""
    assert not app.exception
    assert not app.error
    return app


def said(app: AppTest) -> str:
    """Its sentences, and what stands below things in small type."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The only one that has this column."""
    (found,) = [frame.value for frame in app.dataframe if column in frame.value]
    return found


def first_table(app: AppTest, column: str) -> pd.DataFrame:
    """The first of several that have it."""
    return next(frame.value for frame in app.dataframe if column in frame.value)
