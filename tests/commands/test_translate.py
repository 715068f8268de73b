"""`translate`: texts turned into others, scored where it is said what is right."""

import json
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.cli import main
from lm_core.evaluation.translation import scores
from lm_core.generation.translating import Search
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import alphabet, tiny_model
from tests.translators import SOURCES, TARGETS, saved_translator

KEYS = ["texts", "seconds"]
SCORED = [*KEYS, "bleu", "chrf", "signature"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved_translator(tmp_path_factory.mktemp("translators") / "m", "encoder-decoder")


@pytest.fixture
def lm(capfd: pytest.CaptureFixture):
    def run(*args: object) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            status = main(["translate", *map(str, args)])
        except SystemExit as end:
            status = end.code
        return status, *capfd.readouterr()

    return run


def written(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_text_is_translated_by_itself_and_in_a_file_alike(lm, folder, tmp_path) -> None:
    status, out, _ = lm(folder, "--text", SOURCES[0], "--json")
    alone = json.loads(out)
    assert status == 0
    assert list(alone) == KEYS
    file = written(tmp_path / "in.txt", [SOURCES[1], "", SOURCES[0]])
    together = json.loads(lm(folder, "--file", file, "--json")[1])["texts"]
    assert together[1] == ""  # of nothing nothing is written, and lines stay lines
    assert together[2] == alone["texts"][0]
    assert lm(folder, "--file", file)[1].split("\n") == [*together, ""]


@pytest.mark.parametrize("beam", [1, 3])
def test_it_writes_what_the_search_finds(lm, folder, beam: int) -> None:
    saved = load_checkpoint(folder)
    ids = saved.codec.source.encode(SOURCES[0]).tolist()
    how = {"boundary_id": saved.codec.target.boundary_id, "max_tokens": 65, "length_penalty": 0.5}
    search = Search(saved.model, [ids], beam=beam, **how)
    while not search.done:
        search.step()
    expected = saved.codec.target.decode(search.translations(0)[0].ids)
    args = ["--text", SOURCES[0], "--beam", beam, "--length-penalty", 0.5, "--json"]
    assert json.loads(lm(folder, *args)[1])["texts"] == [expected]


def test_a_reference_gives_bleu_and_chrf_with_the_signature(lm, folder, tmp_path) -> None:
    file, right = written(tmp_path / "in", SOURCES), written(tmp_path / "right", TARGETS)
    answer = json.loads(lm(folder, "--file", file, "--reference", right, "--json")[1])
    assert list(answer) == SCORED
    told = scores(answer["texts"], TARGETS)
    assert answer["bleu"] == told.bleu
    assert answer["chrf"] == told.chrf
    assert answer["signature"] == told.bleu_signature
    assert "version" in answer["signature"]


def test_where_no_reference_has_four_tokens_there_is_no_bleu(lm, folder, tmp_path) -> None:
    right = written(tmp_path / "right", ["un deux"])
    args = [folder, "--text", SOURCES[0], "--reference", right]
    assert json.loads(lm(*args, "--json")[1])["bleu"] == "NaN"
    assert "0 % are right to the letter" in lm(*args)[1]


def test_what_it_never_learned_is_said_beside_the_answer(lm, folder, tmp_path) -> None:
    status, out, err = lm(folder, "--text", "one zebra", "--json")
    assert (status, err) == (0, "1 of 2 tokens it never learned: it reads <unk> there.\n")
    assert list(json.loads(out)) == KEYS
    letters = saved_translator(tmp_path / "letters", reader=CharTokenizer.train(["abc"]))
    status, out, err = lm(letters, "--text", "dee", "--json")
    assert (status, err) == (0, "3 characters it never learned are left out.\n")
    assert json.loads(out)["texts"] == [""]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["M"], "one of the arguments --text --file is required"),
        (["M", "--text", "one", "--file", "TWO"], "not allowed with"),
        (["M", "--text", " "], "--text is empty"),
        (["M", "--text", "one " * 17], "Line 1 has 17 tokens and this model reads 16"),
        (["M", "--text", "one " * 10_000], "cut it in two"),
        (["M", "--text", "one", "--beam", "0"], "1 to 64 beams"),
        (["M", "--text", "one", "--beam", "65"], "1 to 64 beams"),
        (["M", "--text", "one", "--length-penalty", "-1"], "length penalty must be from 0"),
        (["M", "--text", "one", "--length-penalty", "nan"], "length penalty must be from 0"),
        (["M", "--text", "one", "--reference", "TWO"], "2 lines for 1 texts"),
        (["M", "--file", "nowhere.txt"], "check the name of the file"),
        (["M", "--file", "EMPTY"], "There is no text"),
        (["nowhere", "--text", "one"], "check the path"),
        (["READER", "--text", "one"], "does not translate"),
    ],
)
def test_bad_input_is_status_2_and_one_line(lm, folder, tmp_path, args, said) -> None:
    files = {"M": folder, "TWO": written(tmp_path / "two", TARGETS), "EMPTY": tmp_path / "empty"}
    files["EMPTY"].touch()
    files["READER"] = save_checkpoint(tmp_path / "lstm", tiny_model("lstm"), alphabet(27), {})
    status, out, err = lm(*[files.get(arg, arg) for arg in args])
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
