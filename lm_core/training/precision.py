"""In which number format a step computes, and whether it gives the same bits each time.

Weights, gradients and the optimizer's memory are float32 always. bfloat16 comes in two ways: for
the large products alone (autocast, which converts what goes into each), or for all of a model that
says it may (`all_bfloat16`), its weights rounded once a step. The second converts less: on a
processor, 4 x 128, context 64, batch 12, it took 26 ms a step where the first took 30, and float32
42. Gradients reach the
float32 weights through the rounding. What torch keeps for the whole process is set for the step and
put back after it, so that nothing of it is seen by whoever reads the events.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.func import functional_call

from lm_core.errors import BadSettings
from lm_core.models.heads import LinearHead
from lm_core.training.task import Loss


class Arithmetic:
    """How the steps of one run compute.

    Args:
        precision: "float32", "bfloat16" or "auto": bfloat16 where the device has it and gains by
            it; of a processor that is with models that may compute all in it.
        all_bfloat16: the model's own word on that.

    Raises:
        BadSettings: bfloat16 was asked for by name and the device has none.
    """

    def __init__(
        self,
        precision: str,
        deterministic: bool,
        device: torch.device,
        *,
        all_bfloat16: bool = False,
    ) -> None:
        if precision == "bfloat16" and not has_bfloat16(device):
            raise BadSettings(f"{NAMES[device.type]} has no bfloat16: set precision to float32.")
        on_gpu = device.type == "cuda"
        self.bfloat16 = precision == "bfloat16" or (
            precision == "auto" and (on_gpu or all_bfloat16) and has_bfloat16(device)
        )
        self.rounds = self.bfloat16 and all_bfloat16
        self.tf32 = on_gpu and precision != "float32"
        self.deterministic, self.device, self.wanted = deterministic, device, precision

    def prepare(self, model: nn.Module) -> None:
        """Tell a head how to learn from a large vocabulary: its products are most of the arithmetic
        of a step, and are worth bfloat16 also where the rest of the model is not."""
        half = self.wanted != "float32" and has_bfloat16(self.device)
        for part in model.modules():
            if isinstance(part, LinearHead):
                part.products = torch.bfloat16 if half else torch.float32

    def __str__(self) -> str:
        return "bfloat16" if self.bfloat16 else "float32"

    def __repr__(self) -> str:
        return f"Arithmetic({self}{', deterministic' if self.deterministic else ''})"

    def step(self) -> AbstractContextManager:
        """Around all of a step: what torch keeps for the whole process."""
        return _set(self.tf32, self.deterministic) if self.needs_setting else nullcontext()

    def forward(self) -> AbstractContextManager:
        """Around the guess and its surprise, not around the gradients."""
        if not self.bfloat16:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    @property
    def needs_setting(self) -> bool:
        return self.tf32 or self.deterministic


class Objective(nn.Module):
    """The loss of a model as the steps compute it, in the run's number format; a module, because
    that is what can be shared between processes and compiled.

    Args:
        loss: called with the model and what the objective is called with.
    """

    def __init__(self, model: nn.Module, arithmetic: Arithmetic, loss: Callable[..., Loss]) -> None:
        super().__init__()
        self.asked, self.arithmetic = _Asked(model, loss), arithmetic
        self.rounds = arithmetic.rounds

    def forward(self, *given: Any) -> Loss:
        if self.rounds:
            rounded = {name: p.bfloat16() for name, p in self.asked.named_parameters()}
            return functional_call(self.asked, rounded, given)
        with self.arithmetic.forward():
            return self.asked(*given)


class _Asked(nn.Module):
    """A module is asked by calling it; training asks for the loss."""

    def __init__(self, model: nn.Module, loss: Callable[..., Loss]) -> None:
        super().__init__()
        self.model, self.loss = model, loss

    def forward(self, *given: Any) -> Loss:
        return self.loss(self.model, *given)


NAMES = {"cpu": "This processor", "cuda": "This GPU"}


@functools.cache
def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 itself; where it has to be imitated it is slower."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            said = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:  # not Linux
        return False
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & set(said.split()))


@contextmanager
def _set(tf32: bool, deterministic: bool) -> Iterator[None]:
    products = torch.get_float32_matmul_precision()
    strict = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    if tf32:
        torch.set_float32_matmul_precision("high")
    if deterministic:
        # cuBLAS gives the same bits only with a workspace of fixed size, set before its first use.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        if tf32:
            torch.set_float32_matmul_precision(products)
        if deterministic:
            torch.use_deterministic_algorithms(strict, warn_only=warn_only)
