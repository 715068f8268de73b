"""What a run begins with: the letters of a list get the numbers of those that were read."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.encoded import encode_documents
from lm_core.errors import BadSettings
from lm_core.models.building import build_model
from lm_core.runs import beginning
from lm_core.runs.beginning import (
    begin,
    letter_axes,
    log_shares,
    model_settings,
    nearest_letter,
)
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec, is_short_list
from lm_core.runs.recipes import PATIENCE, SHORT_LIST
from lm_core.runs.spec import FRESH, NAMES, CorpusSpec, RunSpec, StartSpec
from lm_core.tokenizers.char import CharTokenizer

TOWNS = [f"{head}{tail}" for head in ("Éva", "Saint-", "Rou", "Zô") for tail in "abcdefghij"]


def listed(folder: Path, items: list[str]) -> CorpusSpec:
    (folder / "list.txt").write_text("\n".join(items), encoding="utf-8")
    return CorpusSpec(name="file", file=str(folder / "list.txt"), items=True)


def begun(family: str, letters: str, items: list[str] | None = None) -> tuple[dict, dict, str]:
    """State of the model that began for a list of `items` (the letters, one by one), and of the
    names model, and what was said."""
    settings = model_settings(family)
    spec = RunSpec(model_name=family, model=settings, start=StartSpec(origin=NAMES))
    tokenizer = CharTokenizer(sorted({"\n", *letters}))
    model = build_model(family, settings.to_dict(), tokenizer.vocab_size)
    train = encode_documents(items or list(letters), tokenizer, items=True)
    said = begin(model, tokenizer, spec, train)
    source = load_checkpoint(beginning.folder_of(family))
    return model.state_dict(), source.model.state_dict(), said


@pytest.mark.parametrize("family", beginning.families())
def test_letters_begin_as_the_nearest_that_was_read(family: str) -> None:
    letters = "abÉe-"
    own, read, said = begun(family, letters)
    at = {letter: k for k, letter in enumerate(sorted({"\n", *letters}))}
    known = {letter: k for k, letter in enumerate("\nabcdefghijklmnopqrstuvwxyz")}
    for letter, near in {"\n": "\n", "a": "a", "b": "b", "e": "e", "É": "e"}.items():
        assert torch.equal(
            own["embedding.weight"][at[letter]], read["embedding.weight"][known[near]]
        )
    rows = read["embedding.weight"]
    assert not any(torch.equal(own["embedding.weight"][at["-"]], row) for row in rows)
    same = [name for name in own if name not in ("embedding.weight", "head.weight", "head.bias")]
    assert all(torch.equal(own[name], read[name]) for name in same)
    assert said.endswith(
        "One letter that it never read began as the nearest it did, “É” as “e”. Of “-” it knew "
        "nothing."
    )


def test_an_alphabet_of_the_same_size_is_not_taken_for_the_same() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    own, read, said = begun("transformer", letters)
    assert "26 letters that it never read began as the nearest it did, “Z” as “z”." in said
    assert own["embedding.weight"].shape == read["embedding.weight"].shape
    assert torch.equal(own["embedding.weight"], read["embedding.weight"])  # both are in order
    own, read, _ = begun("transformer", letters[::-1].replace("A", "é"))
    assert torch.equal(own["embedding.weight"][-1], read["embedding.weight"][5])  # é, as e


@pytest.mark.parametrize("family", beginning.families())
def test_letters_that_begin_as_one_share_what_it_has_as_the_list_does(family: str) -> None:
    """Capitals at the beginning of an item and after a hyphen; which letter it is stays the names
    model's choice."""
    items = [f"{one}{two.lower()}ou-{two}al" for one in "BDFGLM" for two in "BDFGLM"]
    spec = RunSpec(model_name=family, model=model_settings(family), start=StartSpec(origin=NAMES))
    tokenizer = CharTokenizer.train(items)
    model = build_model(family, spec.model.to_dict(), tokenizer.vocab_size).eval()
    begin(model, tokenizer, spec, encode_documents(items, tokenizer, items=True))
    source = load_checkpoint(beginning.folder_of(family))

    def scores(of, cut, text: str) -> dict[str, float]:
        with torch.inference_mode():
            logits = of(torch.from_numpy(cut.encode(text)).unsqueeze(0))[0][0, -1]
        return dict(zip(cut.chars, logits.tolist(), strict=True))

    for text, capital in (("\n", True), ("\nB", False), ("\nBbo", False), ("\nBbou-", True)):
        found = scores(model, tokenizer, text)
        leads = [found[letter.upper()] - found[letter] for letter in "bdfglm"]
        assert min(leads) > 1.5 if capital else max(leads) < -1.5, text
    before = scores(source.model, source.tokenizer, "\n")
    now = scores(model, tokenizer, "\n")
    for letter in "bdfglm":
        together = math.log(math.exp(now[letter]) + math.exp(now[letter.upper()]))
        assert together == pytest.approx(before[letter], abs=0.3)


def test_the_shares_of_letters_are_counted_by_what_stands_before_them() -> None:
    letters = ["\n", "-", "A", "a", "b", "É", "é", "e"]
    near = {"\n": "\n", "-": "", "A": "a", "a": "a", "b": "b", "É": "e", "é": "e", "e": "e"}
    # First of an item A, É and b; after a letter a, é, e and e; after a hyphen A.
    kind = torch.tensor([0, 0, 0, 2, 2, 2, 2, 1])
    after = torch.tensor([2, 5, 4, 3, 6, 7, 7, 2])
    found = log_shares(letters, near, kind, after).exp()[kind]
    least = beginning.UNSEEN
    first = [1, 1, 2 / 3, 1 / 3, 1 / 3, 2 / 3, 1 / 9, 2 / 9]
    within = [1, 1, least, 1, 1, least, 1 / 3, 2 / 3]
    hyphen = [1, 1, 1, least, least, 1, least / 3, 2 * least / 3]
    torch.testing.assert_close(found, torch.tensor([first] * 3 + [within] * 4 + [hyphen]))


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_a_list_of_one_case_leaves_the_names_model_as_it_is(change) -> None:
    items = [change(one) for one in ("anna", "bea", "cid", "dora")]
    letters = "\n" + change("abcdeinor")
    own, read, _ = begun("lstm", letters[1:], items)
    source = [" \nabcdefghijklmnopqrstuvwxyz".index(letter) - 1 for letter in letters.lower()]
    torch.testing.assert_close(own["head.weight"], read["head.weight"][source])


def test_a_long_text_in_many_letters_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """“Start from” may be asked for any text; what is kept for it does not grow with the text."""
    letters = [chr(0x4E00 + k) for k in range(3000)]
    text = "".join(letters) + "Abba " * 50_000
    spec = RunSpec(model_name="lstm", model=model_settings("lstm"), start=StartSpec(origin=NAMES))
    tokenizer = CharTokenizer.train([text])
    model = build_model("lstm", spec.model.to_dict(), tokenizer.vocab_size)
    read, hidden = [], model.hidden

    def heard(idx: torch.Tensor) -> tuple:
        read.append(idx.shape)
        return hidden(idx)

    monkeypatch.setattr(model, "hidden", heard)
    begin(model, tokenizer, spec, encode_documents([text], tokenizer, items=False))
    assert read == [(beginning.ROWS, spec.model.block_size)]
    assert torch.isfinite(model.head.weight).all()


def test_rows_of_letters_are_found_by_what_grows_with_the_alphabet() -> None:
    spec = RunSpec(model_name="lstm", model=model_settings("lstm"))
    assert letter_axes(spec) == {"embedding.weight": 0, "head.weight": 0, "head.bias": 0}


@pytest.mark.parametrize(
    ("letter", "near"), [("a", "a"), ("A", "a"), ("Ç", "c"), ("ß", ""), ("-", ""), ("字", "")]
)
def test_the_nearest_letter(letter: str, near: str) -> None:
    assert nearest_letter(letter, list("\nabcdefghijklmnopqrstuvwxyz")) == near


@pytest.mark.parametrize("family", beginning.families())
def test_a_short_list_begins_with_the_names_model(tmp_path: Path, family: str) -> None:
    spec = default_spec(listed(tmp_path, TOWNS), family, items=True)
    assert (spec.start.origin, spec.train.patience) == (NAMES, PATIENCE)
    ready = prepare(spec)
    assert ready.begun.startswith("It began with the weights of “")
    assert RunSpec.from_dict(spec.to_dict(), trusted=True) == spec


def test_a_long_list_running_text_and_other_tokens_do_not(tmp_path: Path) -> None:
    many = listed(tmp_path, [f"name{k}" for k in range(2 * SHORT_LIST)])
    assert not is_short_list(many)
    assert default_spec(many, "lstm", items=True).start.origin == FRESH
    few = listed(tmp_path, TOWNS)
    assert is_short_list(few)
    assert not is_short_list(replace(few, items=False))
    assert not is_short_list(CorpusSpec(name="names"))
    assert not is_short_list(CorpusSpec(name="own", text="ab" * 32))  # it is not stored here
    words = default_spec(few, "lstm", items=True, tokenizer="word")
    assert (words.start.origin, words.train.patience) == (FRESH, PATIENCE)


@pytest.mark.parametrize("family", ["mlp", "wavenet", "rnn", "gru"])
def test_of_a_family_without_a_names_model_a_smaller_one_learns(tmp_path, family: str) -> None:
    few = listed(tmp_path, TOWNS)
    small, usual = (default_spec(few, family, items=True, short=short) for short in (None, False))
    assert small.start.origin == FRESH
    assert prepare(small).model.n_parameters < 0.5 * prepare(usual).model.n_parameters


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model_name": "gru", "model": None}, "ships of these families: LSTM and Transformer"),
        ({"codec_name": "word", "codec": None}, "reads characters: choose that tokenizer"),
        (
            {"model": replace(model_settings("transformer"), n_embd=64)},
            "“Width” (model.n_embd) 96: set it so, or let “Start from” (start.origin) be fresh.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(tmp_path, change: dict, says: str) -> None:
    spec = default_spec(listed(tmp_path, TOWNS), "transformer", items=True)
    with pytest.raises(BadSettings) as error:
        prepare(replace(spec, **change))
    assert says in str(error.value)
