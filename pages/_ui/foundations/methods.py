"""The class behind the screen: which method each sign of Python calls, tried on two numbers."""

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from pages._ui.foundations.rules import rule
from pages._ui.shared.show import show_source

if TYPE_CHECKING:
    from lm_core.foundations.autograd import Value

SIGN, A, B = (f"autograd-{what}" for what in ("sign", "a", "b"))
MOST = 100.0


class Method(NamedTuple):
    """What is written, the method that Python calls for it, and what it does."""

    written: str
    called: str
    run: "Callable[[Value, Value], object]"


METHODS = {
    "+": Method("a + b", "a.__add__(b)", operator.add),
    "−": Method("a - b", "a.__sub__(b)", operator.sub),
    "×": Method("a * b", "a.__mul__(b)", operator.mul),
    "÷": Method("a / b", "a.__truediv__(b)", operator.truediv),
    "**": Method("a ** 2", "a.__pow__(2)", lambda a, b: a**2),
    "-a": Method("-a", "a.__neg__()", lambda a, b: -a),
    "3 − a": Method("3 - a", "a.__rsub__(3)", lambda a, b: 3 - a),
    "tanh": Method("a.tanh()", "a.tanh()", lambda a, b: a.tanh()),
    "<": Method("a < b", "a.__lt__(b)", operator.lt),
    "==": Method("a == b", "a.__eq__(b)", operator.eq),
    "repr": Method("print(a)", "a.__repr__()", lambda a, b: repr(a)),
}


def show() -> None:
    """The part of the screen."""
    st.write(
        "Python lets a class say what its signs mean: for a + b it calls a method of a with two "
        "underscores before and behind its name. So numbers that remember can be written as "
        "numbers, and the graph grows while one computes."
    )
    from lm_core.foundations import autograd

    left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
    sign = left.selectbox("What is written", list(METHODS), key=SIGN, bind="query-params")
    given = [
        place.number_input(name, -MOST, MOST, start, step=0.5, key=key, bind="query-params")
        for place, name, start, key in ((middle, "a", 2.0, A), (right, "b", -3.0, B))
    ]
    a, b = map(autograd.Value, given)
    method = METHODS[sign]
    st.code(
        f"a, b = Value({given[0]:g}), Value({given[1]:g})\n"
        f"{method.written:<12}# calls {method.called}",
        language="python",
    )
    _result(method, a, b)
    st.markdown(
        "**What to notice:** two values are compared by their number alone, and one that compares "
        "so cannot be a key of a dictionary. `Value(2)` runs `__new__`, which makes the object, "
        "and then `__init__`, which fills it; `print` asks for `__str__` and takes `__repr__` "
        "where there is none."
    )
    show_source(autograd, "The code: the whole autograd")


def _result(method: Method, a: "Value", b: "Value") -> None:
    from lm_core.charts.graph import short
    from lm_core.errors import BadText
    from lm_core.foundations.autograd import Value

    try:
        made = method.run(a, b)
    except ZeroDivisionError:
        raise BadText("Nothing can be divided by 0: give b another number.") from None
    if not isinstance(made, Value):
        st.markdown(f"It gives **{made}**.")
        return
    made.backward()
    st.markdown(f"It gives **{short(made.value)}**. {rule(made.op)}")
    names = ["a", "b"] if len(made.parents) == 2 else ["a"]
    if method.written.startswith("3"):
        names = ["3", "a"]
    for name, parent in zip(names, made.parents, strict=True):
        st.markdown(f"- **{name}**: {short(parent.grad)}")
