"""Soft prompts: vectors before a text, which alone learn; peft's prompt tuning agrees."""

import pytest
import torch

from lm_core.adapt import soft_prompt
from lm_core.adapt.adapting import adapt, merged, n_trainable
from lm_core.adapt.settings import AdapterSettings
from lm_core.errors import BadSettings
from lm_core.generation.session import Session
from lm_core.training.optimizers import OPTIMIZERS
from tests.generation.huggingface import gpt2
from tests.tiny import lively_model, some_ids, tiny_model

P = 3


def prompted(family: str = "transformer", **given: object):
    settings = AdapterSettings(method="soft-prompt", prompt=P, **given)
    model = adapt(lively_model(family), settings)
    soft_prompt.begin(model, settings, seed=5)
    return model


def test_real_tokens_in_front_are_what_it_begins_as() -> None:
    model, plain = prompted(), lively_model("transformer")
    ids = [(model.embedding.weight == row).all(-1).nonzero().item() for row in model.prompt]
    assert len(set(ids)) == P
    idx = some_ids(2, 8, 27)
    led = torch.cat([torch.tensor(ids).expand(2, -1), idx], dim=1)
    with torch.inference_mode():
        torch.testing.assert_close(model(idx)[0], plain(led)[0][:, P:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("cut", [1, 4, 8])
def test_a_text_read_in_pieces_meets_the_prompt_once(cut: int) -> None:
    model, idx = prompted(), some_ids(2, 9, 27)
    with torch.inference_mode():
        whole, _ = model(idx)
        first, state = model(idx[:, :cut])
        second, state = model(idx[:, cut:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-5, rtol=1e-5)
    assert state.length == P + 9


def test_it_takes_its_places_of_the_context() -> None:
    model = prompted()
    assert model.context_size == 16 - P
    session = Session(model, some_ids(1, 4, 27))
    for k in range(30):  # far past the context: the window moves, the prompt stays
        assert session.push(torch.tensor([k % 27])).isfinite().all()


def test_only_the_prompt_learns() -> None:
    model = prompted(prompt_from="random")
    before = {name: p.clone() for name, p in model.state_dict().items()}
    assert n_trainable(model) == P * 32
    rule = OPTIMIZERS["adamw"](model, lr=0.05, weight_decay=0.1)
    model.train().nats(some_ids(4, 9, 27), some_ids(4, 9, 27, seed=1))[0].mean().backward()
    rule.step()
    moved = [name for name, p in model.state_dict().items() if not torch.equal(p, before[name])]
    assert moved == ["prompt"]


def test_its_nearest_tokens_are_those_it_began_as() -> None:
    model = prompted()
    ids, cosines = soft_prompt.nearest_tokens(model, 2)
    table = model.embedding.weight
    assert torch.equal(table[ids[:, 0]], model.prompt)
    torch.testing.assert_close(cosines[:, 0], torch.ones(P))
    by_hand = torch.cosine_similarity(model.prompt[1], table[ids[1, 1]], dim=0)
    torch.testing.assert_close(cosines[1, 1], by_hand)


@pytest.mark.parametrize("family", ["lstm", "encoder", "encoder-decoder", "mlp"])
def test_what_is_no_decoder_is_refused(family: str) -> None:
    with pytest.raises(BadSettings, match="a Transformer decoder"):
        adapt(tiny_model(family), AdapterSettings(method="soft-prompt"))


def test_more_than_the_context_holds_is_refused() -> None:
    with pytest.raises(BadSettings, match="choose 8 or fewer"):
        adapt(tiny_model("transformer"), AdapterSettings(method="soft-prompt", prompt=9))


def test_it_is_no_weight_to_merge() -> None:
    with pytest.raises(BadSettings, match="cannot be merged"):
        merged(prompted())


def test_peft_says_the_same_with_the_same_prompt() -> None:
    from peft import PromptTuningConfig, TaskType, get_peft_model

    theirs, ours = gpt2(3)
    config = PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=P)
    tuned = get_peft_model(theirs, config).eval()
    settings = AdapterSettings(method="soft-prompt", prompt=P)
    adapt(ours, settings)
    V = ours.vocab_size
    with torch.inference_mode():
        ours.prompt.copy_(tuned.get_prompt(batch_size=1)[0])
        idx = some_ids(2, 9, V)
        said = tuned(idx).logits[:, P:]
        torch.testing.assert_close(ours(idx)[0], said, atol=1e-4, rtol=1e-4)
