"""Ask the public list of known weaknesses about every package that is installed here.

    python -m tools.audit

It needs pip-audit and a network, which nothing else here does: without them it says so in a
sentence, and that is no failure.
"""

import importlib.util
import json
import subprocess
import sys

from lm_core.figures import count

COMMAND = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
MISSING = (
    "Nothing was audited: pip-audit is not installed. Where there is a network: .venv/bin/python "
    "-m pip install pip-audit, then make audit."
)
SILENT = (
    "Nothing was audited: the list of known weaknesses could not be asked. Try make audit where "
    "there is a network."
)


def told(report: str) -> tuple[int, list[str]]:
    """What pip-audit's JSON says, in sentences, and the exit status: 1 for a known weakness."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        return 0, [SILENT]
    weak = [
        f"{package['name']} {package['version']}: {one['id']}, mended in "
        f"{', '.join(one['fix_versions']) or 'no version yet'}."
        for package in asked
        for one in package["vulns"]
    ]
    found = count(len(weak), "known weakness", "known weaknesses")
    said = f"Audited: {count(len(asked), 'package')}. Found: {found}. Not on the list: "
    return int(bool(weak)), [*weak, f"{said}{len(packages) - len(asked)}."]


def main() -> int:
    if importlib.util.find_spec("pip_audit") is None:
        print(MISSING)
        return 0
    done = subprocess.run(COMMAND, capture_output=True, text=True)
    code, sentences = told(done.stdout)
    print(*sentences, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
