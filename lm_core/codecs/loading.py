"""A codec from the JSON of a checkpoint. Nothing in it is executed."""

from typing import Any

from lm_core.codec import Bare, Codec
from lm_core.codecs.labelled import LabelCodec
from lm_core.codecs.pair import PairCodec
from lm_core.errors import BadCheckpoint
from lm_core.tokenizers.tokenizer import load_tokenizer

KINDS = {codec.kind: codec for codec in (Bare, LabelCodec, PairCodec)}


def load_codec(data: Any) -> Codec:
    """A tokenizer, or what holds more.

    Raises:
        BadCheckpoint: it is not one of ours, or damaged.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return load_tokenizer(data)
    try:
        return KINDS[kind].from_dict(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadCheckpoint("codec.json is damaged; retrain or copy it again.") from None
