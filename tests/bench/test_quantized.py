"""The bench of quantized writing: which rows there are, on a small model."""

import pytest

from lm_core.bench import LONG, quantized


def test_rows_of_the_engine_and_of_each_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "quantized" in LONG
    small = {"n_layer": 1, "n_head": 2, "n_embd": 64, "block_size": 16}
    monkeypatch.setattr(quantized, "SHAPE", small)
    monkeypatch.setattr(quantized, "TOKENS", 3)
    monkeypatch.setattr(quantized, "ROUNDS", 1)
    monkeypatch.setattr(quantized, "WIDE", 64)
    found = {row.name: row for row in quantized.bench_quantized()}
    assert {f"quantized_{name}" for name in ("float32", "int8", "int8_ratio")} <= found.keys()
    assert {f"quantized_read_{kernel}" for kernel in quantized.KERNELS} <= found.keys()
    shares = {f"engine_read_{name}_share" for name in ("float32", "int8", "int8_absmax")}
    assert {"engine_wide_product", "engine_read_float32", *shares} <= found.keys()
    about = found["engine_read_float32"]
    assert about.settings["bytes_a_token"] == 4 * (12 * 64 * 64 + quantized.VOCAB * 64)
    assert all(row.value > 0 for row in found.values())
