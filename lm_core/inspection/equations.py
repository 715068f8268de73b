"""The equation of a recorded tensor, read off the line of code that made it.

    equation(atlas.at("blocks.0.attention.weights"))     # "weights = softmax(scores)"
    equation(atlas.at("0.c"))                            # "c = f · c + i · g"

The tree of the expression is written as one writes it by hand: products without a star, functions
by their names, reshaping left out. What has no sign of its own stays as the code has it.
"""

import ast

from lm_core.inspection.atlas import Made

FUNCTIONS = {
    "sigmoid": "σ",
    "tanh": "tanh",
    "softmax": "softmax",
    "log_softmax": "ln softmax",
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "exp": "exp",
    "log": "ln",
    "rsqrt": "1/√",
    "rms_norm": "RMSNorm",
    "layer_norm": "LayerNorm",
    "mean": "mean",
    "sum": "sum",
    "tril": "lower triangle of ",
    "one_hot": "one-hot",
}
SAME = {  # the same numbers in another shape or format
    *("view", "flatten", "unflatten", "reshape", "unsqueeze", "squeeze", "expand", "contiguous"),
    *("float", "double", "to", "type_as", "view_as", "detach"),
}
PARTS = {"split": "part of ", "chunk": "part of "}
TURNED = {"T", "mT"}
SIGNS = {ast.Add: " + ", ast.Sub: " − ", ast.Mult: " · ", ast.Div: " / ", ast.MatMult: " "}
FEW = 2  # dimensions that `transpose` turns, the last two
HIGH = str.maketrans("0123456789-./", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·ᐟ")


def equation(made: Made) -> str:
    """Of what the tensor is made, after the name that the code gives it, where it gives one."""
    said = _of_parameters(made) if made.inner else None
    node = made.written.node
    if said is None:
        said = made.written.expression if node is None else _said(node)
    names, function = made.written.names, made.written.function.rpartition(".")[2]
    if not names or names == (function,):  # what is returned is called by whoever asked for it
        return said
    name = names[0] if len(names) == 1 else made.name.rpartition(".")[2].partition(" (")[0]
    return f"{name} = {said}"


def _of_parameters(made: Made) -> str | None:
    """What a module of PyTorch's own does with its weights; None where that has no short form."""
    called = made.module.rpartition(".")[2]
    biased = any(name.endswith("bias") for name in made.parameters)
    given = _argument(made.written.node)
    if made.op == "linear":
        return f"{given} Wᵀ" + (" + b" if biased else "") + f", W of {called}"
    if made.op == "embedding":
        return f"rows of W at {given}, W of {called}"
    if made.op == "layer_norm":
        return f"LayerNorm({given})"
    return None


def _argument(node: ast.expr | None) -> str:
    """What a module is called with."""
    inner = next((n for n in ast.walk(node) if isinstance(n, ast.Call)), None) if node else None
    if inner is None or not inner.args:
        return "x"
    return _inside(inner.args[0])


def _said(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return f"{value}".replace("-", "−")
        case ast.Attribute(value=inner, attr=attr) if attr in TURNED:
            return _inside(inner) + "ᵀ"
        case ast.Attribute(attr=attr):
            return attr
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return "−" + _inside(inner)
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return "not " + _inside(inner)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_inside(left), right)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
            product = isinstance(sign, ast.Mult | ast.Div | ast.MatMult)
            write = _inside if product else _said
            second = _inside if product or isinstance(sign, ast.Sub) else _said
            return write(left) + SIGNS[type(sign)] + second(right)
        case ast.Subscript(value=inner, slice=place):
            return f"{_inside(inner)}[{ast.unparse(place)}]"
        case ast.Call():
            return _call(node)
    return ast.unparse(node)


def _call(node: ast.Call) -> str:
    """A method of a tensor, a function of torch, or a module."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="F" | "torch"), attr=name):
            given = node.args
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return f"{name}({', '.join(map(_said, node.args))})"
        case ast.Attribute(value=receiver, attr=name):
            given = [receiver, *node.args]
        case _:
            return f"{_said(node.func)}({', '.join(map(_said, node.args))})"
    return _function(name, given) or ast.unparse(node)


def _function(name: str, given: list[ast.expr]) -> str | None:
    first = given[0] if given else None
    if first is None:
        return None
    if name in SAME:
        return _said(first)
    if name in FUNCTIONS:
        return f"{FUNCTIONS[name]}({_said(first)})"
    if name in PARTS:
        return PARTS[name] + _said(first)
    if name == "size" and [ast.unparse(one) for one in given[1:]] == ["-1"]:
        return f"(size of {_said(first)})"
    if name == "square":
        return _inside(first) + "²"
    if name == "transpose":
        last = [ast.unparse(one) for one in given[1:]] in (["-2", "-1"], ["-1", "-2"])
        return _inside(first) + ("ᵀ" if last else "")
    if name == "masked_fill" and len(given) > FEW:
        filled = ast.unparse(given[2]).replace("float('-inf')", "−∞")
        return f"{_said(first)}, and {filled} where {_said(given[1])}"
    if name == "addcmul" and len(given) > FEW:
        return f"{_said(first)} + {_inside(given[1])} · {_inside(given[2])}"
    if name == "where" and len(given) > FEW:
        return f"{_said(given[1])} where {_said(first)}, else {_said(given[2])}"
    if name == "cross_entropy" and len(given) >= FEW:
        return f"−ln softmax({_said(first)}) at {_said(given[1])}"
    if name in ("cat", "stack") and isinstance(first, ast.List | ast.Tuple):
        return "[" + "; ".join(map(_said, first.elts)) + "]"
    if name == "dropout":
        return _said(first)
    return None


def _inside(node: ast.expr) -> str:
    """With brackets where it is a sum or a product."""
    said = _said(node)
    reshaped = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    inner = node.func.value if reshaped and node.func.attr in SAME else node
    needs = isinstance(inner, ast.BinOp | ast.UnaryOp) and not isinstance(
        getattr(inner, "op", None), ast.Pow
    )
    return f"({said})" if needs else said


def _power(base: str, exponent: ast.expr) -> str:
    try:
        value = ast.literal_eval(exponent)
    except ValueError:
        return f"{base}^{_inside(exponent)}"
    if value == 0.5:
        return f"√{base}"
    if value == -0.5:
        return f"1/√{base}"
    return base + f"{value}".translate(HIGH)
