"""Looking inside, measured in a real Chromium: how soon all heads of a text of 256 tokens are
drawn, how many heads are drawn in a second while an arrow key is held down and how soon the
arithmetic below follows, how soon a text that is too long is cut with a sentence, and how soon the
gates of a large memory stand there.

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
ROUNDS = 5

# What a picture says of itself once it is drawn: of which text it is, and which matrix of it.
STATES = """const states = (selector) => [...document.querySelectorAll(selector)].map((place) =>
    [...place.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('[data-shows]'))
        .find(Boolean)?.dataset ?? {});
    const pressed = () => new Promise((done) => {
        const now = () => done(performance.now());
        addEventListener('keydown', now, {once: true, capture: true});
        addEventListener('pointerdown', now, {once: true, capture: true});
    });
    const frame = () => new Promise(requestAnimationFrame);"""
# From a key until every picture is one of another text.
CHANGED = (
    """async (selector) => {"""
    + STATES
    + """
    const before = states(selector).map((one) => one.shows);
    const begun = await pressed();
    const other = (one, i) => one.shows && one.shows !== before[i];
    while (!(states(selector).length === before.length && states(selector).every(other)))
        await frame();
    return performance.now() - begun;
}"""
)
# From a key until no other matrix has been drawn for a second: when each was.
FRAMES = (
    """async (selector) => {"""
    + STATES
    + """
    let [seen, last] = [states(selector)[0].at, await pressed()];
    const frames = [[last, seen]];
    while (performance.now() < last + 1000) {
        await frame();
        const now = states(selector).map((one) => one.at);
        if (now[0] === seen || now.some((one) => one !== now[0])) continue;
        [seen, last] = [now[0], performance.now()];
        frames.push([last, seen]);
    }
    return frames;
}"""
)
# From a key until the arithmetic below is another one.
FOLLOWED = (
    """async (selector) => {"""
    + STATES
    + """
    const said = () => document.querySelector(selector)?.textContent;
    const before = said(), begun = await pressed();
    while (!said() || said() === before) await frame();
    return performance.now() - begun;
}"""
)
HEADS = ".st-key-attention-all, .st-key-attention-one"
GATES = ".st-key-memory-all, .st-key-memory-map"
HELD = 1 / 30  # seconds between the keys of one that is held down


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
        frames, heads = _scrubs(seen)
        followed = _followed(seen)
        gates = _gates(seen)
    about = {"tokens": TOKENS, "layers": SIZES["n_layer"], "heads": SIZES["n_head"]}
    return [
        Result("attention_drawn", statistics.median(drawn) / 1000, "s", False, about),
        Result("attention_scrub", frames, "frames/s", True, {**about, "heads drawn": heads}),
        Result("attention_followed", statistics.median(followed) / 1000, "s", False, about),
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
            found.append(seen.timed(CHANGED, HEADS, lambda field=field: field.press("Enter")))
            time.sleep(1.5)
    return times[TOKENS][1:], times[LONG][1:]  # the first pays for what is compiled once


def _scrubs(seen: Visit) -> tuple[float, int]:
    """Different heads drawn in a second while an arrow key is held down, and how many they were."""
    page = seen.page
    keys = []  # each head once, along one row and back along the next
    for row in range(SIZES["n_layer"]):
        along = "ArrowLeft" if row % 2 else "ArrowRight"
        keys += [along] * (SIZES["n_head"] - 1) + ["ArrowDown"]
    rates, drawn = [], []
    for _ in range(ROUNDS):
        page.locator(".st-key-attention-all [role=slider]").focus()
        page.keyboard.press("PageUp")
        page.keyboard.press("Home")
        time.sleep(3)

        def hold() -> None:
            for key in keys[:-1]:
                page.keyboard.press(key)
                time.sleep(HELD)

        frames = seen.timed(FRAMES, HEADS, hold)
        seconds = (frames[-1][0] - frames[0][0]) / 1000
        drawn.append(len({at for _, at in frames}) - 1)
        rates.append((len(frames) - 1) / seconds)
    return statistics.median(rates), min(drawn)


def _followed(seen: Visit) -> list[float]:
    """Milliseconds from a key until the arithmetic is that of the head it led to."""
    page, times = seen.page, []
    page.locator(".st-key-attention-all [role=slider]").focus()
    for turn in range(ROUNDS + 1):
        key = "ArrowLeft" if turn % 2 else "ArrowRight"  # from the first head of a layer
        formula = ".katex-display"
        times.append(seen.timed(FOLLOWED, formula, lambda key=key: page.keyboard.press(key)))
        time.sleep(2)
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
