"""Generate names: several models side by side, and how likely they find yours."""

from itertools import chain

import streamlit as st

from pages._ui.shared import address, front_door, models, session
from pages._ui.shared.alone import alone
from pages._ui.shared.corpus_choice import pick_list
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.write import name_lists, naming, scoring

MODELS = "generate_names-models"
SETTINGS, BATCHES = "generate_names-settings", "generate_names-batches"
MOST_BATCHES = address.KINDS[BATCHES].high  # of twenty names each


def controls() -> tuple[str, float, int, bool]:
    """Begins with, temperature, seed, and whether more are wanted."""
    line = st.columns([2, 4, 2, 2], vertical_alignment="bottom")
    begins = line[0].text_input(
        "Begins with", "", key="generate_names-begins", max_chars=20, bind="query-params"
    )
    temperature = line[1].slider(
        "Temperature: cautious to adventurous",
        0.0,
        2.0,
        0.9,
        0.05,
        key="generate_names-temperature",
        bind="query-params",
        help="At 0 it always takes the likeliest letter, so all names are the same.",
    )
    seed = line[2].number_input(
        "Seed",
        0,
        2**31 - 1,
        7,
        key="generate_names-seed",
        bind="query-params",
        help="The same seed gives the same names; Twenty more goes on with the next seed.",
    )
    more = line[3].button("Twenty more", type="primary", width="stretch", key="generate_names-more")
    return begins, temperature, int(seed), more


def chosen_models() -> dict[str, models.Choice]:
    """Label -> model of one list: those that ship, the visitor's newest and an n-gram of the list;
    others on request."""
    choices = models.of_lists()
    lists = name_lists.offered(choices)
    line = st.columns([3, 7]) if len(lists) > 1 else [st.container()] * 2
    default = choices[0].corpus if choices and choices[0].given else name_lists.DEFAULT
    if not address.get("text") and address.get(MODELS):
        default = name_lists.learned_by(address.get(MODELS), choices)
    with line[0]:
        chosen = pick_list(lists, key="generate_names-list", default=default)
    beside = name_lists.beside(chosen, choices)
    if len(beside) <= name_lists.MOST_COLUMNS and not any(
        name_lists.is_own(choice) for choice in beside.values()
    ):
        return beside
    if not set(st.session_state.get(MODELS, ())) <= set(beside):
        del st.session_state[MODELS]  # of the list before
    shown = line[1].multiselect(
        "Models",
        list(beside),
        name_lists.first_shown(beside),
        max_selections=name_lists.MOST_COLUMNS,
        key=MODELS,
        bind="query-params",
    )
    return {label: beside[label] for label in shown}


def seeds_shown(settings: tuple, seed: int, more: bool) -> list[int]:
    """Seeds of the batches on the screen, the newest first. How many there are stands in the
    address; other settings begin with one again."""
    same = st.session_state.get(SETTINGS, settings) == settings
    st.session_state[SETTINGS] = settings
    batches = int(address.get(BATCHES) or 1) if same else 1
    if more:
        batches = min(batches + 1, MOST_BATCHES)
    address.keep(BATCHES, str(batches) if batches > 1 else "")
    return [seed + i for i in reversed(range(batches))]


def write(
    named: dict[str, models.Choice], begins: str, temperature: float, seeds: list[int]
) -> dict[str, list[list[str]]]:
    """What each model writes for each seed, of those that can; of the others one sentence."""
    strange, written = {}, {}
    for label, choice in named.items():
        with session.mending():
            letters = naming.strange(choice, begins)
            if letters:
                strange[label] = letters
            else:
                written[label] = [naming.twenty(choice, begins, temperature, s) for s in seeds]
    if strange:
        naming.unread(strange, of=len(named), typed=begins, key="generate_names-begins")
    return written


def column(label: str, choice: models.Choice, batches: list[list[str]]) -> None:
    """One model: what it is, how good, its names, and how many of them are its own."""
    counted = ", counted just now" if choice.made is not None else ""
    quality = f"{scoring.quality(choice)}{counted}"
    st.markdown(f"## {plain(label)}\n:small[{quality}]", help=naming.experience(choice))
    if batches:
        known = naming.lists(choice.corpus)
        st.html(naming.LINE.join(naming.tagged(names, known) for names in batches))
        st.html(naming.shares([name for names in batches for name in names], known))


def how_likely(named: dict[str, models.Choice], written: dict[str, list[list[str]]]) -> None:
    """One name, scored letter by letter by one model; at first one of its list's."""
    from lm_core.charts import words
    from lm_core.charts.colour_text import token_spans

    with st.container(border=True):
        st.markdown(
            "## How likely is your name?",
            help="Each letter shows its probability after the letters before it. Their surprises, "
            "in nats, add up: 0.7 nats more is half as likely.",
        )
        left, middle, right = st.columns([2, 2, 6])
        with middle:
            shown = list(named)
            choice = models.pick(
                list(named.values()), shown, key="generate_names-scorer", label="According to"
            )
        label = next(label for label, one in named.items() if one is choice)
        example = scoring.example(choice, [*chain.from_iterable(written.get(label, []))])
        typed = left.text_input(
            "Name",
            "",
            key="generate_names-name",
            placeholder=example,
            max_chars=60,
            bind="query-params",
        )
        name = typed.strip() or example
        with right, session.mending():
            if strange := naming.strange(choice, name):
                naming.unread({label: strange}, of=1, typed=name, key="generate_names-name")
                return
            scored = scoring.score(choice, name)
            st.html(token_spans(scored.letters, scored.probabilities, numbers=True))
            line = scoring.in_all(scored.nats)
            if scored.rarer_than is not None:
                line += f": rarer than **{words.percent(scored.rarer_than)}** of real names"
            st.markdown(f"{line}.")
            st.caption(scoring.verdict(choice, name, scored))
            why(choice, naming.spelled(choice, name), scored.probabilities)


def why(choice: models.Choice, name: str, probabilities: list[float]) -> None:
    """To its letters with the model's eyes, where the unlikeliest one is explained."""
    every = models.that_read()
    called = dict(zip([one.folder for one in every], models.labels(every), strict=True))
    if choice.folder not in called:
        return  # it was made here, of a list of the visitor's own
    hardest = min(range(len(probabilities)), key=probabilities.__getitem__)
    query = {"reading-model": called[choice.folder], "reading-names": name}
    query["reading-token"] = str(hardest + 1)
    st.page_link("pages/reading.py", label="Why this token? →", query_params=query)


front_door.enter()
st.title("Generate names")
st.write(
    "Each model read a list of names and now makes up its own, letter by letter. **New**: in no "
    "list. **Held out**: a real name that was kept from it. The others it has read."
)
begins, temperature, seed, more = controls()
with st.spinner("Waking the models …"):
    named = chosen_models()
if not named:
    st.info("No model of names is chosen: choose one above, or train one on the Train screen.")
    st.stop()
folders = tuple(str(choice.folder) for choice in named.values())
seeds = seeds_shown((begins, temperature, seed, folders), seed, more)
written = write(named, begins, temperature, seeds)
for place, (label, choice) in zip(st.columns(len(named)), named.items(), strict=True):
    with place.container(border=True, height="stretch"):
        column(label, choice, written.get(label, []))
if len(seeds) == MOST_BATCHES:
    st.caption("As many names as fit here: change the seed for others.")
alone(how_likely)(named, written)
st.page_link(
    "pages/train.py", label="Teach a model a list of your own", query_params={"text": "own"}
)


def code() -> None:
    """What writes a batch of names."""
    from lm_core.generation import engine

    show_source(engine.write_text, "The code: how names are written")


code()
