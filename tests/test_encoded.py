import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import own_corpus
from lm_core.encoded import encode_corpus, encode_documents, glimpse
from lm_core.errors import BadText
from lm_core.tokenizers import tokenizers
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.word import WordTokenizer
from tests.tiny import NAMES, TEXT, encoded

ABC = CharTokenizer(["\n", "a", "b", "c"])


def test_a_single_text_is_just_its_tokens() -> None:
    data = encode_documents(["abca"], ABC, items=False)
    assert data.ids.tolist() == [1, 2, 3, 1]
    assert data.starts.tolist() == [0]
    assert (data.characters, data.bytes, data.predictions, data.unknown) == (4, 4, 3, 0)


def test_items_stand_between_boundaries_and_start_at_them() -> None:
    data = encode_documents(["ab", "c", "aaa"], ABC, items=True)
    assert data.ids.tolist() == [0, 1, 2, 0, 3, 0, 1, 1, 1, 0]
    assert data.starts.tolist() == [0, 3, 5]
    assert (data.characters, data.predictions) == (9, 9)  # each item ends with a newline


def test_one_item_stands_between_boundaries_too() -> None:
    data = encode_documents(["ab"], ABC, items=True)
    assert data.ids.tolist() == [0, 1, 2, 0]
    assert data.starts.tolist() == [0]


def test_several_documents_are_one_sequence_with_boundaries_between() -> None:
    data = encode_documents(["ab", "c"], ABC, items=False)
    assert data.ids.tolist() == [0, 1, 2, 0, 3, 0]
    assert data.starts.tolist() == [0]
    assert data.characters == 5


def test_bytes_and_characters_differ_where_letters_do() -> None:
    _, data = encoded(["né", "à"], items=True)
    assert (data.characters, data.bytes) == (2 + 1 + 2, 3 + 2 + 2)


@given(st.lists(st.text("abc", max_size=8), min_size=1, max_size=8))
def test_items_can_be_read_back(items: list[str]) -> None:
    if not any(items):
        return
    data = encode_documents(items, ABC, items=True)
    assert ABC.decode(data.ids) == "\n" + "".join(f"{item}\n" for item in items)
    assert data.predictions == data.characters
    begins = [ABC.decode(data.ids[s : s + 1]) for s in data.starts.tolist()]
    assert begins == ["\n"] * len(items)


@pytest.mark.parametrize("documents", [[], [""], ["", ""]])
def test_no_text_is_refused(documents: list[str]) -> None:
    with pytest.raises(BadText, match="no text here"):
        encode_documents(documents, ABC, items=False)


def test_a_strange_character_is_refused_by_name_or_counted() -> None:
    with pytest.raises(BadText, match="'x'"):
        encode_documents(["axbx"], ABC, items=False)
    data = encode_documents(["axbx"], ABC, items=False, skip_unknown=True)
    assert data.ids.tolist() == [1, 2]
    assert data.unknown == 2
    assert (data.characters, data.bytes) == (4, 4)  # of the text as it was given
    assert (data.skipped_characters, data.skipped_bytes) == (2, 2)


def test_unknown_words_have_a_token_and_are_counted() -> None:
    words = WordTokenizer(["<unk>", "<eos>", "the", "river"])
    data = encode_documents(["The river was the river"], words, items=False)
    assert data.unknown == 1
    assert len(data.ids) == 5


@pytest.mark.parametrize(
    ("text", "untold"),
    [
        ("the river", ""),
        ("the, river", ""),
        ("The river", "T"),  # read as a small letter
        ("the  river", " "),
        ("the\nriver", "\n"),  # read as a space
        ('the "river"', '""'),  # dropped by the splitter
        ("the rivér", " rivér"),  # <unk>, and the space before it
        ("the <eos>", " <eos>"),
    ],
)
def test_what_words_do_not_tell_is_counted(text: str, untold: str) -> None:
    words = WordTokenizer(["<unk>", "<eos>", "the", "river", ","])
    data = encode_documents([text], words, items=False)
    assert data.skipped_characters == len(untold)
    assert data.skipped_bytes == len(untold.encode())


@pytest.mark.parametrize("kind", ["char", "bpe"])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_reads_everything_skips_nothing(kind: str, text: str) -> None:
    entry = tokenizers[kind]
    tokenizer = entry.build.train([text], entry.settings())
    data = encode_documents([text], tokenizer, items=True, skip_unknown=True)
    assert data.skipped_characters == data.skipped_bytes == 0


def test_every_split_that_holds_text_is_encoded() -> None:
    corpus = own_corpus(TEXT, title="Mine", items=False, validation="The rain.")
    tokenizer = CharTokenizer.train([TEXT, "The rain."])
    splits = encode_corpus(corpus, tokenizer)
    assert set(splits) == {"train", "validation"}
    assert tokenizer.decode(splits["validation"].ids) == "The rain."
    for split, data in splits.items():
        assert data.characters == corpus.characters(split)
        assert data.bytes == corpus.bytes(split)


def test_moving_to_a_device_changes_nothing_else() -> None:
    _, data = encoded(NAMES, items=True)
    moved = data.to(torch.device("meta"))
    assert moved.ids.device.type == moved.starts.device.type == "meta"
    plain = {f.name for f in dataclasses.fields(data)} - {"ids", "starts"}
    assert all(getattr(moved, name) == getattr(data, name) for name in plain)


@pytest.mark.parametrize("tokens", [3, 40, 100])
def test_a_glimpse_is_scored_whole_and_alike_by_whatever_context(tokens: int) -> None:
    tokenizer = CharTokenizer.train(NAMES)
    encoded = encode_documents(NAMES, tokenizer, items=True)
    part = glimpse(encoded, tokens)
    text = tokenizer.decode(part.ids.tolist()).split("\n")
    assert text[0] == text[-1] == ""  # each item from boundary to boundary
    assert set(text[1:-1]) <= set(NAMES)
    assert len(text[1:-1]) == len(part.starts) == len(set(text[1:-1]))
    assert part.ids[part.starts].tolist() == [tokenizer.boundary_id] * len(part.starts)
    assert abs(part.predictions - tokens) <= 12
    assert part.characters == pytest.approx(part.predictions, abs=1)

    running = encode_documents([TEXT], CharTokenizer.train([TEXT]), items=False)
    piece = glimpse(running, tokens)
    assert piece.predictions == tokens
    assert CharTokenizer.train([TEXT]).decode(piece.ids.tolist()) in TEXT


def test_a_glimpse_of_a_small_text_is_all_of_it() -> None:
    encoded = encode_documents(NAMES, CharTokenizer.train(NAMES), items=True)
    assert glimpse(encoded, 10_000) is encoded
    one = glimpse(encoded, 1)
    assert len(one.starts) == 1
    assert one.predictions >= 2
