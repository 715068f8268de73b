"""The language of a run is looked for once in it, and anew in the next."""

from types import SimpleNamespace

from pages._ui.shared.language import LANGUAGE, _code


class Session(dict):
    """What a visitor chose, and how often it was looked up."""

    asked = 0

    def __getitem__(self, name: str) -> object:
        self.asked += 1
        return super().__getitem__(name)


def test_the_language_is_looked_for_once_in_a_run() -> None:
    run = SimpleNamespace(cursors={}, session_state=Session())
    assert _code(run) == _code(None) == "en"
    run.session_state[LANGUAGE] = "Deutsch"  # chosen of itself, after the first message
    assert [_code(run) for _ in range(3)] == ["de"] * 3
    assert run.session_state.asked == 1
    run.session_state[LANGUAGE], run.cursors = "English", {}  # as Streamlit begins a run
    assert [_code(run) for _ in range(3)] == ["en"] * 3
    assert run.session_state.asked == 2
