"""What holds a recurrent network back while it trains, so that it learns the rule and not the text.

    weight drop        h W_h becomes h (W_h * m),        m new at each step of training
    locked dropout     x_t becomes x_t * m,              one m for all t of a row
    embedding dropout  e(v) becomes e(v) * m_v,          a word is there or it is not
    activation         alpha mean(h_t * m)^2             large numbers cost
    change             beta mean(h_t - h_(t-1))^2        jumps cost

Paper: Merity, Keskar and Socher 2018, "Regularizing and Optimizing LSTM Language Models"
(AWD-LSTM). The parts: weight drop Wan et al. 2013, locked dropout and embedding dropout Gal and
Ghahramani 2016, the two penalties Merity et al. 2017.
Left out on purpose: averaged SGD, pieces of random length, a share of its own for each place.

Every mask m holds 0 with probability p and 1 / (1 - p) otherwise, and comes from the default
generator, which the trainer seeds at each step. Shapes: B batch, T time, C width, V vocabulary.
"""

from torch import Tensor
from torch.nn import functional as F


def drop_locked(x: Tensor, p: float) -> Tensor:
    """x (B, T, C) with the same numbers hidden at every place of a row."""
    return x * F.dropout(x.new_ones(x.size(0), 1, x.size(2)), p) if p else x


def drop_words(x: Tensor, idx: Tensor, p: float, vocab_size: int) -> Tensor:
    """Embeddings x (B, T, E) of idx (B, T), with whole words hidden: all of a word, wherever it
    stands in the batch. The same as hiding rows of the table, without a copy of the table."""
    return x * F.dropout(x.new_ones(vocab_size), p)[idx].unsqueeze(-1) if p else x


def activation_penalty(y: Tensor, counted: Tensor, alpha: float) -> Tensor | float:
    """alpha times the mean square of y (B, T, C) over the places that count (B, T) bool."""
    return alpha * _mean_square(y, counted) if alpha else 0.0


def change_penalty(y: Tensor, counted: Tensor, beta: float) -> Tensor | float:
    """beta times the mean square of what changes in y (B, T, C) from one place to the next."""
    return beta * _mean_square(y[:, 1:] - y[:, :-1], counted[:, 1:]) if beta else 0.0


def _mean_square(y: Tensor, counted: Tensor) -> Tensor:
    square = y.square().mean(dim=-1)  # (B, T)
    return (square * counted).sum() / counted.sum().clamp(min=1)
