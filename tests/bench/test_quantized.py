"""The bench of quantized writing: which rows there are, on a small model."""

import pytest

from lm_core.bench import LONG, quantized


def test_rows_of_the_engine_and_of_each_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "quantized" in LONG
    small = {"n_layer": 1, "n_head": 2, "n_embd": 64, "block_size": 16}
    monkeypatch.setattr(quantized, "SHAPE", small)
    monkeypatch.setattr(quantized, "TOKENS", 3)
    monkeypatch.setattr(quantized, "ROUNDS", 1)
    found = {row.name: row for row in quantized.bench_quantized()}
    assert {f"quantized_{name}" for name in ("float32", "int8", "int8_ratio")} <= found.keys()
    assert {f"quantized_read_{kernel}" for kernel in quantized.KERNELS} <= found.keys()
    assert all(row.value > 0 for row in found.values())
