"""What a written script has beside a model and the loop: it reads texts, keeps the best weights,
writes, and has a command line."""

import argparse
import json
import math
import sys
from pathlib import Path

import torch

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
    make_model,
)
from lm_core.export.plain.chars import decode, encode
from lm_core.export.plain.optimizers import make_optimizer
from lm_core.training.plain import evaluate, train
from lm_core.training.plain_batches import batches_along_text as batches  # or as its run read
from lm_core.training.plain_batches import batches_in_order


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


def learn(path=None, held_out=None, say=print):
    """The run once more: gives the trained model, with the best weights where those are kept."""
    learned, held = texts(path, held_out)
    (ids, starts), held = streamed(learned), streamed(held) if any(held) else ([], [])
    judged = len(held[0]) > 1
    torch.manual_seed(SEED)
    model = make_model()
    optimizer = make_optimizer(model)
    sizes = {"batch_size": TRAIN["batch_size"], "block_size": BLOCK_SIZE, "seed": SEED}
    how = {name: TRAIN[name] for name in ("schedule", "warmup", "grad_clip")}
    best, kept, waited, look = math.inf, None, 0, 0.05
    steps = train(model, optimizer, batches(ids, starts, **sizes), budget=BUDGET, seed=SEED, **how)
    for step, used, loss in steps:
        say(f"step {step}: {loss:.6f} nats")
        if judged and used >= look:  # twenty times in all
            look = used + 0.05
            nats = evaluate(model, batches_in_order(*held, block_size=BLOCK_SIZE, most=256))
            say(f"validation after step {step}: {nats:.4f} nats")
            waited = 0 if nats < best else waited + 1
            if nats < best:
                best, kept = nats, {k: v.clone() for k, v in model.state_dict().items()}
            if 0 < TRAIN["patience"] <= waited:
                break
    if TRAIN["keep_best"] and kept:
        model.load_state_dict(kept)
    if judged:
        nats = evaluate(model, batches_in_order(*held, block_size=BLOCK_SIZE))
        say(f"validation: {nats:.4f} nats")
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
    model = make_model()
    model.load_state_dict(weights)
    return model.eval()


def save(model, path):
    """Write the weights as `load` reads them."""
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
        save(learn(args.text, args.validation), args.out)
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
