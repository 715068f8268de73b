"""Every parameter of every screen, by name, and what it may hold: those of all screens here, those
of one in its room, which is found where it has a `parameters.py`.

    PARAMETERS = {"masks-sure": Number(0.0, 1.0)}   # by the name in the address
    BEGINS = {"fine_tune": "tune"}                  # how names begin, where not as the screen's
"""

from importlib import import_module
from pathlib import Path

from pages._ui.shared.kinds import HOT, Id, Json, Kind, Switch, Text

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("text", "run", "shared"), Id()),
    "spec": Json(4000),
    "visitor": Id(),
    "large": Switch(),
    "lesson": Text(6000),  # lm_core.lessons.link.MOST
    "teacher": Id(),
    "language": Text(20),
    "home-text": Text(1000),
    "home-temperature": HOT,
    "settings": Json(2000),
}
BEGINS: dict[str, str] = {}
for _path in sorted(Path(__file__).parents[1].glob("*/parameters.py")):
    if _path.parent != Path(__file__).parent:
        _room = import_module(f"pages._ui.{_path.parent.name}.parameters")
        KINDS |= _room.PARAMETERS
        BEGINS |= getattr(_room, "BEGINS", {})


def begins(screen: str) -> str:
    """How the parameters of a screen, and the keys of its controls, begin."""
    return f"{BEGINS.get(screen, screen)}-"
