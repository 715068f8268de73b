import pytest
import torch

from lm_core.device import choose_device
from lm_core.errors import BadSettings


def test_the_processor_when_it_is_asked_for() -> None:
    choice = choose_device("cpu", threads=3)
    assert choice.device == torch.device("cpu")
    assert str(choice) == "CPU, 3 threads"
    assert str(choose_device("cpu", threads=1)) == "CPU, 1 thread"
    assert choice.reason == "the CPU was asked for."


def test_without_a_gpu_the_processor_with_every_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    choice = choose_device()
    assert choice.device.type == "cpu"
    assert choice.threads >= 1
    assert choice.reason == "no GPU was found."


def test_a_gpu_that_is_there_is_taken_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Test GPU")
    for name in ("auto", "cuda"):
        choice = choose_device(name)
        assert choice.device.type == "cuda"
        assert choice.reason == "found Test GPU."
    assert choose_device("cpu").device.type == "cpu"


def test_a_gpu_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BadSettings, match="use --device cpu or --device auto"):
        choose_device("cuda")


@pytest.mark.parametrize("name", ["gpu", "", "cuda:0", "tpu"])
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(BadSettings, match="device must be auto, cpu or cuda"):
        choose_device(name)


@pytest.mark.parametrize("threads", [0, -1, 1025])
def test_threads_out_of_range_are_refused(threads: int) -> None:
    with pytest.raises(BadSettings, match="threads must be from 1 to 1024"):
        choose_device("cpu", threads)
