"""Every control with a key, found in the code: what it says is kept in the address, or a reason
stands here why not."""

import ast
import importlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from pages._ui.shared import switch
from pages._ui.shared.parameters import KINDS

PAGES = Path(__file__).parents[3] / "pages"
# Commands of Streamlit whose value a visitor sets, and which can be bound to the address.
CONTROLS = {
    *("number_input", "slider", "select_slider", "text_input", "text_area", "selectbox"),
    *("multiselect", "radio", "checkbox", "toggle", "pills", "segmented_control"),
}
UNBINDABLE = {"data_editor", "file_uploader"}  # Streamlit binds neither

# Why a control is not bound: the keys, as the code has them, in the file of a room.
NOT_KEPT: dict[str, list[str]] = {
    "another parameter says it": [
        "architectures/panels.py: key",  # architectures-family
        "bench/chain.py: key",  # bench-step
        "boxes/overlapping.py: key",  # boxes-pair
        "boxes/rows.py: f'{held}-{number}'",  # boxes-list, boxes-scene
        "upsampling/grids.py: f'{held}-{number}'",
        "doctor.py: EARLIER",  # doctor
        "foundations/expression.py: f'{LEAF}{name}'",  # autograd-values
        "foundations/gradients.py: f\"{LEARNS}-{'-'.join(graph.leaves)}\"",
        "layers/neurons.py: f'{SUGGESTED}-{layer}'",  # layers-neuron
        "metrics/classes.py: f'{TABLE}-{number}'",  # metrics-counts
        "reading/asked.py: name",  # reading-text, reading-names
        "shared/corpus_choice.py: key",  # text
        "shared/settings.py: key",  # spec, settings
        "train/form.py: f'train-tokenizer-{corpus.name}{suffix}'",  # spec
        "train/form.py: f'train-seed{suffix}'",
        "train/form.py: f'train-steps{suffix}'",
        "train/form.py: f'train-minutes{suffix}'",
        "train/going_runs.py: CHOSEN",  # run
    ],
    "an answer or a guess: an address that brings it would give it away": [
        "bench/asked.py: ANSWER",
        "bench/cells.py: SHOWN",
        "doctor/guess.py: key",
        "foundations/chance.py: 'arrays-walk-guess'",
        "foundations/layers.py: 'arrays-count'",
        "foundations/layers.py: ORDER",
        "foundations/orders.py: f'{key}-{i}'",
        "foundations/plots.py: f'arrays-which-{i}'",
        "foundations/two_shapes.py: GUESS",
        "foundations/walk.py: f'{GUESS}-{step + 1}'",
        "foundations/xor.py: HAND",
        "lesson/panel.py: key",
        "lesson/panel.py: f'{key}-{i}'",
        "lesson/panel.py: f'{WHY}-{name}'",
        "lessons/opened.py: f'lessons-notes-{lesson.name}'",  # the notes hold the answers
        "shared/asking.py: key",
    ],
    "an act, not a state: what it does is kept by what it changes": [
        "bench/chain.py: NEW",
        "bench/pictures.py: EXAMPLE",
        "counting/walk.py: key",
        "foundations/two_shapes.py: 'arrays-exercise'",
        "train/steering.py: key",
        "write/branches.py: HAND",
        "translate.py: key",
    ],
    "a text, list, table or picture of one's own, which is stored by its name or not at all": [
        "ages/answering.py: CAMERA",
        "ages/answering.py: GIVEN",
        "ages/given.py: FILES",
        "ages/own.py: 'ages-own-title'",
        "ages/own.py: DATA",
        "bench/pictures.py: OWN",
        "boxes/published.py: OWN",
        "series/giving.py: *",
        "shared/own_csv.py: *",
        "shared/own_file.py: *",
        "shared/own_text.py: *",
        "shared/own_texts.py: *",
        "tables/giving.py: *",
        "write/opened.py: KEY",
    ],
    "a table that is typed into, which Streamlit does not bind; its seed is kept": [
        "averaging/numbers.py: f\"averaging-{name}-{kept['version']}\"",
        "averaging/scale.py: 'averaging-five'",
        "digits/inside.py: key",
    ],
    "a place in what was computed just now: it begins at the end, which moves": [
        "boxes/precision.py: f'boxes-first-{many}'",
        "boxes/suppressed.py: f'boxes-round-{many}'",
        "counting/path.py: f'counting-token-{found.how.unit}-{ids[-8:]}'",
        "foundations/mlp_batches.py: f'mlp-batch-at-{last}'",
        "inside/moved.py: TOKEN",
        "masks/overlays.py: f'{STEP}-{last}'",
        "shared/back_in_time.py: key",
        "tensors/step.py: key",
        "tokenizers/merges.py: f'tokenizers-step-{key}'",
        "write/why.py: PICKED",
    ],
    "a run of one's own, or its name: nobody else has it": [
        "train/past_runs.py: *",
        "train/scrubber.py: f'train-back-text-{run.id}'",
    ],
    "it becomes a link or a sheet of its own": ["lesson/builder.py: *", "lesson/given.py: *"],
    "of the class that is here now, and in the memory of its server alone": [
        "shared/first_name.py: KEY",
        "teacher/board.py: *",
        "teacher/going.py: *",
    ],
}


def written() -> Iterator[tuple[str, ast.Call]]:
    """(file within its room, call) of every control."""
    for path in sorted(PAGES.rglob("*.py")):
        name = path.relative_to(PAGES).as_posix().removeprefix("_ui/")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", "")
            if called in CONTROLS | UNBINDABLE:
                yield name, node


def test_every_control_is_kept_in_the_address_or_says_why_not() -> None:
    wrong, met = [], set()
    reasons = [one for keys in NOT_KEPT.values() for one in keys]
    for name, call in written():
        options = {word.arg: word.value for word in call.keywords}
        key = ast.unparse(options["key"]) if "key" in options else "none"
        known = [one for one in reasons if fnmatchcase(f"{name}: {key}", _escaped(one))]
        met.update(known)
        if ("bind" in options) == bool(known):
            wrong.append(f"{name}, line {call.lineno}: {key}")
    assert wrong == []
    assert sorted(set(reasons) - met) == []


def _escaped(pattern: str) -> str:
    """Brackets in it are brackets."""
    return "".join("[[]" if letter == "[" else letter for letter in pattern)


def test_what_is_bound_is_a_parameter() -> None:
    """By a key that is written out, or has a name in a room; what is put together is seen when its
    screen is drawn."""
    missing, seen = [], 0
    helpers = {"choose", "switch", "several", "pick_split"}
    for path in sorted(PAGES.rglob("*.py")):
        room = ".".join(path.relative_to(PAGES.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            options = {word.arg: word.value for word in node.keywords}
            kept = "bind" in options or getattr(node.func, "id", "") in helpers
            key = options.get("key")
            if not kept or key is None:
                continue
            if isinstance(key, ast.Constant):
                name = key.value
            elif isinstance(key, ast.Name) and "_ui" in room and key.id.isupper():
                name = getattr(importlib.import_module(room), key.id)
            else:
                continue
            seen += 1
            if name not in KINDS:
                missing.append(f"{path.name}, line {node.lineno}: {name}")
    assert missing == []
    assert seen > 350


def test_each_row_of_buttons_is_bound() -> None:
    assert Path(switch.__file__).read_text(encoding="utf-8").count('bind="query-params"') == 2


def test_every_part_that_is_drawn_alone_is_one_of_ours() -> None:
    """`alone` draws the whole screen where a click inside has set a control outside."""
    bare = [
        path.relative_to(PAGES).as_posix()
        for path in PAGES.rglob("*.py")
        if "st.fragment" in path.read_text(encoding="utf-8")
    ]
    assert bare == ["_ui/shared/alone.py"]
