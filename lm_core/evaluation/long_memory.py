"""What a model still knows after a delay: the share of made strings that it ends rightly.

An answer counts where every character of it is the likeliest one, each after those before it: what
greedy writing gives. One pass over all strings of a delay finds that out, since an answer that is
right so far is what the model would have written so far.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import torch

from lm_core.corpora.long_memory import Recall
from lm_core.models.contract import LanguageModel, evaluating, numbers_only
from lm_core.tokenizers.tokenizer import Tokenizer


def success(model: LanguageModel, tokenizer: Tokenizer, asked: Sequence[Recall]) -> float:
    """The share of `asked` (of one length, answers too) that the model answers rightly.

    Its train/eval mode is restored.

    Raises:
        BadText: a character that the tokenizer does not know.
        ContextTooLong: more than the model reads at once.
        BadCheckpoint: weights too large to compute with.
    """
    idx = torch.stack([torch.as_tensor(tokenizer.encode(one.text)) for one in asked])  # (N, T)
    start = torch.full((len(asked), 1), tokenizer.boundary_id)
    idx = torch.cat([start, idx], dim=1).to(model.device)  # (N, 1 + T)
    answer = len(asked[0].answer)
    with evaluating(model), torch.inference_mode():
        logits = numbers_only(model(idx[:, :-1])[0][:, -answer:])  # (N, A, V)
    right = (logits.argmax(-1) == idx[:, -answer:]).all(dim=1)  # (N,)
    return float(right.float().mean())


def guessing(asked: Mapping[int, Sequence[Recall]]) -> float:
    """The success of who always gives the commonest answer: as a share of 1."""
    answers = Counter(one.answer for each in asked.values() for one in each)
    return answers.most_common(1)[0][1] / answers.total()
