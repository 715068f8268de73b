"""Whatever an address says, a screen is shown: what does not read is left out of it."""

import ast
import json
import random
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages._ui.shared import parameters
from pages._ui.shared.kinds import Json, Number, Text, Whole
from pages._ui.shared.parameters import KINDS, begins
from tests.marks import most_slow
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
SCREENS = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
FILES = sorted((ROOT / "pages").rglob("*.py"))
SHARED = ("text", "run", "spec", "doctor", "visitor", "large", "settings")
NASTY = [
    *["", " ", "inf", "-inf", "nan", "1e999", "-1", "0", "1", "٣", "0x10", "1_0", "1e3", "5.7"],
    *["+5", "9" * 20, "9" * 4301, "x" * 30_000, "true", "null", "\0", "\ufffd", "%", "a&b=c"],
    *["../../etc", "[" * 2000, "{}", '{"name": ["transformer"]}', '{"name": "lstm", "width": NaN}'],
    *['{"name": "transformer", "n_layer": 1e999}', '{"name": "transformer", "n_embd": [[[]]]}'],
    '{"name": "transformer", "n_layer": ' + "9" * 1900 + "}",
]


def opened(screen: str, **parameters: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update(parameters)
    return app.switch_page(f"pages/{screen}.py").run()


def own(screen: str) -> list[str]:
    """The parameters that a screen may have."""
    return [name for name in KINDS if name.startswith(begins(screen)) or name in SHARED]


def test_every_parameter_is_of_one_screen_or_of_all() -> None:
    """So that a lesson of that screen can hold it, and no room takes a name from another."""
    rooms = sorted((ROOT / "pages" / "_ui").glob("*/parameters.py"))
    modules = [import_module(f"pages._ui.{path.parent.name}.parameters") for path in rooms]
    said = [name for one in modules for name in getattr(one, "PARAMETERS", {})]
    assert len(said) == len({*said})
    starts = tuple(begins(screen) for screen in SCREENS)
    assert [name for name in said if "-" in name and not name.startswith(starts)] == []
    assert [screen for screen in parameters.BEGINS if screen not in SCREENS] == []


def assert_shown(app: AppTest) -> None:
    assert not app.exception
    assert app.title
    for name, values in app.query_params.items():
        kept = values if isinstance(values, list) else [values]
        assert name not in KINDS or KINDS[name].reads(kept), name


@pytest.mark.parametrize(
    ("screen", "name", "value"),
    [
        ("generate_names", "generate_names-batches", "9" * 4301),
        ("generate_names", "generate_names-seed", "inf"),
        ("architectures", "architectures-vocabulary", "1e999"),
        ("generate_text", "generate_text-top_k", "1e999"),
        ("home", "home-temperature", "nan"),
        ("dataset_explorer", "explorer-search", "x" * 30_000),
        ("train", "run", ["a", "b"]),
        ("train", "large", "1e999"),
        ("doctor", "doctor-view", "x" * 30_000),
    ],
)
def test_what_does_not_read_is_left_out_and_said(screen: str, name: str, value: object) -> None:
    app = opened(screen, **{name: value})
    assert_shown(app)
    assert name not in app.query_params
    assert [toast.value for toast in app.toast] == [
        f"The address held what cannot be read, and is shown without: {name}."
    ]
    assert not app.run().toast


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("times", most_slow([1, 3], quick=[1]))
def test_all_at_once(screen: str, times: int) -> None:
    rng = random.Random(screen)
    for _ in range(times):
        assert_shown(opened(screen, **{name: rng.choice(NASTY) for name in own(screen)}))
    assert_shown(opened(screen, **{name: ["1", "1", "x"] for name in own(screen)}))


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS)
def test_each_of_each(screen: str) -> None:
    """Every parameter has every value once: in each address all of the screen's own have another,
    or all that screens share. One at a time that would be 32,000 addresses."""
    values = [*NASTY, ["1", "2"], ["a"] * 900]
    for shared in (True, False):
        names = [name for name in own(screen) if (name in SHARED) == shared]
        for k in range(len(values)) if names else ():
            some = {name: values[(k + i) % len(values)] for i, name in enumerate(names)}
            assert_shown(opened(screen, **some))


def test_what_reads_is_kept() -> None:
    app = opened(
        "generate_names",
        **{
            "generate_names-seed": "12",
            "generate_names-temperature": "0.5",
            "generate_names-batches": "2",
            "generate_names-begins": "",
            "unknown": "x",
        },
    )
    assert_shown(app)
    assert not app.toast
    assert app.number_input(key="generate_names-seed").value == 12
    assert app.slider(key="generate_names-temperature").value == 0.5
    assert app.query_params["generate_names-batches"] == "2"


# The reader itself --------------------------------------------------------------------------------

WORDS = st.text() | st.sampled_from(NASTY) | st.integers().map(str) | st.floats().map(str)
WORDS |= st.text("0123456789.e-+_ infaNx٣", max_size=40)


@given(st.sampled_from(sorted(KINDS)), st.lists(WORDS, min_size=1, max_size=5))
def test_what_reads_is_what_it_says(name: str, values: list[str]) -> None:
    kind = KINDS[name]
    if not kind.reads(values):
        return
    if isinstance(kind, Text):
        assert sum(map(len, values)) <= kind.most * kind.times
        return
    (value,) = values
    match kind:
        case Whole():
            assert kind.low <= int(value) <= kind.high
        case Number():
            assert kind.low <= float(value) <= kind.high
        case Json():
            assert isinstance(json.loads(value), dict)
        case _:
            assert value in ("true", "false") or quote(value) == value


@given(st.sampled_from([k for k in KINDS.values() if isinstance(k, Whole)]), st.data())
def test_every_whole_number_within_reads(kind: Whole, data: st.DataObject) -> None:
    value = data.draw(st.integers(kind.low, kind.high))
    assert kind.reads([str(value)])
    assert not kind.reads([str(value), str(value)])
    assert not kind.reads([str(kind.high + 1 + value)])


@given(st.floats(0.0, 2.0))
def test_every_number_within_reads_as_a_program_writes_it(value: float) -> None:
    assert parse_qs(urlencode({"x": value}))["x"] == [str(value)]
    assert Number(0.0, 2.0).reads([str(value)])


# Widgets whose limits are those of what is shown: a place past them is taken out by their screen.
NARROWER = ("quantize-row", "quantize-column", "bench-row", "bench-column")
NARROWER += ("upsampling-row", "upsampling-column", "forecast-window", "memory-unit")
NARROWER += ("ages-layer", "ages-head", "mlp-from", "mlp-to", "digits-row", "digits-column")
NARROWER += ("explorer-overlap", "tensors-at-0", "tensors-at-1")
UNLIMITED = ("doctor-seconds", "doctor-random")  # what they may not be is said beside them

# That nothing goes past it ------------------------------------------------------------------------


def views(app: AppTest) -> list[tuple[str, str]]:
    """(parameter, value) of each view of a screen: what its first row of buttons offers."""
    rows = [row for row in app.get("button_group") if row.key in KINDS and row.key != "language"]
    return [(rows[0].key, one.content) for one in rows[0].proto.options] if rows else []


def assert_known_with_its_limits(app: AppTest) -> None:
    assert_shown(app)
    bound = set(bound_in(app))
    assert bound <= set(KINDS)
    for widget in (*app.number_input, *app.slider):
        if widget.key in bound and widget.key not in UNLIMITED:
            kind = KINDS[widget.key]
            limits = (widget.min, widget.max)
            if widget.key in NARROWER:
                assert kind.low <= widget.min < widget.max <= kind.high, widget.key
            else:
                assert limits == (kind.low, kind.high), widget.key
    for widget in (*app.text_input, *app.text_area):
        if widget.key in bound:
            assert widget.proto.max_chars == KINDS[widget.key].most, widget.key


def bound_in(app: AppTest) -> list[str]:
    with app.session_state._state.query_params() as parameters:
        return list(parameters._bindings_by_param)


def defaults(app: AppTest) -> dict[str, str]:
    """What the controls that are bound begin with, as the browser is told."""
    kinds = ("number_input", "slider", "selectbox", "text_input", "text_area", "button_group")
    kinds += ("select_slider", "multiselect", "checkbox", "toggle", "radio")
    found = [widget for kind in kinds for widget in app.get(kind)]
    bound = set(bound_in(app))
    return {one.key: str(one.proto.default) for one in found if one.key in bound}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_parameter_is_known_with_the_limits_of_its_widget(screen: str) -> None:
    """And it begins with the same at every run: the address leaves that out, and has the rest."""
    app = opened(screen)
    assert_known_with_its_limits(app)
    begun = defaults(app)
    again = defaults(app.run())
    assert {key: again[key] for key in begun if key in again} == begun


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS)
def test_so_it_is_in_every_view(screen: str) -> None:
    for name, value in views(opened(screen)):
        assert_known_with_its_limits(opened(screen, **{name: value}))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_screen_reads_the_address_itself(path: Path) -> None:
    """It writes there, takes out what it wrote, and reads through `address`."""
    if path.name in ("address.py", "link.py"):
        return
    reads = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        inside = getattr(node, "value", None)
        if not (isinstance(inside, ast.Attribute) and inside.attr == "query_params"):
            continue
        writes = isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
        if not writes and getattr(node, "attr", "") != "pop":
            reads.append(f"line {node.lineno}")
    assert reads == []
