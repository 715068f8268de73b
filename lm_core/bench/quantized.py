"""Writing with fewer bits: tokens per second of float32 and int8 weights; the bytes that the engine
reads in a second, beside those of one wide product; and what the products of a token alone would
take with each of torch's kernels.

Seconds are the thread's own (`time.thread_time`): all of it runs on one thread, and what waits for
memory counts, what waits for another program does not.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from lm_core.bench.result import Result

if TYPE_CHECKING:
    from torch import Tensor

SHAPE = {"n_layer": 6, "n_head": 6, "n_embd": 384, "block_size": 256}
VOCAB, TOKENS, ROUNDS = 65, 120, 9
SCHEMES = ("int8", "int8-absmax")
BLOCK = 64  # of the int4 kernel
WIDE = 4096  # rows and columns of the wide product: 64 MB, more than a processor's cache holds
TIMES = 4  # that it is computed in a round, about as long as some tokens


def bench_quantized() -> list[Result]:
    """Batch 1, one thread; rounds alternate, and ratios are medians of those within a round."""
    from lm_core.quantize.measuring import one_thread

    with one_thread():
        return [*_engine(), *_products()]


def _engine() -> list[Result]:
    from lm_core.generation import generate
    from lm_core.models.building import build_model
    from lm_core.quantize.whole import quantize

    model = build_model("transformer", SHAPE, VOCAB).eval()
    models = {"float32": model}
    models |= {name: quantize(model, name).model(model) for name in SCHEMES}
    matrix, row = torch.randn(WIDE, WIDE), torch.randn(1, WIDE)

    def write(of: torch.nn.Module) -> None:
        for _ in generate(of, [0], max_tokens=TOKENS):
            pass

    def read() -> None:
        with torch.inference_mode():
            for _ in range(TIMES):
                row @ matrix.T

    works = {name: partial(write, of) for name, of in models.items()}
    times = _alternating(works | {"wide": read})
    wide = [TIMES * matrix.nbytes / t for t in times.pop("wide")]
    speeds = {name: [TOKENS / t for t in of] for name, of in times.items()}
    about = {**SHAPE, "batch": 1, "threads": 1, "tokens": TOKENS}
    rate, shape = statistics.median(wide) / 1e9, {"rows": WIDE, "columns": WIDE, "threads": 1}
    found = [Result("engine_wide_product", rate, "GB/s", True, shape)]
    for name, of in speeds.items():
        key = f"quantized_{name.replace('-', '_')}"
        found.append(Result(key, statistics.median(of), "tokens/s", True, about))
        found += _read(name, of, wide, about)
        if name != "float32":
            ratios = [a / b for a, b in zip(of, speeds["float32"], strict=True)]
            found.append(Result(f"{key}_ratio", statistics.median(ratios), "times", True, about))
    return found


def _read(name: str, speeds: list[float], wide: list[float], about: dict[str, Any]) -> list[Result]:
    """Bytes of weights that the engine reads in a second, and their share of the wide product's:
    of every matrix all, of the embedding one row, which is not counted."""
    C, size = SHAPE["n_embd"], 4 if name == "float32" else 1
    touched = size * (12 * C * C * SHAPE["n_layer"] + VOCAB * C)
    key, about = f"engine_read_{name.replace('-', '_')}", about | {"bytes_a_token": touched}
    share = statistics.median(touched * a / b for a, b in zip(speeds, wide, strict=True))
    rate = statistics.median(touched * a / 1e9 for a in speeds)
    return [
        Result(key, rate, "GB/s", True, about),
        Result(f"{key}_share", share, "of the wide product", True, about),
    ]


def _products() -> list[Result]:
    """All matrices of a token once, one after the other, as they lie in memory."""
    C, generator = SHAPE["n_embd"], torch.Generator().manual_seed(0)
    shapes = [(3 * C, C), (C, C), (4 * C, C), (C, 4 * C)] * SHAPE["n_layer"]
    weights = [torch.randn(N, K, generator=generator) for N, K in shapes]
    kernels = {name: make(weights) for name, make in KERNELS.items()}
    with torch.inference_mode():
        times = _alternating({name: work for name, (work, _) in kernels.items()})
    count = sum(weight.numel() for weight in weights)
    found = []
    for name, (_, size) in kernels.items():
        about = {"matrices": len(shapes), "weights": count, "threads": 1}
        rate = statistics.median(size / t / 1e9 for t in times[name])
        ratio = statistics.median(a / b for a, b in zip(times["float32"], times[name], strict=True))
        found.append(Result(f"quantized_read_{name}", rate, "GB/s", True, about))
        if name != "float32":
            found.append(Result(f"quantized_read_{name}_ratio", ratio, "times", True, about))
    return found


Kernel = tuple[Callable[[], None], int]  # all products once, and the bytes of the weights


def _each(
    product: Callable[[Any, "Tensor"], object], of: list[Any], inputs: list["Tensor"]
) -> None:
    for weight, x in zip(of, inputs, strict=True):
        product(weight, x)


def _float32(weights: list["Tensor"]) -> Kernel:
    inputs = [torch.randn(weight.size(1)).to(weight.dtype) for weight in weights]
    return partial(_each, torch.mv, weights, inputs), sum(weight.nbytes for weight in weights)


def _bfloat16(weights: list["Tensor"]) -> Kernel:
    return _float32([weight.bfloat16() for weight in weights])


def _int8(weights: list["Tensor"]) -> Kernel:
    codes = [(40 * weight).clamp(-127, 127).to(torch.int8) for weight in weights]
    inputs = [torch.randn(1, weight.size(1)).bfloat16() for weight in weights]

    def product(code: "Tensor", x: "Tensor") -> object:
        ones = torch.ones(len(code), dtype=torch.bfloat16)
        return torch.ops.aten._weight_int8pack_mm(x, code, ones)

    return partial(_each, product, codes, inputs), sum(code.nbytes for code in codes)


def _int4(weights: list["Tensor"]) -> Kernel:
    """torch's own layout of four-bit codes, a scale and a zero point for each block."""
    packed = []
    for weight in weights:
        codes = torch.randint(16, weight.shape, dtype=torch.int32)
        scales = torch.ones(weight.size(1) // BLOCK, weight.size(0), 2).bfloat16()
        made = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes, 1)
        packed.append((made, scales))
    inputs = [torch.randn(1, weight.size(1)).bfloat16() for weight in weights]

    def product(pair: tuple["Tensor", "Tensor"], x: "Tensor") -> object:
        return torch.ops.aten._weight_int4pack_mm_for_cpu(x, pair[0], BLOCK, pair[1])

    size = sum(weight.numel() // 2 for weight in weights)
    return partial(_each, product, packed, inputs), size + sum(s.nbytes for _, s in packed)


KERNELS = {"float32": _float32, "bfloat16": _bfloat16, "int8": _int8, "int4": _int4}


def _alternating(works: dict[str, Callable[[], None]]) -> dict[str, list[float]]:
    """Seconds of each in every round, after one that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.thread_time()
            work()
            times[name].append(time.thread_time() - began)
    return times
