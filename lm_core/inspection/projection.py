"""Many numbers as two or three, so that vectors can be drawn; and two such maps laid on each other.

    PCA: X - mean = U S Wᵀ;   points = (X - mean) W_k;   share_i = S_i² / sum of all S²

    orthogonal Procrustes: the R with RᵀR = 1 that makes |P R - Q| smallest is U Vᵀ, where
    Pᵀ Q = U S Vᵀ (Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem")

    t-SNE: points whose chances of being each other's neighbour are like those of the vectors

PCA keeps as much of the variance as a flat picture can; what it leaves out is said by the shares.
Which way an axis points is arbitrary: here the largest weight of each is positive, so that a map
comes out the same on every machine.

t-SNE (van der Maaten and Hinton 2008; scikit-learn's) keeps neighbours instead: who lies beside
whom means much, how far apart two groups lie and how large one is mean nothing.

Shapes: N vectors, C numbers of each, k of a point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Projection:
    """Vectors as points on their main axes."""

    points: Tensor  # (N, k), around zero
    axes: Tensor  # (k, C), of length 1 and square to each other; zero where there are no more
    mean: Tensor  # (C,)
    shares: Tensor  # (k,) of the variance, of 1


def pca(vectors: Tensor, k: int = 3) -> Projection:
    """The k main axes of `vectors` (N, C), the one with most of the variance first; where N or C
    leave fewer, the rest are zero. Vectors that are all alike have no variance: shares of 0.
    """
    x = vectors.double()
    N, C = x.shape
    mean = x.mean(0) if N else x.new_zeros(C)
    _, S, axes = torch.linalg.svd(x - mean, full_matrices=False)  # (r,), (r, C)
    found = min(k, len(S))
    kept, shares = x.new_zeros(k, C), x.new_zeros(k)
    whole = float(S.square().sum())
    if whole > 0:
        largest = axes[:found].gather(1, axes[:found].abs().argmax(1, keepdim=True))  # (found, 1)
        kept[:found] = axes[:found] * largest.sign()
        shares[:found] = S[:found].square() / whole
    points = (x - mean) @ kept.T  # (N, k)
    return Projection(points.float(), kept.float(), mean.float(), shares.float())


def tsne(vectors: Tensor, k: int = 2, *, perplexity: float = 30.0, seed: int = 0) -> Tensor:
    """Points (N, k) that keep neighbours, begun from the main axes.

    Args:
        perplexity: about how many neighbours each has; fewer where there are few vectors.
        seed: of its descent.
    """
    from sklearn.manifold import TSNE  # a second of importing that nothing else needs

    N = len(vectors)
    if N < 4:  # nobody has neighbours to keep
        return pca(vectors, k).points
    how = TSNE(k, perplexity=min(perplexity, (N - 1) / 3), init="pca", random_state=seed, n_jobs=1)
    return torch.from_numpy(how.fit_transform(vectors.double().numpy())).float()


def procrustes(points: Tensor, onto: Tensor) -> Tensor:
    """The turn (k, k), a mirror allowed, after which `points @ turn` lies nearest to `onto`.

    Args:
        points, onto: (N, k), around zero, the same N in the same order.
    """
    U, _, Vt = torch.linalg.svd(points.double().T @ onto.double())
    return (U @ Vt).to(points.dtype)


def laid_on_each_other(maps: Sequence[Tensor]) -> list[Tensor]:
    """Maps (N, k) of the same things at several times, the last as it is and each before it turned
    onto the one after it. Distances within a map stay what they are."""
    turned = list(maps[-1:])
    for one in list(maps[:-1])[::-1]:
        turned.append(one @ procrustes(one, turned[-1]))
    return turned[::-1]
