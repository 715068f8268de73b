"""Reading text, drawing batches, training, writing, and the command line of a written script."""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from lm_core.export.plain.about import (
    BLOCK_SIZE,
    BOUNDARY,
    BUDGET,
    CONTEXT,
    HERE,
    ITEMS,
    PARTED,
    SEED,
    TRAIN,
    WEIGHTS,
)
from lm_core.export.plain.chars import decode, encode
from lm_core.export.plain.optimizers import make_optimizers
from lm_core.export.plain.recurrent import Model


def read(path):
    """The text of a UTF-8 file."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(
            f"{path} cannot be read as UTF-8 text ({error}): name another file."
        ) from None


def documents(text):
    """What of a text stands for itself: its lines, or all of it."""
    if not ITEMS:
        return text.split("\f") if PARTED else [text]
    return [line.strip() for line in text.split("\n") if line.strip()]


def texts(path=None, held_out=None):
    """Documents to train on and to validate on: of the files beside this script, or of others.

    One file is split as the lab splits it: of lines, doubles go, the rest is shuffled once and a
    tenth, at most 1,000, validate; of running text the first 90 % train and the next 5 % validate.
    """
    beside = [HERE / "train.txt", HERE / "validation.txt"]
    if path is None and not beside[0].exists():
        raise SystemExit(f"There is no {beside[0]}: name the text, as in  train FILE.")
    if path is None:
        return [documents(read(file)) if file.exists() else [] for file in beside]
    text = read(path)
    different = list(dict.fromkeys(documents(text))) if ITEMS else [text]
    if held_out:
        return different, documents(read(held_out))
    if not ITEMS:
        a, b = int(len(text) * 0.9), int(len(text) * 0.95)
        return [text[:a]], [text[a:b]]
    import numpy as np  # which shuffles as the lab did

    shuffled = [different[i] for i in np.random.default_rng(42).permutation(len(different))]
    n = min(1000, len(shuffled) // 10)
    return shuffled[2 * n :], shuffled[:n]


def streamed(documents):
    """Ids in a row, and where each line or text begins. Several lie between boundaries, which are
    one token: b emma b olivia b."""
    pieces = [encode(document) for document in documents]
    if not ITEMS and len(pieces) == 1:
        return torch.tensor(pieces[0]), [0]
    ids, starts = [BOUNDARY], []
    for piece in pieces:
        starts.append(len(ids) - 1)
        ids += [*piece, BOUNDARY]
    return torch.tensor(ids), starts if ITEMS else [0]


def cut(ids, begin, length):
    """Inputs and targets (B, T): `length` tokens from each of `begin`; -1 is no target."""
    t = torch.arange(int(length.max()))
    at = (begin[:, None] + t).clamp(max=len(ids) - 2)
    return ids[at], ids[at + 1].masked_fill(t >= length[:, None], -1)


def rows_of(ids, starts):
    """Where rows of at most BLOCK_SIZE tokens begin, side by side, and how long each is; no line
    that stands for itself shares one with another."""
    ends = [*starts[1:], len(ids) - 1]
    rows = [
        (first, min(BLOCK_SIZE, end - first))
        for start, end in zip(starts, ends, strict=True)
        for first in range(start, end, BLOCK_SIZE)
    ]
    return torch.tensor(rows).T


def batches_of_items(ids, starts):
    """Inputs and targets for ever, each line a row, in a new order in each round."""
    import numpy as np  # which draws what the lab drew

    begin, length = rows_of(ids, starts)
    B = min(TRAIN["batch_size"], len(begin))
    for epoch in range(10**9):
        order = torch.from_numpy(np.random.default_rng((SEED, epoch)).permutation(len(begin)))
        for k in range(len(begin) // B):
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


def score(model, ids, starts, most=None):
    """Mean nats of a text (of `most` of its rows, spread evenly), in rows side by side."""
    begin, length = rows_of(ids, starts)
    if most and len(begin) > most:
        spread = torch.linspace(0, len(begin) - 1, most).round().long()
        begin, length = begin[spread], length[spread]
    model.eval()
    nats = 0.0
    with torch.no_grad():
        for some in torch.arange(len(begin)).split(32):
            idx, targets = cut(ids, begin[some], length[some])
            nats += surprise(model, idx, targets)[0].item() * int(length[some].sum())
    model.train()
    return nats / int(length.sum())


def train(path=None, held_out=None, say=print):
    """Guess, measure the surprise, step downhill, again: gives the trained model."""
    learned, held = texts(path, held_out)
    (ids, starts), held = streamed(learned), streamed(held) if any(held) else ([], [])
    judged = len(held[0]) > 1
    torch.manual_seed(SEED)
    model = Model()
    optimizers = make_optimizers(model)
    began, step, tokens, state = time.perf_counter(), 0, 0, None
    best, kept, waited, look = math.inf, None, 0, 0.05
    for idx, targets, fresh in batches(ids, starts):
        used = {"steps": step, "tokens": tokens, "seconds": time.perf_counter() - began}
        progress = max(used[unit] / most for unit, most in BUDGET.items())
        if judged and progress >= look:  # twenty times in all
            look = progress + 0.05
            nats = score(model, *held, most=256)
            say(f"validation after step {step}: {nats:.4f} nats")
            waited = 0 if nats < best else waited + 1
            if nats < best:
                best, kept = nats, {k: v.clone() for k, v in model.state_dict().items()}
        if progress >= 1 or 0 < TRAIN["patience"] <= waited:
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
    if TRAIN["keep_best"] and kept:
        model.load_state_dict(kept)
    if judged:
        say(f"validation: {score(model, *held):.4f} nats")
    return model.eval()


def load(path=WEIGHTS):
    """The model with the weights of a safetensors file: eight bytes with the size of a JSON table,
    the table, the numbers."""
    if not Path(path).exists():
        raise SystemExit(
            f"The weights are not at {path}: put them there, or name them (--weights)."
        )
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


def generate(model, prompt="", length=200, temperature=0.8, seed=0):
    """The text so far, after each token that is drawn; a line that stands for itself ends."""
    generator = torch.Generator().manual_seed(seed)
    begin = [BOUNDARY] if ITEMS or not prompt else []
    ids = begin + encode(prompt)
    new, state = ids, None
    for _ in range(length):
        seen = new if model.carries_state else ids[-CONTEXT:] if CONTEXT else ids
        with torch.no_grad():
            logits, state = model(torch.tensor([seen]), state)
        p = (logits[0, -1] / max(temperature, 1e-4)).softmax(-1)
        new = torch.multinomial(p, 1, generator=generator).tolist()
        if ITEMS and new[0] == BOUNDARY:
            break
        ids = ids + new
        yield decode(ids[len(begin) :])


def main():
    parser = argparse.ArgumentParser(
        description="A language model in plain PyTorch. Without a command it writes at once.",
        epilog="Each command has its own --help.",
    )
    commands = parser.add_subparsers(dest="command")
    writing = commands.add_parser("generate", help="let the model write, as asked")
    writing.add_argument("--prompt", default="", metavar="TEXT", help="what to write on from")
    writing.add_argument("--max-tokens", type=int, default=200, metavar="N", help="of a text")
    some = 10 if ITEMS else 1
    writing.add_argument("--samples", type=int, default=some, metavar="N", help="texts to write")
    writing.add_argument("--temperature", type=float, default=0.8, metavar="T", help="0 is greedy")
    writing.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another one, other texts"
    )
    writing.add_argument("--weights", default=WEIGHTS, metavar="FILE", help="a .safetensors file")
    training = commands.add_parser("train", help="train from the start, as the run did")
    beside = "a UTF-8 file; default: train.txt and validation.txt beside this script"
    training.add_argument("text", nargs="?", metavar="FILE", help=beside)
    training.add_argument("--validation", metavar="FILE", help="a text of its own to validate on")
    training.add_argument(
        "--out", default="trained.safetensors", metavar="FILE", help="where the new weights go"
    )
    args = parser.parse_args(sys.argv[1:] or ["generate"])
    sys.stdout.reconfigure(errors="replace")  # a letter that a terminal does not have
    if args.command == "train":
        save(train(args.text, args.validation), args.out)
        print(f"Saved: {args.out}. To write with it: generate --weights {args.out}")
        return
    model = load(args.weights)
    for seed in range(args.seed, args.seed + args.samples):
        shown = ""
        for text in generate(model, args.prompt, args.max_tokens, args.temperature, seed):
            if not text.endswith("\ufffd"):  # half a letter waits for its other half
                print(text[len(shown) :], end="", flush=True)
                shown = text
        print()


if __name__ == "__main__":
    main()
