"""Text <-> ids: characters, words (small and capped, or as published), and pieces of bytes by BPE,
WordPiece and Unigram. One contract, in `tokenizer.py`."""

from lm_core.tokenizers.tokenizer import Tokenizer, load_tokenizer, tokenizers

__all__ = ["Tokenizer", "load_tokenizer", "tokenizers"]
