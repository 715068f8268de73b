"""Looking inside, measured in a real Chromium: how soon all heads of a text of 256 tokens are
drawn, how quickly one goes from head to head, how soon a text that is too long is cut with a
sentence, and how soon the gates of a large memory stand there.

The models are untrained: what is measured is reading, drawing and the way to the browser, whatever
the weights are.
"""

import statistics
import time
from pathlib import Path

from lm_core.bench.browser import Visit, visit
from lm_core.bench.result import Result

SIZES = {"n_layer": 6, "n_head": 6, "n_embd": 192, "block_size": 256}
TOKENS, LONG = 256, 2_000  # of the two texts, in characters, which are the tokens here
UNITS, STEPS = 256, 500  # of the memory, and the text it reads
SCRUBS, ROUNDS = 24, 5

# From a key or a click until every picture of the kind has become another one.
CHANGED = """async (selector) => {
    const seen = () => [...document.querySelectorAll(selector)]
        .map((e) => e.getAttribute('href') || e.getAttribute('xlink:href') || '');
    const before = new Set(seen());
    const pressed = await new Promise((done) => {
        const now = () => done(performance.now());
        addEventListener('keydown', now, {once: true, capture: true});
        addEventListener('pointerdown', now, {once: true, capture: true});
    });
    await new Promise((done) => {
        const look = () => {
            const now = seen();
            const other = now.length > 0 && now.every((one) => one && !before.has(one));
            other ? done() : requestAnimationFrame(look);
        };
        look();
    });
    return performance.now() - pressed;
}"""
ALL = ".st-key-attention-all image, .st-key-attention-one image"
LARGE = ".st-key-attention-one image"
GATES = "[data-testid=stPlotlyChart] image"


def bench_inside() -> list[Result]:
    """Attention and Memory as a visitor waits for them."""
    with visit() as seen:
        if seen is None:
            return []
        seen.page.goto(f"{seen.url}/attention")
        seen.page.get_by_role("heading", name="Attention").first.wait_for(timeout=120_000)
        time.sleep(8)  # the workers import torch
        _keep(seen.home, seen.visitor, "transformer", SIZES)
        _keep(seen.home, seen.visitor, "lstm", {"n_hidden": UNITS})
        drawn, cut = _texts(seen)
        scrubs = _scrubs(seen)
        gates = _gates(seen)
    about = {"tokens": TOKENS, "layers": SIZES["n_layer"], "heads": SIZES["n_head"]}
    frames = 1000 / statistics.median(scrubs)
    return [
        Result("attention_drawn", statistics.median(drawn) / 1000, "s", False, about),
        Result("attention_scrub", frames, "frames/s", True, {**about, "clicks": len(scrubs)}),
        Result("attention_cut", statistics.median(cut) / 1000, "s", False, {"tokens": LONG}),
        Result(
            "gates_drawn",
            statistics.median(gates) / 1000,
            "s",
            False,
            {"units": UNITS, "tokens": STEPS},
        ),
    ]


def _keep(home: Path, owner: str, family: str, sizes: dict[str, int]) -> None:
    """An untrained model as the visitor's run: its weights are stirred, so that it looks at
    something."""
    import torch

    from lm_core.checkpoints import save_checkpoint
    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.runs.store import RunStore

    usual = default_spec(CorpusSpec(name="speeches"), family, tokenizer="char")
    spec = usual.with_texts({f"model.{name}": str(size) for name, size in sizes.items()})
    prepared = prepare(spec)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in prepared.model.parameters():
            weight += 0.05 * torch.randn(weight.shape, generator=generator)
    store = RunStore(home)
    run = store.create(owner, f"Bench {family}", spec.to_dict())
    store.update(run, status="finished")
    folder = store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, prepared.model, prepared.codec, prepared.card())


def _text(tokens: int, turn: int) -> str:
    words = "the people of the united states know what they owe to the union and to each other "
    return (words * (tokens // len(words) + 2))[turn : turn + tokens]


def _chosen(seen: Visit, screen: str, family: str) -> None:
    """A screen on the visitor's own model of this family."""
    page = seen.page
    page.goto(f"{seen.url}/{screen}")
    page.get_by_role("combobox", name="Model").first.click()
    page.get_by_role("option", name=f"Yours: Bench {family}").first.click()
    time.sleep(4)


def _texts(seen: Visit) -> tuple[list[float], list[float]]:
    """Milliseconds from Enter until all heads and the large one are those of the new text."""
    _chosen(seen, "attention", "transformer")
    page = seen.page
    times: dict[int, list[float]] = {TOKENS: [], LONG: []}
    for turn in range(ROUNDS + 1):
        for tokens, found in times.items():
            field = page.get_by_role("textbox", name="Your sentence")
            field.fill(_text(tokens, 2 * turn + (tokens == LONG)))
            time.sleep(1.0)
            found.append(seen.timed(CHANGED, ALL, lambda field=field: field.press("Enter")))
            time.sleep(1.5)
    return times[TOKENS][1:], times[LONG][1:]  # the first pays for what is compiled once


def _scrubs(seen: Visit) -> list[float]:
    """Milliseconds from Enter on another head until it is the large one."""
    page, times = seen.page, []
    page.get_by_role("combobox", name="Head").click()
    page.get_by_role("option", name="1", exact=True).click()
    time.sleep(2)
    for turn in range(SCRUBS + 1):
        page.get_by_role("combobox", name="Head").click()
        down = turn // (SIZES["n_head"] - 3) % 2 == 0  # to and fro, never past an end
        page.keyboard.press("ArrowDown" if down else "ArrowUp")
        time.sleep(0.3)
        times.append(seen.timed(CHANGED, LARGE, lambda: page.keyboard.press("Enter")))
        time.sleep(0.5)
    return times[1:]


def _gates(seen: Visit) -> list[float]:
    """Milliseconds from Enter until the gates of all units are those of the new text."""
    _chosen(seen, "memory", "lstm")
    page, times = seen.page, []
    for turn in range(ROUNDS + 1):
        field = page.get_by_role("textbox").first
        field.fill(_text(STEPS, 3 * turn))
        time.sleep(1.0)
        times.append(seen.timed(CHANGED, GATES, lambda field=field: field.press("Enter")))
        time.sleep(1.5)
    return times[1:]
