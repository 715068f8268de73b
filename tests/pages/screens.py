"""A screen as a test reads it: without an error, its words, a table, a run of its visitor."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from lm_core.runs.spec import RunSpec
from lm_core.runs.worker import execute
from pages._ui.shared import session


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


def finished(app: AppTest, spec: RunSpec) -> None:
    """A run of this visitor, worked on by this process."""
    manager, owner = session._manager(), app.session_state["visitor"]
    run = manager.store.create(owner, "Mine", spec.to_dict(), server=manager._presence.id)
    manager._turns.begin(run, owner, 1, 0).state = "busy"  # as if a worker had it
    assert execute(str(manager.store.folder), run, manager.store.hand_over(run)) == "finished"
    manager._turns.end(run)


def gone_back(app: AppTest, address: dict[str, Any], **said: Any) -> AppTest:
    """After Back or Forward to this address.

    Args:
        said: what else the message of the browser says, by its fields.
    """
    message = {"is_history_navigation": True} | said
    app.query_params.clear()
    app.query_params.update(address)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            LocalScriptRunner,
            "request_rerun",  # in the place of the first request, not joined to it
            lambda self, data: setattr(self._requests, "_rerun_data", replace(data, **message)),
        )
        app.run()
    assert not app.exception
    return app
