"""GPT-2's own tokens, and the sentence where their package is missing."""

import pytest

from lm_core.errors import Unsupported
from lm_core.tokenizers import gpt2 as module


def test_it_reads_the_tables_that_the_package_carries() -> None:
    assert module.gpt2().encode("hii there").tolist() == [71, 4178, 612]
    assert module.gpt2() is module.gpt2()


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(Unsupported, match="pip install"):
        module.gpt2.__wrapped__()
