"""Seeded random numbers, a coin, and the walk up the Empire State Building."""

import streamlit as st

from pages._ui.shared.show import show_chart, show_source

GOAL_GUESSED = "arrays-walk-guessed"  # in the session: the guess at the chance, in percent
DRAWN = 200  # walks that are drawn
WALKS = (1, 5, 20, 100, 500, 2000, 5000)


def show() -> None:
    """The part of the screen."""
    st.write(
        "A computer has no chance: from a **seed** it computes numbers that look like it. The same "
        "seed gives the same numbers each time, so what was found with chance can be found again."
    )
    seed = st.number_input("Seed", 0, 2**31 - 1, 123, key="arrays-seed", bind="query-params")
    _numbers(seed)
    st.header("A walk up the Empire State Building")
    _walk(seed)


def _numbers(seed: int) -> None:
    import numpy as np

    chance = np.random.RandomState(seed)
    numbers = [chance.rand() for _ in range(3)]
    chance = np.random.RandomState(seed)
    coins = [int(chance.randint(0, 2)) for _ in range(10)]
    left, right = st.columns(2)
    left.code(
        f"np.random.seed({seed})\n" + "\n".join(f"np.random.rand()  # {n!r}" for n in numbers),
        language="python",
    )
    right.code(
        f"np.random.seed({seed})\n"
        + "\n".join(f"np.random.randint(0, 2)  # {n}" for n in coins[:3]),
        language="python",
    )
    st.markdown(
        f"Ten tosses of a coin, 0 is heads and 1 is tails: **{', '.join(map(str, coins))}**"
    )


def _walk(seed: int) -> None:
    import numpy as np

    from lm_core.foundations import walk

    st.write(
        "You throw a die a hundred times. At 1 or 2 you go a step down, at 3, 4 or 5 a step up; a "
        "6 is thrown again, and you go up that many. You are a bit clumsy: at each move there is a "
        "small chance to fall to the bottom. You bet that you get 60 steps high. **How likely is "
        "it that you win?**"
    )
    left, middle, right = st.columns(3)
    n = left.select_slider("Walks", WALKS, 500, key="arrays-walks", bind="query-params")
    goal = middle.slider(
        "Steps to get to", 10, 120, walk.GOAL, key="arrays-goal", bind="query-params"
    )
    clumsy = right.slider(
        "Chance to fall (%)", 0.0, 5.0, 0.1, 0.1, key="arrays-clumsy", bind="query-params"
    )
    asked = (goal, clumsy)
    guessed = st.session_state.setdefault(GOAL_GUESSED, {})
    if asked not in guessed:
        _guess(asked)
        return
    paths = walk.walks(n, seed=seed, clumsy=clumsy / 100)
    chances = walk.exact(goal=goal, clumsy=clumsy / 100)
    _told(guessed[asked], paths, goal, chances)
    _drawn(paths, goal)
    one = walk.one_walk(seed, clumsy=clumsy / 100)
    st.caption(
        f"One walk, throw by throw with seed {seed}, as the course plays it: it ends at step "
        f"{one[-1]}, its highest was {max(one)}. Its mean over many walks is another thing than "
        f"any of them: the mean end of {n:,} walks is {np.mean(paths[:, -1]):.2f}."
    )
    show_source(walk, "The code: one walk, many, and all of them")


def _guess(asked: tuple) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.slider("Your guess (%)", 0, 100, 50, key="arrays-walk-guess", width=320)

        def take(given: bool) -> None:
            value = st.session_state["arrays-walk-guess"] if given else None
            st.session_state[GOAL_GUESSED][asked] = value

        st.button("Walk", type="primary", key="arrays-walk", on_click=take, args=(True,))
        st.button("Show me", type="tertiary", key="arrays-walk-skip", on_click=take, args=(False,))


def _told(guess: int | None, paths: object, goal: int, chances: object) -> None:
    from lm_core.figures import percent

    ends, reaches = (paths[:, -1] >= goal).mean(), (paths.max(1) >= goal).mean()
    with st.container(horizontal=True, gap="medium"):
        st.metric("End there or higher", percent(ends), width="content")
        st.metric("Were there at some time", percent(reaches), width="content")
        st.metric("Exactly, at the end", percent(chances.ends), width="content")
        st.metric("Exactly, at some time", percent(chances.reaches), width="content")
    spread = (chances.ends * (1 - chances.ends) / len(paths)) ** 0.5
    said = "" if guess is None else f"You guessed {guess} %. "
    st.markdown(
        f"{said}Of {len(paths):,} walks {percent(ends)} end at step {goal} or higher. Followed "
        f"without any chance, from throw to throw with all probabilities, it is "
        f"**{percent(chances.ends)}**; so many walks miss that by about {percent(spread)}."
    )


def _drawn(paths: object, goal: int) -> None:
    import numpy as np

    from lm_core.charts.bin_bars import bin_bars
    from lm_core.charts.function_lines import Curve, function_lines
    from lm_core.foundations.arrays import histogram

    throws = list(range(paths.shape[1]))
    every = [Curve("walk", throws, path.tolist(), faint=True) for path in paths[:DRAWN]]
    curves = [*every, Curve("mean of all", throws, paths.mean(0).tolist())]
    chart = function_lines(
        curves,
        title="Walks, throw by throw",
        x="throws so far",
        y="step of the stairs",
        levels=[("the goal", goal)],
    )
    show_chart(chart, key="arrays-walks-drawn", table=len(paths) <= DRAWN)
    if len(paths) > DRAWN:
        st.caption(f"{DRAWN} of the {len(paths):,} walks are drawn.")
    if len(paths) > 1:
        found = histogram(paths[:, -1].astype(float), 20)
        below = np.histogram(paths[paths[:, -1] < goal, -1], found.edges)[0]
        counts = {"below the goal": below.tolist(), "won the bet": (found.counts - below).tolist()}
        chart = bin_bars(
            found.edges,
            counts,
            title="Where the walks end",
            x="step of the stairs",
            y="number of walks",
        )
        show_chart(chart, key="arrays-ends")
