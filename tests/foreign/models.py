"""Tiny models as other programs write them, with random weights."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers import models as engine_models

END = "<|endoftext|>"
TEXT = "Alice was beginning to get very tired of sitting by her sister on the bank in 1865.\n" * 3
V = 300


def tokenizer(folder: Path, *, digits: bool = False, size: int = V) -> Tokenizer:
    """A tokenizer.json of byte pairs."""
    engine = Tokenizer(engine_models.BPE())
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if digits:
        apart = pre_tokenizers.Digits(individual_digits=True)
        words = pre_tokenizers.Sequence([apart, words])
    engine.pre_tokenizer, engine.decoder = words, decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
    )
    engine.train_from_iterator([TEXT], trainer)
    folder.mkdir(exist_ok=True, parents=True)
    engine.save(str(folder / "tokenizer.json"))
    return engine


def bare(folder: Path) -> None:
    """A GPT-2 as transformers writes one, without that package, which takes long to import."""
    engine = tokenizer(folder)
    V, C, T = engine.get_vocab_size(), 16, 24
    config = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": V}
    config |= {"n_layer": 2, "n_head": 2, "n_embd": C, "n_positions": T, "n_inner": None}
    config |= {"activation_function": "gelu_new", "layer_norm_epsilon": 1e-05, "eos_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config))
    shapes = {"wte.weight": (V, C), "wpe.weight": (T, C), "ln_f.weight": (C,), "ln_f.bias": (C,)}
    parts = {"attn.c_attn": (C, 3 * C), "attn.c_proj": (C, C)}
    parts |= {"mlp.c_fc": (C, 4 * C), "mlp.c_proj": (4 * C, C)}
    for layer in range(2):
        for name in ("ln_1", "ln_2"):
            shapes |= {f"h.{layer}.{name}.{last}": (C,) for last in ("weight", "bias")}
        for name, shape in parts.items():
            shapes |= {f"h.{layer}.{name}.weight": shape, f"h.{layer}.{name}.bias": shape[1:]}
    tensors = {f"transformer.{name}": torch.randn(shape) for name, shape in shapes.items()}
    save_file(tensors, folder / "model.safetensors")


def saved(folder: Path, kind: str, **changes: object) -> torch.nn.Module:
    """A causal model of transformers with its tokenizer in a folder; the model."""
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    engine = tokenizer(folder, digits=kind == "llama")
    ends = {"bos_token_id": 0, "eos_token_id": 0, "vocab_size": engine.get_vocab_size()}
    if kind == "gpt2":
        said = {"n_layer": 2, "n_head": 2, "n_embd": 16, "n_positions": 24, "n_inner": 40}
        model = GPT2LMHeadModel(GPT2Config(**ends | said | changes))
    else:
        said = {"hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2}
        said |= {"num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5}
        said |= {"max_position_embeddings": 24, "tie_word_embeddings": False}
        said["rope_parameters"] = {"rope_type": "default", "rope_theta": 500.0}
        model = LlamaForCausalLM(LlamaConfig(**ends | said | changes))
    with torch.no_grad():  # scales that are not 1, or they would hide mistakes
        for weight in model.parameters():
            weight += 0.1 * torch.randn_like(weight)
    model.eval().save_pretrained(folder)
    return model


def changed(folder: Path, **changes: object) -> None:
    """Let its config.json say something else; None takes it away."""
    path = folder / "config.json"
    said = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({k: v for k, v in said.items() if v is not None}))
