"""Text <-> ids: characters, words, byte-level BPE. One contract, in `tokenizer.py`."""

from lm_core.tokenizers.tokenizer import Tokenizer, load_tokenizer, tokenizers

__all__ = ["Tokenizer", "load_tokenizer", "tokenizers"]
