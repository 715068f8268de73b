import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, LabError, UnknownName
from lm_core.models import models
from lm_core.runs.spec import CorpusSpec, RunSpec, StartSpec
from lm_core.versions import VERSION
from tests.specs import specs


@given(spec=specs())
def test_json_and_back_is_the_same_spec(spec: RunSpec) -> None:
    back = RunSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert back == spec
    assert back.id == spec.id


@given(spec=specs())
def test_an_address_and_back_is_the_same_spec(spec: RunSpec) -> None:
    back = RunSpec.from_address(spec.to_address())
    assert back == spec
    assert back.id == spec.id


@given(one=specs(), other=specs())
def test_ids_are_equal_where_specs_are(one: RunSpec, other: RunSpec) -> None:
    assert (one.id == other.id) == (one == other)


def test_an_address_holds_only_what_differs() -> None:
    address = RunSpec().to_address()
    assert json.loads(address) == {
        "version": VERSION,
        "data": {"name": "names"},
        "codec": {"name": "char"},
        "model": {"name": "transformer"},
        "budget": {"steps": 1000},
    }
    changed = RunSpec(model=models["transformer"].settings(n_layer=2)).to_address()
    assert json.loads(changed)["model"] == {"name": "transformer", "n_layer": 2}


def test_what_is_left_out_takes_its_default() -> None:
    assert RunSpec.from_dict({}) == RunSpec()
    assert RunSpec.from_dict({"model": {"name": "lstm"}}).model == models["lstm"].settings()


OF_1 = {
    "version": 1,
    "corpus": {"name": "own", "text": "ab" * 32, "items": True},
    "tokenizer": {"name": "bpe", "vocab_size": 300},
    "model": {"name": "lstm", "n_embd": 8},
    "train": {"lr": 0.5, "begin": "names"},
    "budget": {"steps": 3},
    "seed": 4,
}


@pytest.mark.parametrize("left_out", ["", "version"])  # an address has none
def test_a_spec_of_version_1_says_the_same(left_out: str) -> None:
    spec = RunSpec.from_dict({key: value for key, value in OF_1.items() if key != left_out})
    assert spec.data == CorpusSpec(name="own", text="ab" * 32, items=True)
    assert (spec.codec_name, spec.codec.vocab_size) == ("bpe", 300)
    assert (spec.model_name, spec.model.n_embd, spec.train.lr) == ("lstm", 8, 0.5)
    assert (spec.start, spec.budget.steps, spec.seed) == (StartSpec(origin="names"), 3, 4)
    assert spec.task_name == "next-token"
    assert RunSpec.from_dict(spec.to_dict()) == spec
    assert spec.to_dict()["version"] == 2


def test_what_an_encoder_learned_in_version_1_is_filling_gaps() -> None:
    assert RunSpec.from_dict({"version": 1, "model": {"name": "encoder"}}).task_name == "fill-gap"


def test_begin_of_version_1_may_still_be_typed() -> None:
    assert RunSpec().with_texts({"train.begin": "names"}).start == StartSpec(origin="names")
    assert RunSpec().with_texts({"train.begin": "nothing"}).start == StartSpec()


def test_the_id_does_not_change_from_version_to_version() -> None:
    """Links and folders carry it. A change here is a new VERSION."""
    assert RunSpec().id == RunSpec.from_dict(json.loads(json.dumps(RunSpec().to_dict()))).id
    assert len(RunSpec().id) == 12
    assert int(RunSpec().id, 16) >= 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"modle": {}}, "did you mean 'model'"),
        ({"model": {"name": "lsmt"}}, "did you mean 'lstm'"),
        ({"model": {"n_layers": 4}}, "did you mean 'n_layer'"),
        ({"model": {"name": ["lstm"]}}, "Unknown model"),
        ({"model": {"name": None}}, "Unknown model"),
        ({"model": "lstm"}, "must be a JSON object"),
        ({"tokenizer": {"name": "chars"}}, "did you mean 'char'"),
        ({"tokenizer": {"name": "bpe", "vocab": 3}}, "did you mean 'vocab_size'"),
        ({"corpus": {"name": "speches"}}, "did you mean 'speeches'"),
        ({"corpus": {"name": 3}}, "name must be text"),
        ({"corpus": []}, "must be a JSON object"),
        ({"train": {"learning_rate": 1}}, "Unknown setting 'learning_rate'"),
        ({"train": {"lr": "1e-3"}}, "lr must be a number"),
        ({"train": {"lr": 10**400}}, "lr must be a finite number"),
        ({"budget": {"steps": 3, "seconds": 4}}, "of steps or of seconds"),
        ({"budget": {"epochs": 3}}, "Unknown setting 'epochs'"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"seed": 2**31}, "seed must be a whole number"),
        ({"seed": 1.0}, "seed must be a whole number"),
        ({"seed": True}, "seed must be a whole number"),
        ({"version": 3}, "another version"),
        ([], "must be a JSON object"),
        (None, "must be a JSON object"),
    ],
)
def test_what_it_does_not_know_it_refuses_with_the_nearest(data: object, said: str) -> None:
    with pytest.raises(LabError) as error:
        RunSpec.from_dict(data)
    assert said in str(error.value)


@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "corpus",
                        "model",
                        "train",
                        "seed",
                        "budget",
                        "tokenizer",
                        "n_layer",
                        "lr",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_whatever_a_link_holds_the_answer_is_a_spec_or_a_sentence(data: object) -> None:
    try:
        assert isinstance(RunSpec.from_address(json.dumps(data)), RunSpec)
    except LabError as error:
        said = str(error)
    else:
        return
    assert said.endswith((".", "?"))


@pytest.mark.parametrize("text", ["", "{", "names", "[" * 3000, "x" * 5000, "9" * 4000])
def test_a_damaged_link_is_one_sentence(text: str) -> None:
    with pytest.raises(BadSettings):
        RunSpec.from_address(text)


def test_files_of_the_machine_are_for_the_command_line_alone() -> None:
    spec = RunSpec(data=CorpusSpec(name="file", file="secret.txt"))
    with pytest.raises(BadSettings, match="command line only"):
        RunSpec.from_dict(spec.to_dict())
    with pytest.raises(BadSettings, match="command line only"):
        RunSpec.from_address(spec.to_address())
    assert RunSpec.from_dict(spec.to_dict(), trusted=True) == spec


def test_a_text_of_ones_own_is_named_by_its_hash() -> None:
    spec = RunSpec(data=CorpusSpec(name="own", text="ab" * 32))
    assert RunSpec.from_address(spec.to_address()) == spec


def test_settings_are_set_from_text_all_at_once() -> None:
    spec = RunSpec().with_texts(
        {"model.n_head": "3", "model.n_embd": "96", "train.lr": "1e-3", "train.warmup": "0"}
    )
    assert (spec.model.n_head, spec.model.n_embd) == (3, 96)  # neither fits the other's default
    assert (spec.train.lr, spec.train.warmup) == (1e-3, 0.0)
    assert RunSpec().with_texts({}) == RunSpec()


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("n_layer", "4", "model.NAME, train.NAME, tokenizer.NAME, task.NAME or start.NAME"),
        ("seed.x", "4", "model.NAME, train.NAME, tokenizer.NAME, task.NAME or start.NAME"),
        ("model.", "4", "model.NAME, train.NAME, tokenizer.NAME, task.NAME or start.NAME"),
        ("model.n_layers", "4", "did you mean 'n_layer'"),
        ("model.n_layer", "four", "n_layer must be a whole number, not 'four'"),
        ("model.n_layer", "0", "n_layer must be from 1 to 48"),
        ("train.lr", "fast", "lr must be a number"),
        ("train.lr", "nan", "finite"),
        ("train.schedule", "cosin", "did you mean 'cosine'"),
        ("model.n_head", "3", "n_embd (128) must be n_head (3) times"),
    ],
)
def test_text_that_is_no_value_is_refused_by_name(path: str, text: str, said: str) -> None:
    with pytest.raises(BadSettings) as error:
        RunSpec().with_texts({path: text})
    assert said in str(error.value)


def test_an_unknown_family_is_refused_when_the_spec_is_made() -> None:
    with pytest.raises(UnknownName, match="did you mean 'transformer'"):
        RunSpec(model_name="tranformer")


def test_a_fault_is_written_only_where_there_is_one() -> None:
    plain = RunSpec()
    assert "fault" not in plain.to_dict()
    assert "fault" not in plain.to_address()
    wrong = dataclasses.replace(plain, fault="no-eval")
    assert wrong.id != plain.id
    assert RunSpec.from_dict(wrong.to_dict()) == wrong
    assert RunSpec.from_address(wrong.to_address()) == wrong
    for unknown in ("no-evil", None, [], 3):
        with pytest.raises(UnknownName, match="Unknown fault"):
            RunSpec.from_dict({"fault": unknown})
