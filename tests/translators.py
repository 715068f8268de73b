"""Small untrained translators of words, as a run of pairs leaves them, that several tests share."""

from pathlib import Path
from typing import Any

from lm_core.checkpoints import save_checkpoint
from lm_core.codecs import PairCodec
from lm_core.models.building import build_model
from lm_core.tokenizers import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from tests.tiny import stir, tiny_settings

SOURCES = ["one two three four five", "six seven eight nine ten"]
TARGETS = ["un deux trois quatre cinq", "six sept huit neuf dix"]


def saved_translator(
    folder: Path,
    family: str = "rnn-translator",
    *,
    reader: Tokenizer | None = None,
    writer: Tokenizer | None = None,
    card: dict[str, Any] | None = None,
    **options: Any,
) -> Path:
    """A checkpoint in `folder`, of words unless other tokenizers are given."""
    reader = reader or WordTokenizer.train(SOURCES * 2)
    writer = writer or WordTokenizer.train(TARGETS * 2)
    codec = PairCodec(reader, writer, ("English", "French"))
    task = {"task": {"name": "translation"}}
    settings = tiny_settings(family, **options)
    model = stir(build_model(family, settings, codec.sizes).eval())
    return save_checkpoint(folder, model, codec, task | (card or {}))
