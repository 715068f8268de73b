"""A draft: what is shown of each token is what it adds to the text."""

from types import SimpleNamespace

import pytest

from lm_core.generation.engine import continuation
from lm_core.generation.samplers import SamplerSettings
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from pages._ui.write.writing import Draft

TEXT = "Zoë said: the sea was calm, and naïve men looked at the sun. The sun was gone. " * 4
TOKENIZERS = [
    CharTokenizer.train([TEXT]),
    WordTokenizer.train([TEXT]),
    BPETokenizer.train([TEXT], BPESettings(vocab_size=270)),
]


class Given:
    """Writes the ids it was given, whatever the sampler."""

    def __init__(self, prompt: list[int], ids: list[int]) -> None:
        self.prompt, self.ids = prompt, ids
        self.written: list[int] = []

    def step(self, sampler: SamplerSettings) -> int:
        self.written.append(self.ids[len(self.written)])
        return self.written[-1]


@pytest.mark.parametrize("prompt", ["", "Zoë said:", "the sea was calm, and naïve men "])
@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda t: t.name)
def test_the_pieces_are_the_text(tokenizer: Tokenizer, prompt: str) -> None:
    ids = [int(id) for id in tokenizer.encode(TEXT)][:120]
    writer = Given([int(id) for id in tokenizer.encode(prompt)] if prompt else [], ids)
    draft = Draft((), prompt, SimpleNamespace(tokenizer=tokenizer), writer)
    draft.write(len(ids), SamplerSettings())
    assert len(draft.pieces) == len(ids)
    assert draft.text == prompt + continuation(tokenizer, prompt, ids)
