"""Our loop is that of the Trainer of transformers: the same weights and the same batches give the
same losses."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from lm_core.encoded import encode_documents
from lm_core.foreign.gpt2 import as_ours, settings_of
from lm_core.models.transformer import Transformer, TransformerSettings
from lm_core.tasks import NextToken
from lm_core.tokenizers.char import CharTokenizer
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Step

TEXT = "the sea is calm tonight, the tide is full, the moon lies fair upon the straits; " * 30
STEPS, BATCH, T, LR = 12, 4, 16, 3e-3


@pytest.mark.slow
def test_our_loop_is_that_of_transformers(tmp_path: Path) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel, TrainingArguments
    from transformers import Trainer as TheirTrainer

    tokenizer = CharTokenizer.train([TEXT])
    train = encode_documents([TEXT], tokenizer, items=False)
    quiet = {"embd_pdrop": 0.0, "attn_pdrop": 0.0, "resid_pdrop": 0.0}
    sizes = {"n_layer": 2, "n_head": 2, "n_embd": 16, "n_positions": T}
    config = GPT2Config(vocab_size=tokenizer.vocab_size, **sizes, **quiet)
    config.bos_token_id = config.eos_token_id = None
    theirs = GPT2LMHeadModel(config)
    ours = Transformer(TransformerSettings(**settings_of(config.to_dict())), tokenizer.vocab_size)
    ours.load_state_dict(as_ours(theirs.state_dict(), 2), strict=False)

    settings = TrainSettings(
        optimizer="adamw",
        lr=LR,
        batch_size=BATCH,
        schedule="constant",
        warmup=0,
        weight_decay=0.0,
        grad_clip=1.0,
        precision="float32",
        eval_every=10**6,
    )
    batches = NextToken().batches(ours, train, batch_size=BATCH, seed=3)
    rows = []
    for step in range(STEPS):
        (batch,), _ = batches.parts(step)
        rows.append(batch.inputs)
    trainer = Trainer(
        NextToken(), ours, {"train": train}, settings=settings, budget=Budget(steps=STEPS), seed=3
    )
    adam = trainer.optimizer.param_groups[0]
    mine = [event.loss for event in trainer.run() if isinstance(event, Step)]

    losses: list[float] = []

    class Same(TheirTrainer):
        """Takes our batches, in our order."""

        def get_train_dataloader(self) -> DataLoader:
            said = [{"input_ids": idx, "labels": targets} for idx, targets in rows]
            return DataLoader(said, batch_size=None)

        def compute_loss(self, model, inputs, *args, **kwargs):
            logits = model(input_ids=inputs["input_ids"]).logits
            loss = F.cross_entropy(logits.flatten(0, 1), inputs["labels"].flatten())
            losses.append(float(loss.detach()))
            return loss

    arguments = TrainingArguments(
        output_dir=str(tmp_path),
        max_steps=STEPS,
        learning_rate=LR,
        lr_scheduler_type="constant",
        adam_beta1=adam["betas"][0],
        adam_beta2=adam["betas"][1],
        adam_epsilon=adam["eps"],
        weight_decay=0.0,
        max_grad_norm=1.0,
        per_device_train_batch_size=BATCH,
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
    )
    Same(model=theirs, args=arguments, train_dataset=rows).train()
    assert len(mine) == len(losses) == STEPS
    torch.testing.assert_close(torch.tensor(mine), torch.tensor(losses), atol=1e-4, rtol=0)
    assert mine[-1] < mine[0] - 0.1
