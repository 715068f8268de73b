"""The Train screen around runs that are there: steering, verdicts, several together, the table."""

import json
import math

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.runs.manager import RunManager
from lm_core.runs.queue import Outlook
from lm_core.runs.spec import RunSpec
from lm_core.training.events import KEPT, Diagnosed, Evaluated, Snapshot
from lm_core.versions import up_to_date
from pages._ui.shared import session
from tests.marks import most_slow
from tests.pages import stored
from tests.pages.foreign import read
from tests.pages.html import html
from tests.pages.stored import spec, stored_run
from tests.waiting import rerun_until

MINUTES = "Stop after (minutes), in seconds"


def mine(at: AppTest) -> list:
    return session._manager().store.runs_of(at.session_state["visitor"])


def assert_well(at: AppTest) -> None:
    assert not at.exception
    assert not at.error


def opened(at: AppTest, run: str) -> AppTest:
    at.query_params["run"] = run
    at.run()
    assert not at.exception
    return at


def a_run(at: AppTest, *args, **columns) -> str:
    return stored_run(at.session_state["visitor"], *args, **columns)


def says(at: AppTest, words: str) -> bool:
    return any(words in c.value for c in [*at.caption, *at.markdown])


def charts(at: AppTest) -> list[str]:
    """Titles of the live charts on the page."""
    return [json.loads(c.proto.spec)["title"] for c in at.get("vega_lite_chart")]


def key_of(widgets, begins: str) -> str:
    return next(w.key for w in widgets if w.key and w.key.startswith(begins))


def test_a_run_shows_its_curve_its_words_and_the_text_scored_all_along(train: AppTest) -> None:
    opened(train, a_run(train))
    assert_well(train)
    assert charts(train) == ["Loss", "The same words, step by step"]
    assert says(train, "It learned most about")
    written = " ".join(html(train))
    assert 'title="probability 0.1 %"' in written
    assert "probability it gave:" in written
    figures = {metric.label: metric.value for metric in train.metric}
    assert figures["Step"] == "120"
    bits = float(figures["Validation, nats"]) / math.log(2)
    assert float(figures["Bits per character"]) == pytest.approx(bits, abs=0.01)


@pytest.mark.parametrize("family", ["transformer", "encoder"])
def test_a_run_of_version_1_is_shown_and_stands_in_the_table(train: AppTest, family: str) -> None:
    old = {
        "version": 1,
        "corpus": {"name": "names"},
        "tokenizer": {"name": "char"},
        "model": {"name": family},
        "train": {"lr": 0.01, "begin": "nothing"},
        "budget": {"steps": 120},
        "seed": 0,
    }
    run = a_run(train)
    session._manager().store.update(run, spec=json.dumps(up_to_date(old)))
    a_run(train)  # another beside it, so that what differs is looked for
    opened(train, run)
    assert_well(train)
    assert charts(train)[0] == "Loss"
    assert {"Perplexity", "Bits per character"} <= {metric.label for metric in train.metric}


def test_in_the_end_the_figure_is_that_of_what_is_kept(train: AppTest) -> None:
    run = a_run(train)
    session._manager().store.record(run, [Evaluated(81, 6000, KEPT, 2.25, 7000, True)])
    opened(train, run)
    assert_well(train)
    loss = next(metric for metric in train.metric if metric.label == "Validation, nats")
    assert (loss.value, loss.delta) == ("2.25", "kept, step 81")


def test_a_run_that_ended_has_no_time_left_and_a_figure_says_whose_it_is(
    train: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is foretold of all runs is a moment old; accuracy is that of the last evaluation."""
    told = stored.FACTS | {"metrics": {"accuracy": "share"}}
    run = a_run(train, facts=told)
    store = session._manager().store
    store.record(run, [Evaluated(119, 9000, "validation", 2.5, 700, True, {"accuracy": 0.3})])
    store.record(run, [Evaluated(81, 6000, KEPT, 2.25, 7000, True)])
    monkeypatch.setattr(RunManager, "outlook", lambda *_: Outlook(1, 0.0, 2.0))
    opened(train, run)
    assert_well(train)
    figures = {metric.label: metric for metric in train.metric}
    assert figures["Time left"].value == "–"
    assert figures["Perplexity"].delta == "kept, step 81"
    assert figures["Accuracy"].delta == "at step 119"


def test_beside_an_alarm_everything_on_the_page_leads_to_it(train: AppTest) -> None:
    run = a_run(train)
    alarm = Diagnosed(87, "rate_too_high", "alarm", "It climbed.", "Lower it.", "train.lr")
    session._manager().store.record(run, [alarm])
    opened(train, run)
    assert_well(train)
    assert says(train, "The budget is spent, after step 120: something is to be mended, see below.")
    assert says(train, "An alarm was raised at step 87, see below: rate too high. From step 61 to")
    assert not says(train, "learning, not memorising")
    loss = next(metric for metric in train.metric if metric.label == "Validation, nats")
    assert loss.delta == "at step 101"


@pytest.mark.parametrize(
    ("view", "title", "words"),
    [
        ("Learning rate", "Learning rate", "The learning rate is 0.02 all along."),
        ("Gradient", "Length of the gradient", "The gradient is 0.5 long, about as before"),
        ("Speed", "Speed", "It reads 6.4 k tokens per second, as fast as all along."),
    ],
)
def test_each_small_curve_has_its_sentence(
    train: AppTest, view: str, title: str, words: str
) -> None:
    opened(train, a_run(train))
    train.segmented_control(key="train-view").set_value(view).run()
    assert_well(train)
    assert charts(train)[0] == title
    assert says(train, words)


@pytest.mark.parametrize(
    ("measure", "unit"),
    [("perplexity", "perplexity per character"), ("bits", "bits per character")],
)
def test_the_loss_in_another_unit(train: AppTest, measure: str, unit: str) -> None:
    opened(train, a_run(train))
    train.segmented_control(key="train-measure").set_value(measure).run()
    train.select_slider(key="train-smooth").set_value("much").run()
    assert_well(train)
    drawn = json.loads(train.get("vega_lite_chart")[0].proto.spec)
    assert drawn["layer"][0]["encoding"]["y"]["title"] == unit


def test_a_run_on_the_way_is_paused_stepped_and_given_another_rate(train: AppTest) -> None:
    store = session._manager().store
    run = a_run(train, status="running")
    opened(train, run)
    rate = key_of(train.number_input, "train-rate-")
    assert train.number_input(key=rate).value == 0.02
    train.number_input(key=rate).set_value(0.005).run()
    train.button(key="train-use-rate").click().run()
    assert_well(train)
    assert store.get(run).lr_scale == pytest.approx(0.25)
    assert says(train, "Learning rate 0.005, at the start 0.02.")
    train.button(key="train-Pause").click().run()
    assert store.get(run).requested == "pause"
    store.update(run, status="paused")
    train.run()
    train.button(key="train-Step").click().run()
    assert store.get(run).single_steps == 1
    train.number_input(key=key_of(train.number_input, "train-pause-")).set_value(500).run()
    train.button(key="train-pause-there").click().run()
    assert store.get(run).pause_at == 500
    assert says(train, "It pauses after step 500.")
    train.button(key="train-Resume").click().run()
    assert store.get(run).requested == "run"
    assert_well(train)


def test_a_rate_out_of_range_gets_one_sentence_beside_its_field(train: AppTest) -> None:
    run = a_run(train, status="running")
    opened(train, run)
    train.number_input(key=key_of(train.number_input, "train-rate-")).set_value(-5.0).run()
    train.button(key="train-use-rate").click().run()
    assert not train.exception
    (error,) = train.error
    assert read(error.value) == "“Learning rate” must be from 1e-07 to 10.0, not -5.0."
    (beside,) = [popover for popover in train.get("popover") if popover.get("error")]
    assert beside.get("number_input")[0].key.startswith("train-rate-")
    assert session._manager().store.get(run).lr_scale == 1
    train.button(key="train-Pause").click().run()  # another button, and it is forgotten
    assert_well(train)


@pytest.mark.parametrize(
    ("widget", "value", "sentence"),
    [
        ("train-minutes", 0.0, f"“{MINUTES}” must be from 0.1 to 864000.0, not 0.0."),
        ("train-minutes", 1500.0, f"A run on this page takes at most 86,400 “{MINUTES}”"),
        ("train-steps", 10**12, "“Stop at step” must be from 1 to 100000000, not 1000000000000."),
        *most_slow(
            [
                ("train-minutes", -1.0, f"“{MINUTES}” must be from 0.1 to 864000.0, not -60.0."),
                ("train-minutes", 1e7, f"“{MINUTES}” must be from 0.1 to 864000.0, not 6000000"),
                ("train-steps", 0, "“Stop at step” must be from 1 to 100000000, not 0."),
            ],
            quick=[],
        ),
    ],
)
def test_a_budget_of_nothing_or_of_ten_years_gets_one_sentence(
    train_more: AppTest, widget: str, value: float, sentence: str
) -> None:
    train_more.number_input(key=widget).set_value(value).run()
    assert not train_more.exception
    (error,) = train_more.error
    assert error.value.startswith(sentence)
    assert says(train_more, f"Start waits: {sentence}")
    assert train_more.button(key="train-start").disabled


def test_a_budget_is_of_steps_or_of_minutes(train_more: AppTest) -> None:
    train_more.number_input(key="train-steps").set_value(10)
    train_more.number_input(key="train-minutes").set_value(1.0).run()
    assert [read(error.value) for error in train_more.error] == [
        "A budget is of “Stop at step” or of “Stop after (minutes), in seconds”: give one."
    ]


def test_what_was_noticed_is_said_and_its_button_fills_in_the_cure(train: AppTest) -> None:
    run = a_run(train, spec(lr=0.5))
    cure = ("lr_high", "alarm", "The loss rose.", "Take a lower rate.", "train.lr")
    fine = ("untrained_ok", "ok", "It begins as it should.")
    session._manager().store.record(run, [Diagnosed(100, *cure), Diagnosed(1, *fine)])
    opened(train, run)
    assert any("The loss rose" in m.value for m in train.markdown)
    assert says(train, "It begins as it should")
    train.button(key="train-mend-lr_high").click().run()
    train.run()  # the whole page
    assert_well(train)
    assert train.session_state["train-more"] is True
    assert says(train, "Look at **Learning rate**, then press Start.")
    lr = train.number_input(key="train-t-names-transformer-char-1-lr")
    assert lr.value == pytest.approx(0.02), "the family's own"


def test_a_model_that_counts_has_neither_rate_nor_gradient(train: AppTest) -> None:
    opened(train, a_run(train, spec("ngram"), title="N-gram", status="running"))
    assert_well(train)
    assert not [w for w in train.number_input if w.key.startswith("train-rate-")]
    assert "Gradient" not in train.segmented_control(key="train-view").options


def test_ticked_runs_are_drawn_together(train: AppTest) -> None:
    one, two = a_run(train), a_run(train, spec("lstm"), title="LSTM, US first names, 2017")
    opened(train, one)
    assert "Loss on validation text, run by run" not in charts(train)
    train.session_state["train-ticked"] = [one, two]
    train.run()
    assert_well(train)
    assert "Loss on validation text, run by run" in charts(train)
    assert says(train, "LSTM and Transformer are level at 2.02")
    unit = train.segmented_control(key=key_of(train.segmented_control, "train-together-unit"))
    assert len(unit.options) == 3
    # Both took the same stored losses, so nothing parts them.
    train.segmented_control(key="train-together-split").set_value("training").run()
    assert_well(train)
    assert says(train, "Their losses are the same number at all")


def test_runs_that_go_on_at_once_are_drawn_together_without_a_tick(train: AppTest) -> None:
    one = a_run(train, status="running")
    a_run(train, status="running")
    opened(train, one)
    assert_well(train)
    assert "Loss on validation text, run by run" in charts(train)


def test_runs_with_different_tokenizers_share_an_axis_in_bits_alone(train: AppTest) -> None:
    cut = spec().to_dict() | {"codec": {"name": "bpe"}}
    facts = stored.FACTS | {"counts": {"validation": {"tokens": 350, "characters": 700}}}
    one, two = a_run(train), a_run(train, RunSpec.from_dict(cut), facts=facts)
    train.session_state["train-ticked"] = [one, two]
    opened(train, one)
    assert_well(train)
    unit = train.segmented_control(key=key_of(train.segmented_control, "train-together-unit"))
    assert unit.options == ["Bits per character"]
    assert says(train, "so they are compared in bits per character")
    # The same nats per token, and half as many tokens: half as many bits.
    assert says(train, "Transformer, run 2: tokenizer bpe is ahead: 1.46 against 2.91")
    table = train.dataframe[-1].value
    assert "Best validation, bits per character" in table.columns


def test_bits_of_a_run_whose_tokens_do_not_tell_the_text_are_withheld(train: AppTest) -> None:
    cut = spec().to_dict() | {"codec": {"name": "word"}}
    counted = {"tokens": 150, "characters": 700, "skipped_characters": 70}
    facts = stored.FACTS | {"counts": {"validation": counted}}
    one, two = a_run(train), a_run(train, RunSpec.from_dict(cut), facts=facts)
    train.session_state["train-ticked"] = [one, two]
    opened(train, one)
    assert_well(train)
    assert says(train, "tokenizer word is left out: 10 % of the characters are not told")
    table = train.dataframe[-1].value
    assert table["Best validation, bits per character"].isna().tolist() == [True, False]
    opened(train, two)
    train.segmented_control(key="train-measure").set_value("bits").run()
    assert_well(train)
    assert says(train, "No bits per character here: 10 % of the characters are not told")


def test_a_run_is_named_noted_found_and_deleted(train: AppTest) -> None:
    store = session._manager().store
    run, other = a_run(train), a_run(train, spec(lr=0.01))
    train.session_state["train-ticked"] = [run]
    opened(train, other)
    train.text_input(key=f"train-name-{run}").set_value("My best")
    train.text_area(key=f"train-note-{run}").set_value("a higher rate next")
    train.button(key="train-keep").click().run()
    train.run()
    assert_well(train)
    assert (store.get(run).title, store.get(run).note) == ("My best", "a higher rate next")
    table = train.dataframe[-1].value
    assert table["Run"].tolist()[1] == "My best"
    assert table["Note"].tolist() == ["", "a higher rate next"]
    assert table["Model"].tolist() == ["Transformer", "Transformer"] if "Model" in table else True
    train.text_input(key="train-find").set_value("higher best").run()
    assert train.dataframe[-1].value["Run"].tolist() == ["My best"]
    train.text_input(key="train-find").set_value("no such words").run()
    assert says(train, "No run has all of these words.")
    train.text_input(key="train-find").set_value("").run()
    assert says(train, "Delete run 1, “My best”, started today, ")
    train.button(key="train-sure").click().run()
    train.run()
    assert_well(train)
    assert [one.id for one in mine(train)] == [other]


def test_a_run_that_goes_on_is_not_deleted_and_one_that_waits_is(train: AppTest) -> None:
    run = a_run(train, status="running")
    waits = a_run(train, status="queued")
    train.session_state["train-ticked"] = [run, waits]
    train.run()
    assert says(train, "Run 1 is still going: stop it first.")
    assert says(train, "It waits for a worker.")
    train.button(key="train-sure").click().run()
    train.run()
    assert_well(train)
    assert [one.id for one in mine(train)] == [run]


def test_a_second_start_leaves_the_first_runs_picture_where_it_is(train: AppTest) -> None:
    first = a_run(train, status="running")
    opened(train, first)
    assert "train-going" not in [one.key for one in train.segmented_control]
    train.button(key="train-start").click().run()
    assert_well(train)
    second = next(run.id for run in mine(train) if run.id != first)
    assert train.query_params["run"] == first
    assert says(train, "Run 1, Transformer, US first names, 2017. Started today, ")
    choice = train.segmented_control(key="train-going")
    assert choice.value == first
    assert [one[:6] for one in choice.options] == ["Run 1,", "Run 2,"]
    choice.set_value(second).run()
    train.run()
    assert_well(train)
    assert train.query_params["run"] == second
    assert says(train, "Run 2, Transformer, US first names, 2017. Started today, ")
    assert says(train, " (with the settings of run 1).")


def test_a_doctors_jobs_are_not_in_the_table_but_can_be_opened(train: AppTest) -> None:
    store, owner = session._manager().store, train.session_state["visitor"]
    job = store.create(owner, "Doctor", spec().to_dict(), kind="doctor")
    cell = store.create(owner, "lr 0.01", spec(lr=0.01).to_dict(), parent=job)
    for run in (job, cell):
        store.update(run, status="finished", facts=stored.FACTS)
    store.record(cell, stored.events(60, 2.0, 0.01))
    opened(train, cell)
    assert_well(train)
    assert {m.label: m.value for m in train.metric}["Step"] == "60"
    assert says(train, "None yet. Each run you start is kept here")


def test_back_to_before_a_run_shows_none_and_forward_shows_it(train: AppTest) -> None:
    run = a_run(train)
    opened(train, run)
    assert says(train, "Run 1, Transformer")
    del train.query_params["run"]
    train.run()
    assert_well(train)
    assert "run" not in train.query_params
    assert not says(train, "Run 1, Transformer")
    opened(train, run)
    assert says(train, "Run 1, Transformer")


STEERS = {"Pause", "Resume", "Step", "Stop", "Use this rate", "Pause there"}
STEERS |= {"From step 0", "As a new run"}


def buttons(at: AppTest) -> set[str]:
    return {button.label for button in at.button}


@pytest.mark.parametrize(
    "status",
    most_slow(
        ["starting", "running", "paused", "stopped", "finished"], quick=["running", "finished"]
    ),
)
def test_a_part_of_an_examination_has_no_buttons_that_nobody_hears(
    train: AppTest, status: str
) -> None:
    job = a_run(train, status="running", steps=1, title="Doctor", kind="doctor")
    cell = a_run(train, status=status, title="lr 0.01", parent=job)
    opened(train, cell)
    assert_well(train)
    assert not buttons(train) & STEERS
    assert says(train, "Part of an examination")
    link = next(p.proto for p in train.get("page_link") if p.proto.label == "Its examination →")
    assert (link.page, link.query_string) == ("doctor", f"doctor={job}")


def test_a_run_of_its_own_has_them(train: AppTest) -> None:
    opened(train, a_run(train, status="running"))
    assert buttons(train) >= {"Pause", "Stop", "Use this rate", "Pause there"}


@pytest.mark.parametrize("kind", ["train", "doctor"])
def test_how_a_run_ended_is_told_while_the_disk_is_too_full_to_keep_it(
    train: AppTest, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The store says that it goes on; nothing does, and why is known."""
    run = a_run(train, status="running", kind=kind)
    monkeypatch.setitem(session._manager()._ends, run, ("failed", "The disk is full."))
    monkeypatch.setattr(session._manager(), "_recover", lambda: None)
    opened(train, run)
    if kind == "doctor":
        train.switch_page("pages/doctor.py")
        train.query_params["doctor"] = run
        train.run()
    assert_well(train)
    assert [w.value.replace("\\", "") for w in train.warning] == ["The disk is full."]
    assert not says(train, "Training, step")
    assert not says(train, "Examining")


def test_an_examination_opened_as_a_run_is_shown_on_its_screen(train: AppTest) -> None:
    job = a_run(train, title="Doctor", kind="doctor")
    opened(train, job)
    assert_well(train)
    assert train.title[0].value == "Doctor"
    assert train.query_params["doctor"] == job
    run = a_run(train)
    train.query_params["doctor"] = run
    train.switch_page("pages/doctor.py").run()
    assert_well(train)
    assert train.title[0].value == "Train"
    assert train.query_params["run"] == run


def test_the_queue_says_the_place(train: AppTest) -> None:
    store, owner = session._manager().store, train.session_state["visitor"]
    going = a_run(train, status="running", steps=10)
    waiting = store.create(owner, "Next", spec().to_dict(), server=store.get(going).server)
    opened(train, waiting)
    assert_well(train)
    assert says(train, "Waiting for its first turn: number 1 in the queue.")


def test_a_run_that_others_watch_too_says_so(train: AppTest) -> None:
    store = session._manager().store
    run = a_run(train, status="running", steps=10)
    opened(train, run)
    assert not says(train, "watch this run")
    followers = [store.join(run, owner, "Theirs") for owner in ("bob", "cleo")]
    opened(train, run)
    assert_well(train)
    assert says(train, "3 of you watch this run, as the same settings give the same run")
    for follower in followers:
        store.delete(follower, store.get(follower).owner)


def test_back_in_time_reads_nothing_until_it_is_opened(train: AppTest) -> None:
    run = a_run(train)
    session._manager().store.record(run, [Snapshot(1, "x"), Snapshot(50, "y")])
    opened(train, run)
    assert not train.select_slider or not any("back" in s.key for s in train.select_slider)


def test_back_in_time_shows_what_it_wrote_expected_and_looked_at(train_more: AppTest) -> None:
    train_more.number_input(key="train-steps").set_value(30).run()
    train_more.button(key="train-start").click().run()
    rerun_until(train_more, lambda: says(train_more, "budget is spent"))
    assert_well(train_more)
    train_more.session_state["train-back"] = True
    train_more.run()
    assert_well(train_more)
    run = train_more.query_params["run"]
    steps = train_more.select_slider(key=f"train-back-step-{run}")
    assert steps.options[0] == "1"
    assert steps.options[-1] == "30"
    likely = bars(train_more)
    assert likely[0][1] > likely[-1][1]
    steps.set_value(1).run()
    assert_well(train_more)
    first = bars(train_more)
    assert all(p == pytest.approx(1 / 27, abs=0.01) for _, p in first), "it knew nothing yet"
    train_more.selectbox(key="train-back-head").set_value(1).run()
    assert_well(train_more)
    assert says(train_more, "Layer 1, head 2: the strongest look at another token is")
    train_more.text_input(key=f"train-back-text-{run}").set_value("§").run()
    assert not train_more.exception
    assert len(train_more.error) == 1, "a letter it never saw, in one sentence"


def bars(at: AppTest) -> list[tuple[str, float]]:
    """Tokens and probabilities, read from the sentence under the bars."""
    import re

    (line,) = [c.value for c in at.caption if c.value.startswith("Likeliest next token")]
    return [(t, float(p) / 100) for t, p in re.findall(r"(\S+) \(([\d.]+) %\)", line)]
