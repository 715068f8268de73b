"""The study in words: equal commands for all, and a row that is whole."""

import pytest

from tools import word_study


def test_all_read_as_many_tokens_of_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    word_study.main(["--list"])
    commands = capsys.readouterr().out.splitlines()
    assert commands == [one.kept for one in word_study.planned()]
    assert len(set(commands)) == 1 + len(word_study.SEEDS) * len(word_study.FAMILIES)
    specs = [one.trial.spec for one in word_study.planned()]
    assert len({(str(s.data), s.codec_name, s.codec.vocab_size) for s in specs}) == 1
    trained = [s for s in specs if s.model_name != word_study.COUNTING]
    read = {(s.train.batch_size, s.model.block_size, s.budget.steps) for s in trained}
    assert read == {(word_study.BATCH, word_study.BLOCK, word_study.PASS * 2)}
    assert next(s for s in trained if s.model_name == "mlp").model.context == 4  # of a 5-gram
    with pytest.raises(SystemExit):
        word_study.main(["--only", "mpl"])


@pytest.mark.slow
def test_a_row_holds_every_column_and_its_bins_are_the_whole() -> None:
    row = word_study.Reader(word_study.COUNTING, 0).run()
    assert tuple(row) == word_study.COLUMNS
    counts = [row[f"tokens_to_{one}"] for one in word_study.BINS]
    sums = [row[f"nats_to_{one}"] for one in word_study.BINS]
    whole = sum(n * of for n, of in zip(sums, counts, strict=True)) / sum(counts)
    assert whole == pytest.approx(row[word_study.TEST], abs=1e-4)
