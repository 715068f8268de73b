"""Cleaning is a setting of a run's data: it goes with the spec, the ids, the card and the codec,
and a run without it is what it was."""

import json
from pathlib import Path

import pytest

from lm_core.cleaning import Cleaning
from lm_core.codecs import load_codec
from lm_core.corpora.own import own_corpus, save_own
from lm_core.errors import BadCheckpoint, BadSettings, BadText
from lm_core.runs import prepare as preparing
from lm_core.runs.prepare import load_text, prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.tokenizers import load_tokenizer

TEXT = "".join(f"The End, {k} times the END! Rare{k} said so.\n" for k in range(40))


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunSpec:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    key = save_own(own_corpus(TEXT, title="Ends", items=False))
    return RunSpec(data=CorpusSpec(name="own", text=key), model_name="bigram")


def test_a_spec_says_nothing_of_rules_that_are_off() -> None:
    assert RunSpec().to_dict()["data"] == {"name": "names"}
    assert "lower" not in RunSpec().to_address()


def test_the_rules_go_with_the_spec_and_its_address(spec: RunSpec) -> None:
    chosen = spec.with_texts({"corpus.lower": "true", "data.rarest": "2"})
    assert chosen.data.cleaning == Cleaning(lower=True, rarest=2)
    assert chosen.to_dict()["data"] == spec.to_dict()["data"] | {"lower": True, "rarest": 2}
    assert RunSpec.from_address(chosen.to_address()) == chosen
    assert chosen.id != spec.id
    with pytest.raises(BadSettings, match="rule of cleaning"):
        spec.with_texts({"corpus.text": "x"})


def test_the_text_is_cleaned_before_it_is_cut_and_kept_so(spec: RunSpec) -> None:
    how = Cleaning(lower=True, punctuation=False, numbers="removed")
    plain, clean = prepare(spec), prepare(RunSpec(spec.data.cleaned(how), model_name="bigram"))
    assert "cleaning" not in plain.codec.to_dict() | plain.card()["corpus"]
    assert clean.card()["corpus"]["cleaning"] == ", ".join(how.rules)
    assert clean.info.split_rule.endswith(
        "Cleaned: lower case, digits removed, punctuation removed."
    )
    read = clean.codec.decode(clean.data["train"].ids.tolist())
    assert read == how(load_text(spec.data).splits["train"][0])
    assert read.startswith("the end times the end rare said so\n")
    again = prepare(clean.spec)  # from the home folder
    assert again.codec.to_dict() == clean.codec.to_dict()
    assert again.data["train"].ids.equal(clean.data["train"].ids)
    assert preparing._key(spec, None) != preparing._key(clean.spec, None)


def test_a_text_from_elsewhere_is_read_by_the_same_rules(spec: RunSpec) -> None:
    how = Cleaning(lower=True, punctuation=False, rarest=2)
    codec = prepare(RunSpec(spec.data.cleaned(how), model_name="bigram")).codec
    kept = json.loads(json.dumps(codec.to_dict()))
    assert kept["cleaning"] == {"lower": True, "punctuation": False}
    for read in (codec, load_codec(kept), load_tokenizer(kept)):
        assert read.encode("THE (end)!").tolist() == read.encode("the end").tolist()
        assert read.cleans.endswith("was: lower case, punctuation removed.")
    for wrong in ({"lower": 1}, {"upper": True}, [], None):
        with pytest.raises(BadCheckpoint):
            load_tokenizer(kept | {"cleaning": wrong})


def test_doubles_are_those_of_the_list_as_it_was_given(spec: RunSpec) -> None:
    once = load_text(CorpusSpec(name="names")).splits
    given = load_text(CorpusSpec(name="names", doubles=True)).splits
    assert len(given["train"]) > len(once["train"]) == len(set(once["train"]))
    assert (given["validation"], given["test"]) == (once["validation"], once["test"])
    with pytest.raises(BadText, match="Switch “Keep doubles” off"):
        load_text(spec.data.cleaned(Cleaning(doubles=True)))


def test_years_and_licence_stay_with_a_cleaned_text() -> None:
    plain, clean = (load_text(CorpusSpec(name="speeches", lower=lower)) for lower in (False, True))
    assert clean.labels == plain.labels
    assert (clean.info.name, clean.info.licence) == (plain.info.name, plain.info.licence)
    assert clean.info.title == "State of the Union addresses, cleaned"
    assert clean.splits["test"][0] == plain.splits["test"][0].lower()


def test_pairs_and_labelled_texts_are_not_cleaned() -> None:
    with pytest.raises(BadText, match="Only running text and lists are cleaned"):
        load_text(CorpusSpec(name="numbers-en-fr", lower=True))
