"""What a tokenizer does to the loss: the file that ships is what the tool plans, and a model that
is trained again lands where it did."""

from pathlib import Path

import pytest

from lm_core.encoded import Encoded
from lm_core.evaluation.standings import expected
from lm_core.evaluation.tokenizer_study import BITS, FIGURES, OWN, PERPLEXITY, read_study, swapped
from lm_core.extent import MOST_SKIPPED
from lm_core.runs.spec import RunSpec
from tools import tokenizer_study as tool

FILE = read_study(tool.SHIPPED)
HERE = "char"  # learned in a moment


def test_the_file_was_made_by_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert FILE.command == "python -m tools.tokenizer_study"
    assert (FILE.bytes, [cut.name for cut in FILE.cuts]) == (tool.BYTES, list(tool.CUTS))
    assert [cut.title for cut in FILE.cuts] == [title for title, *_ in tool.CUTS.values()]
    planned = [(one.name, one.seed) for one in tool.planned(list(tool.CUTS), tool.SEEDS, 1)]
    assert [(one.model, one.seed) for one in FILE.results] == planned
    for cut in FILE.cuts:
        spec = RunSpec.from_dict(cut.spec)
        # So that a visitor's run is known to be the same, also where settings came after the file.
        assert RunSpec.from_dict(spec.to_dict()) == spec
        assert cut.spec["model"].items() <= spec.to_dict()["model"].items()
        assert f"--steps {spec.budget.steps} --seed 0" in cut.command
        assert f"--tokenizer {spec.codec_name}" in cut.command
    with pytest.raises(SystemExit):
        tool.main(["--only", "syllables"])
    assert "unknown tokenizer syllables; known: char" in capsys.readouterr().err


def test_every_tokenizer_has_read_as_much_text() -> None:
    for one in FILE.results:
        read = one.figures["tokens"] * one.figures["bytes_per_token"]
        step = tool.BATCH * tool.BLOCK * one.figures["bytes_per_token"]
        assert abs(read - FILE.bytes) <= step / 2 + 1
        assert [*one.figures] == [*FIGURES]
        assert one.curve[-1].tokens == one.figures["tokens"]
        assert one.figures["parameters"] > one.figures["vocabulary_parameters"] > 0


def test_bits_are_withheld_of_what_does_not_tell_the_text_and_of_nothing_else() -> None:
    for one in FILE.results:
        assert (one.figures[BITS] is None) == (one.figures["untold"] > MOST_SKIPPED)
        assert (one.figures["curve_tokens_per_byte"] is None) == (one.figures[BITS] is None)
    hidden = {one.model for one in FILE.results if one.figures[BITS] is None}
    assert "word-5000" in hidden
    assert HERE not in hidden


def test_perplexity_stands_in_another_order_than_bits_per_byte() -> None:
    pairs = swapped(FILE.ranked())
    assert pairs
    for better, worse in pairs:
        assert better.mean(BITS) < worse.mean(BITS)
        assert better.mean(PERPLEXITY) > worse.mean(PERPLEXITY)


def test_a_study_is_written_gone_on_with_and_not_mixed_with_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tool, "SCORED", 2_000)
    monkeypatch.setattr(tool, "ALONG", 500)
    words = ["--only", HERE, "--bytes", "2000", "--out", str(tmp_path / "s.json")]
    tool.main([*words, "--seeds", "1"])
    first = read_study(tmp_path / "s.json").results
    assert [(one.model, one.seed) for one in first] == [(HERE, 0)]
    tool.main([*words, "--seeds", "2"])
    both = read_study(tmp_path / "s.json").results
    assert both[0] == first[0]
    assert capsys.readouterr().out.count("bits_per_byte") == 2
    words[3] = "9000"
    with pytest.raises(SystemExit, match="another study"):
        tool.main(words)


def test_all_are_scored_by_the_same_text() -> None:
    text = tool.piece(3_000)
    assert sum(map(len, text)) == 3_000
    from lm_core.tokenizers.char import CharTokenizer

    encoded = tool.in_tokens(text, CharTokenizer.train(text))
    assert isinstance(encoded, Encoded)
    assert encoded.bytes == sum(len(one.encode()) for one in text) + (len(text) > 1) * len(text)


@pytest.mark.slow
def test_trained_again_it_lands_inside_the_spread() -> None:
    again = tool.Learner("bpe-2048", 0).run().figures[OWN]
    low, high = expected(next(r for r in FILE.ranked() if r.model == "bpe-2048"), OWN)
    assert low <= again <= high
