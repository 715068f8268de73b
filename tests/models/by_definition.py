"""The smoothings of n-grams by their definitions: dictionaries and recursion, to compare with."""

from collections import Counter, defaultdict

from lm_core.models.smoothing import FALLBACK
from tests.models.counted import grams_of


class KneserNey:
    """Interpolated modified Kneser-Ney."""

    def __init__(self, ids, starts, order, V, prune=0):
        self.order, self.V, self.prune = order, V, prune
        self.raw, begins, left = Counter(), Counter(), defaultdict(set)
        for gram, before in grams_of(ids, starts, order):
            self.raw[gram] += 1
            if before is None:
                begins[gram] += 1
            else:
                left[gram].add(before)
        self.followers, by_length = defaultdict(dict), defaultdict(list)
        for gram, n in self.raw.items():
            count = n if len(gram) == order else len(left[gram]) + begins[gram]
            self.followers[gram[:-1]][gram[-1]] = count
            by_length[len(gram)].append(count)
        self.discounts = {k: self.estimate(by_length[k]) for k in range(1, order + 1)}

    @staticmethod
    def estimate(counts):
        n = Counter(counts)
        if not (n[1] and n[2] and n[3]):
            return FALLBACK
        y = n[1] / (n[1] + 2 * n[2])
        three = [j - (j + 1) * y * n[j + 1] / n[j] for j in (1, 2, 3)]
        return three if min(three) > 0 else FALLBACK

    def p(self, context, token):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        lower = self.p(context[1:], token) if context else 1 / self.V
        counts = self.followers.get(context, {})
        if not counts:
            return lower
        k, total = len(context) + 1, sum(counts.values())
        kept = {
            w: c - self.discounts[k][min(c, 3) - 1]
            for w, c in counts.items()
            if k <= 2 or self.raw[(*context, w)] > self.prune
        }
        return kept.get(token, 0) / total + (1 - sum(kept.values()) / total) * lower


class Raw:
    """The others, which count occurrences alone."""

    def __init__(self, ids, starts, order, V, kind, k=1.0, prune=0):
        self.order, self.V, self.kind, self.k, self.prune = order, V, kind, k, prune
        self.after = defaultdict(Counter)
        for gram, _ in grams_of(ids, starts, order):
            self.after[gram[:-1]][gram[-1]] += 1

    def p(self, context, token):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        if self.kind == "backoff":
            return self.score(context, token) / sum(self.score(context, w) for w in range(self.V))
        lower = self.p(context[1:], token) if context else 1 / self.V
        total, kept = self.counts(context)
        if not total:
            return lower
        c, forgotten = kept.get(token, 0), total - sum(kept.values())
        if self.kind == "witten-bell":
            return (c + (len(kept) + forgotten) * lower) / (total + len(kept))
        k = self.k if self.kind == "add-k" else 0
        return (c + k + forgotten * lower) / (total + k * self.V)

    def score(self, context, token):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        total, kept = self.counts(context)
        if token in kept:
            return kept[token] / total
        return 0.4 * (self.score(context[1:], token) if context else 1 / self.V)

    def counts(self, context):
        after = self.after.get(context, {})
        kept = {w: c for w, c in after.items() if len(context) < 2 or c > self.prune}
        return sum(after.values()), kept
