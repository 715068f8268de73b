"""Named errors. Each message is one sentence (or two) that says how to mend the input.

A screen or the command line catches `LabError` and nothing wider: everything else is a defect of
ours and has to surface.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from lm_core.texts import one_line


class LabError(Exception):
    """What a person can mend. `str(error)` is the sentence to show: one line, and whatever it
    quotes cut to fit."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(one_line(sentence))


class BadSettings(LabError):
    """A setting is out of range, of the wrong type, or unknown.

    Args:
        sentence: names settings as the command line does.
        settings: those it is about, by name, the one to change first.
    """

    def __init__(self, sentence: str = "", *settings: str) -> None:
        super().__init__(sentence)
        self.settings = settings

    def called(self, titles: Mapping[str, str]) -> str:
        """The sentence with its settings as a screen labels them.

        Args:
            titles: name of a setting -> its label; names that are not there stay.
        """
        said = str(self)
        for name in self.settings:
            if name in titles:
                said = re.sub(rf"\b{re.escape(name)}\b", f"“{titles[name]}”", said)
        return said


class UnknownName(LabError):
    """A registry has no entry of that name."""


class BadText(LabError):
    """Text (pasted, uploaded, or a file) cannot be used for training or as a prompt."""


class BadPicture(LabError):
    """A picture (uploaded, or a file) cannot be read, or not be used so."""


class BadPath(LabError):
    """A path leads nowhere on this machine, whatever is kept on it."""


class CorpusUnavailable(LabError):
    """A corpus has to be downloaded first, or its file failed its checks."""


class BadCheckpoint(LabError):
    """A checkpoint folder is missing, damaged, or not one of ours."""


class ContextTooLong(LabError):
    """More tokens were given than the model's context holds."""


class StoreUnavailable(LabError):
    """The lab's home folder cannot be read or written."""


class RunNotFound(LabError):
    """No run of that id belongs to this visitor."""


class Unsupported(LabError):
    """The model cannot do what was asked (attention of an n-gram, say)."""


def nearest(name: str, known: list[str]) -> str:
    """`"; did you mean 'x'?"` or `"; known: a, b, c"`, for the end of an error sentence."""
    close = get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}."
