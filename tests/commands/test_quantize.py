"""`quantize`: a smaller folder that every other command takes."""

import json
from pathlib import Path

import pytest
import torch

from lm_core.adapt.adapting import adapt
from lm_core.adapt.lora import changes, merged
from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import WEIGHTS, load_checkpoint, save_checkpoint
from lm_core.cli import main
from tests.tiny import TEXT, alphabet, lively_model
from tests.translators import saved_translator

KEYS = {"out", "bytes", "bits_per_weight", "nats_before", "nats_after"}
KEYS |= {"tokens_per_second_before", "tokens_per_second_after"}
NET = ["--set", "model.n_layer=1", "--set", "model.n_embd=16", "--set", "model.n_head=2"]


def answer(capsys: pytest.CaptureFixture, *args: object) -> dict:
    capsys.readouterr()
    assert main([*map(str, args), "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    (tmp_path / "t.txt").write_text(TEXT * 4)
    args = ["train", "--corpus", tmp_path / "t.txt", "--model", "transformer", "--steps", "2"]
    assert main([str(arg) for arg in [*args, *NET, "--out", tmp_path / "net"]]) == 0
    return tmp_path / "net"


def test_the_answer_and_the_folder(net: Path, capsys: pytest.CaptureFixture) -> None:
    out = net.parent / "small"
    found = answer(capsys, "quantize", net, "--scheme", "nf4", "--out", out)
    assert found.keys() == KEYS
    assert found["bytes"] == (out / WEIGHTS).stat().st_size
    assert 4.5 <= found["bits_per_weight"] < 5
    assert found["tokens_per_second_after"] > 0
    before = answer(capsys, "evaluate", net)["nats_per_token"]
    after = answer(capsys, "evaluate", out)["nats_per_token"]
    assert found["nats_before"] == pytest.approx(before)
    assert found["nats_after"] == pytest.approx(after)
    assert answer(capsys, "generate", out, "--max-tokens", 5)["tokens"] == 5
    assert answer(capsys, "score", out, "--text", "The river")["nats"] > 0
    part = answer(
        capsys, "quantize", net, "--scheme", "int8", "--only", "mlp", "--out", net.parent / "part"
    )
    assert found["bits_per_weight"] < part["bits_per_weight"] < 32


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--scheme": "int3"}, "There is no scheme 'int3'"),
        ({"--only": "layers=5"}, "There is no layer 5: this model has layers 0 to 0."),
        ({"--only": "heads"}, "choose mlp, attention or layers=0,1"),
        ({"--out": "net"}, "--out is the folder of the model itself"),
        ({"--out": "t.txt"}, "is a file"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    changed: dict, said: str, net: Path, capsys: pytest.CaptureFixture
) -> None:
    options = {"--scheme": "int4", "--only": "all", "--out": "small"} | changed
    options["--out"] = str(net.parent / options["--out"])
    listed = {path: path.stat().st_mtime_ns for path in net.parent.rglob("*")}
    capsys.readouterr()
    assert main(["quantize", str(net), *[one for pair in options.items() for one in pair]]) == 2
    err = capsys.readouterr().err.splitlines()
    assert said in err[-1]
    assert {path: path.stat().st_mtime_ns for path in net.parent.rglob("*")} == listed


def test_what_is_quantized_is_not_quantized_again_and_no_text_is_no_score(
    net: Path, capsys: pytest.CaptureFixture
) -> None:
    (net.parent / "t.txt").unlink()
    small = net.parent / "small"
    found = answer(capsys, "quantize", net, "--scheme", "int4", "--out", small)
    assert (found["nats_before"], found["nats_after"]) == (None, None)
    assert main(["quantize", str(small), "--scheme", "nf4", "--out", str(small) + "2"]) == 2
    assert "is quantized already" in capsys.readouterr().err


def test_a_translator_is_scored_by_its_task(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    saved_translator(tmp_path / "pairs")
    out = tmp_path / "small"
    found = answer(capsys, "quantize", tmp_path / "pairs", "--scheme", "int8", "--out", out)
    assert found["tokens_per_second_before"] is None
    assert main(["translate", str(out), "--text", "The"]) in (0, 2)


def test_changes_of_low_rank_are_added_up_first(tmp_path: Path) -> None:
    how = AdapterSettings(method="lora", rank=2)
    model = adapt(lively_model("transformer", 27), how)
    for change in changes(model).values():
        change.B.data.fill_(0.1)
    save_checkpoint(tmp_path / "net", model, alphabet(27), {"spec": {"start": how.to_dict()}})
    part = ["--scheme", "int8", "--only", "layers=0", "--out", str(tmp_path / "small")]
    assert main(["quantize", str(tmp_path / "net"), *part]) == 0
    small = load_checkpoint(tmp_path / "small")
    whole = dict(merged(model).named_parameters())
    assert AdapterSettings.said(small.meta["spec"]["start"]).method == "full"
    for name, weight in small.model.named_parameters():
        torch.testing.assert_close(weight, whole[name], atol=0.02, rtol=0)
