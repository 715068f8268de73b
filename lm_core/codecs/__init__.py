"""Codecs of more than one part, one file each; a tokenizer alone is a codec too."""

from lm_core.codecs.labelled import LabelCodec
from lm_core.codecs.loading import load_codec
from lm_core.codecs.pair import PairCodec

__all__ = ["LabelCodec", "PairCodec", "load_codec"]
