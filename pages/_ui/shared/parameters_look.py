"""The parameters of the screens that look at texts."""

from pages._ui.shared.kinds import LABEL, Kind, Number, Switch, Text, Whole

SEED = Whole(0, 2**31 - 1)
LOOK: dict[str, Kind] = {
    "explorer-look": LABEL,
    "explorer-search": Text(200),
    **{
        f"explorer-{one}": LABEL
        for one in (
            *("as", "search-side", "phrases-side", "vocabulary-side", "side", "alike-side"),
            *("split", "length-split", "length-unit", "length-unit-of-examples", "first-side"),
            *("sees", "sees-tokens", "batch-as", "runs", "kwic-order", "rate-by", "splits-look"),
            *("rule", "alike-kind", "alike-unit", "unit-Characters", "unit-Words"),
            *("typical-by", "typical", "year-label", "clean-numbers", "clean-form"),
        )
    },
    **{
        f"explorer-{one}": Switch()
        for one in ("case", "batch-along", "clean-lower", "clean-punctuation", "clean-doubles")
    },
    "explorer-clean-rarest": Whole(1, 1000),
    "explorer-block": Whole(2, 17),
    "explorer-sees-word": Text(40),
    "explorer-context": Whole(1, 16),
    "explorer-batch-rows": Whole(1, 8),
    "explorer-batch-size": Whole(2, 16),
    "explorer-batch-step": Whole(0, 999),
    "explorer-window": Whole(2, 16),
    "explorer-overlap": Whole(0, 15),
    "explorer-phrase-n": Whole(1, 8),
    "explorer-near": Text(60),
    "explorer-least": Whole(2, 1000),
    "tokenizers-own": Text(2000),
    "tokenizers-look": LABEL,
    "tokenizers-over": LABEL,
    "tokenizers-word": Text(40),
    "tokenizers-signs": Text(30),
    **dict.fromkeys(("tokenizers-size", "tokenizers-whose"), LABEL),
    "tokenizers-again": Text(600, times=20),
    "metrics-part": LABEL,
    "metrics-sides": Whole(1, 8),
    **{f"metrics-side-{i}": Whole(0, 100) for i in range(1, 9)},
    "metrics-came": Text(300),
    "metrics-vocabulary": Whole(1, 100_000),
    "metrics-classes": Text(200),
    "metrics-counts": Text(600),
    "metrics-example": LABEL,
    "metrics-said": Text(1000),
    "metrics-real": Text(1000),
    "metrics-other": Text(1000),
    "metrics-synonyms": Text(300),
    "metrics-lower": Switch(),
    "metrics-smooth": Switch(),
    "metrics-set": LABEL,
    **dict.fromkeys(("metrics-class", "metrics-run"), LABEL),
    "counting-part": LABEL,
    "counting-look": LABEL,
    "counting-thrown": LABEL,
    **{
        f"counting-{one}": LABEL
        for one in (
            *("after", "throws", "k", "beside-k", "runs-k", "strength", "lr", "l2", "prune"),
            *("unit", "amount", "smoothing"),
        )
    },
    **{f"counting-context-{one}": Text(80) for one in ("items", "char", "word")},
    "counting-order-char": Whole(1, 8),
    "counting-order-word": Whole(1, 5),
    "counting-walk": Text(45),
    "counting-draws": SEED,
    "counting-seed": SEED,
    "counting-sides": Whole(2, 7),
    "counting-heads": Number(0.05, 0.95),
}
