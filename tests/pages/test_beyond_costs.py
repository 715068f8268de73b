"""What the labs beyond text cost who does not open them: not one module more."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("skimage", "transformers", "torchvision", "sklearn", "mlxtend", "vega_datasets")
LABS = ("boxes", "digits", "gan", "masks", "ages", "bench", "upsampling", "series", "tables")
# The registries know each corpus, family and task by a small file; what only a screen asks for is
# none of them.
BEYOND = (
    *(f"pages._ui.{lab}" for lab in LABS),
    "pages._ui.foundations",
    "lm_core.foundations",
    "lm_core.foreign.vision",
    *(f"lm_core.pictures.{one}" for one in ("steps", "chain", "photographs", "faces")),
    *(f"lm_core.pictures.{one}" for one in ("labelled_folder", "annotated", "proposals")),
    "lm_core.tables.rivals",
)
OPEN = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=300).run()
app.switch_page("pages/tokenizers.py").run()
assert not app.exception
print(*sorted(sys.modules), sep="\\n")
"""


def test_an_old_page_reads_nothing_of_the_new_labs(tmp_path: Path) -> None:
    """The front door, and a page of text behind it: no screen of a lab, none of its library,
    nothing heavy that only they need."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "LM_LAB_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    read = done.stdout.split()
    assert "lm_core" in read
    assert [name for name in read if name.split(".")[0] in HEAVY] == []
    # What the addresses of a screen may hold is said in its room, and asked at every screen.
    rooms = [name for name in read if name.endswith(".parameters")]
    said = {*rooms, *(name.removesuffix(".parameters") for name in rooms)}
    of_labs = (name for name in read if any(f"{name}.".startswith(f"{one}.") for one in BEYOND))
    assert set(of_labs) - said == set()
