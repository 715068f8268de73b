"""Reading text, drawing batches, training, writing, and the command line of a written script."""

import argparse
import json
import math
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from lm_core.export.plain.about import (
    BLOCK_SIZE,
    BUDGET,
    CHARS,
    CONTEXT,
    ITEMS,
    SEED,
    TRAIN,
    WEIGHTS,
)
from lm_core.export.plain.optimizers import make_optimizers
from lm_core.export.plain.recurrent import Model


def encode(text):
    """Text -> ids, one for each character."""
    strange = sorted(set(text) - set(CHARS))
    if strange:
        raise SystemExit(f"This model never saw {' '.join(map(repr, strange[:5]))}: leave it out.")
    table = {char: i for i, char in enumerate(CHARS)}
    return [table[char] for char in text]


def read_text(path, held_out=None):
    """(ids, starts) to train on and to validate on; `starts` is where each line or text begins.

    The split is the lab's for a file: of lines, doubles go, the rest is shuffled once and at most
    1,000 validate; of running text the first 90 % train and the next 5 % validate.
    """
    train = Path(path).read_text(encoding="utf-8-sig")
    if held_out:
        parts = [train, Path(held_out).read_text(encoding="utf-8-sig")]
    elif not ITEMS:
        parts = [train[: int(len(train) * 0.9)], train[int(len(train) * 0.9) :]]
        parts[1] = parts[1][: int(len(train) * 0.95) - int(len(train) * 0.9)]
    else:
        import numpy as np

        lines = list(dict.fromkeys(line.strip() for line in train.split("\n") if line.strip()))
        lines = [lines[i] for i in np.random.default_rng(42).permutation(len(lines))]
        n = min(1000, len(lines) // 10)
        parts = ["\n".join(lines[2 * n :]), "\n".join(lines[:n])]
    return [streamed(part) for part in parts]


def streamed(text):
    """Ids in a row. Lines that stand for themselves lie between newlines: b emma b olivia b."""
    if not ITEMS:
        return torch.tensor(encode(text)), [0]
    lines = list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return torch.tensor(encode("\n" + "\n".join(lines) + "\n")), starts


def cut(ids, begin, length):
    """Inputs and targets (B, T): `length` tokens from each of `begin`; -1 is no target."""
    t = torch.arange(int(length.max()))
    at = (begin[:, None] + t).clamp(max=len(ids) - 2)
    return ids[at], ids[at + 1].masked_fill(t >= length[:, None], -1)


def batches_of_items(ids, starts):
    """Inputs and targets for ever, each line a row, in a new order in each round."""
    import numpy as np  # which draws what the lab drew

    ends = [*starts[1:], len(ids) - 1]
    rows = [
        (first, min(BLOCK_SIZE, end - first))
        for start, end in zip(starts, ends, strict=True)
        for first in range(start, end, BLOCK_SIZE)
    ]
    begin, length = torch.tensor(rows).T
    B = min(TRAIN["batch_size"], len(rows))
    for epoch in range(10**9):
        order = torch.from_numpy(np.random.default_rng((SEED, epoch)).permutation(len(rows)))
        for k in range(len(rows) // B):
            which = order[k * B : (k + 1) * B]
            yield *cut(ids, begin[which], length[which]), None


def batches_along_text(ids, starts):
    """Inputs, targets and which rows begin anew, for ever: B readers spread over the text, each
    reading on where it stopped, and from an empty memory after every 16 pieces."""
    size = min(BLOCK_SIZE, len(ids) - 1)
    B = max(1, min(TRAIN["batch_size"], (len(ids) - 1) // size))
    stretch = (len(ids) - 1) // B
    size = min(size, stretch)
    for step in range(10**12):
        lap, k = divmod(step, stretch // size)
        shift = (lap * size // 3) % (stretch % size + 1)  # each lap begins elsewhere
        begin = torch.arange(B) * stretch + k * size + shift
        fresh = ((torch.arange(B) + k) % 16 == 0) | (k == 0)
        yield *cut(ids, begin, torch.full((B,), size)), fresh


def batches_at_random(ids, starts):
    """Inputs and targets for ever: windows that begin anywhere in the text."""
    import numpy as np  # which draws what the lab drew

    size = min(BLOCK_SIZE, len(ids) - 1)
    for step in range(10**12):
        draw = np.random.default_rng((SEED, step))
        begin = torch.from_numpy(draw.integers(0, len(ids) - size, TRAIN["batch_size"]))
        yield *cut(ids, begin, torch.full_like(begin, size)), None


batches = batches_along_text  # a script holds the one its run used, by this name


def learning_rate(progress):
    """Up during the warm-up, then along the schedule; `progress` is the share of the budget."""
    warmup = TRAIN["warmup"]
    if progress < warmup:
        return TRAIN["lr"] * max(progress / warmup, 0.01)
    rest = min((progress - warmup) / (1 - warmup), 1.0) if warmup < 1 else 1.0
    cosine = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * rest))
    shapes = {"cosine": cosine, "linear": 1 - 0.95 * rest, "constant": 1.0}
    return TRAIN["lr"] * shapes[TRAIN["schedule"]]


def surprise(model, idx, targets, state=None):
    """Mean nats of the targets, -ln p, and the next state."""
    logits, state = model(idx, state)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1), state


def begin_anew(state, fresh):
    """The memory of the rows that begin anew is emptied, that of the others kept."""
    if state is None:
        return None
    parts = state if isinstance(state, tuple) else (state,)
    parts = tuple(part.detach().masked_fill(fresh.view(1, -1, 1), 0.0) for part in parts)
    return parts if isinstance(state, tuple) else parts[0]


def train(path, held_out=None, say=print):
    """Guess, measure the surprise, step downhill, again: gives the trained model."""
    (ids, starts), (held, _) = read_text(path, held_out)
    torch.manual_seed(SEED)
    model = Model()
    optimizers = make_optimizers(model)
    began, step, tokens, state = time.perf_counter(), 0, 0, None
    for idx, targets, fresh in batches(ids, starts):
        used = {"steps": step, "tokens": tokens, "seconds": time.perf_counter() - began}
        progress = max(used[unit] / most for unit, most in BUDGET.items())
        if progress >= 1:
            break
        torch.manual_seed(hash((SEED, step)) & 0x7FFF_FFFF)  # what dropout hides
        state = None if fresh is None else begin_anew(state, fresh)
        loss, state = surprise(model, idx, targets, state)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), TRAIN["grad_clip"] or float("inf"))
        for optimizer, share in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(progress) * share
            optimizer.step()
            optimizer.zero_grad()
        step, tokens = step + 1, tokens + int((targets >= 0).sum())
        say(f"step {step}: {loss.item():.6f} nats")
    model.eval()
    if len(held) > 1:
        size = min(BLOCK_SIZE, len(held) - 1)
        begin = torch.arange(0, len(held) - size, size)[:256]  # a part, windows side by side
        with torch.no_grad():
            nats, _ = surprise(model, *cut(held, begin, torch.full_like(begin, size)))
        say(f"validation: {nats.item():.4f} nats")
    return model


def load(path=WEIGHTS):
    """The model with the weights of a safetensors file: eight bytes with the size of a JSON table,
    the table, the numbers."""
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    weights = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            a, b = entry["data_offsets"]
            numbers = torch.frombuffer(bytearray(data[start + a : start + b]), dtype=torch.float32)
            weights[name] = numbers.view(entry["shape"])
    model = Model()
    model.load_state_dict(weights)
    return model.eval()


def save(model, path):
    """The same file written."""
    table, numbers = {}, b""
    for name, weight in model.state_dict().items():
        begin, numbers = len(numbers), numbers + bytes(weight.flatten().view(torch.uint8).tolist())
        place = {"shape": list(weight.shape), "data_offsets": [begin, len(numbers)]}
        table[name] = {"dtype": "F32", **place}
    head = json.dumps(table).encode()
    Path(path).write_bytes(len(head).to_bytes(8, "little") + head + numbers)


def write(model, prompt="", length=200, temperature=0.8, seed=0):
    """Text that goes on from `prompt`, drawn token by token; a line that stands for itself ends."""
    generator = torch.Generator().manual_seed(seed)
    ids = encode(("\n" if ITEMS or not prompt else "") + prompt)
    first, new, state = len(ids), ids, None
    for _ in range(length):
        seen = new if model.carries_state else ids[-CONTEXT:] if CONTEXT else ids
        logits, state = model(torch.tensor([seen]), state)
        p = (logits[0, -1] / max(temperature, 1e-4)).softmax(-1)
        new = torch.multinomial(p, 1, generator=generator).tolist()
        if ITEMS and CHARS[new[0]] == "\n":
            break
        ids = ids + new
    return prompt + "".join(CHARS[i] for i in ids[first:])


def main():
    parser = argparse.ArgumentParser(description="Write text, or train the model again.")
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="let the model write")
    writing.add_argument("--prompt", default="")
    writing.add_argument("--length", type=int, default=200, help="tokens")
    writing.add_argument("--temperature", type=float, default=0.8)
    writing.add_argument("--seed", type=int, default=0)
    writing.add_argument("--weights", default=str(WEIGHTS))
    training = commands.add_parser("train", help="train from the start, as the run did")
    training.add_argument("text", help="the text the run learned from, a UTF-8 file")
    training.add_argument("--validation", help="a file of its own to validate on")
    training.add_argument("--out", default="trained.safetensors", help="where the new weights go")
    args = parser.parse_args()
    if args.command == "write":
        model = load(args.weights)
        print(write(model, args.prompt, args.length, args.temperature, args.seed))
    else:
        save(train(args.text, args.validation), args.out)


if __name__ == "__main__":
    main()
