"""One archive to take away: a model as a script of plain PyTorch, its weights, and the text it
learned from, so that `python model.py` writes and `python model.py train` learns again.

    FOLDER/model.py  model.safetensors  train.txt  validation.txt  README.txt
"""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.corpora import Corpus
from lm_core.errors import BadSettings, LabError
from lm_core.export import script
from lm_core.runs.prepare import load_text
from lm_core.runs.spec import RunSpec

TEXTS = {"train": "train.txt", "validation": "validation.txt"}  # as the script looks for them
PART = "\f"  # between two texts in one file

README = """{title}
{line}

A language model that was trained in Language Model Lab, as one file of plain PyTorch.

    python model.py                           writes at once
    python model.py generate --prompt TEXT    writes as asked
    python model.py {train:26}trains it again, as it was trained
    python model.py --help                    the rest

Python needs the package torch for it, and numpy to train: pip install torch numpy
The script may be renamed and the folder moved; the files of this folder belong together.

{about}
"""


def write(saved: Checkpoint, path: Path) -> None:
    """The archive, with the text where it may be passed on and is at hand.

    Raises:
        Unsupported: as `script.write`.
        BadSettings: a name that does not end in .zip.
    """
    if path.suffix != ".zip":
        raise BadSettings(f"An archive's name ends in .zip: name it {path.stem}.zip.")
    corpus, why_not = text_of(saved)
    files = {} if corpus is None else _files(corpus)
    parted = corpus is not None and not corpus.items and len(corpus.splits["train"]) > 1
    with tempfile.TemporaryDirectory(prefix="lm-archive-") as made:
        out = Path(made) / "model.py"
        script.write(saved, out, beside=bool(files), parted=parted)
        about = _about(corpus) if corpus is not None else why_not
        files["README.txt"] = README.format(
            title=saved.title,
            line="=" * len(saved.title),
            train="train" if files else "train FILE",
            about=about,
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in (out, out.with_suffix(".safetensors")):
                archive.write(file, f"{path.stem}/{file.name}")
            for name, text in files.items():
                archive.writestr(f"{path.stem}/{name}", text.encode("utf-8", "replace"))


def refused(card: dict[str, Any]) -> str:
    """As `script.refused`."""
    return script.refused(card)


def read(path: Path) -> Callable[[Tensor], Tensor]:
    """The model that the archive's own script loads, unpacked elsewhere."""
    with tempfile.TemporaryDirectory(prefix="lm-archive-") as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        return script.read(Path(folder) / path.stem / "model.py")


def text_of(saved: Checkpoint) -> tuple[Corpus | None, str]:
    """What a checkpoint learned from, to go with its script; or None and a sentence why it does
    not."""
    try:
        spec = RunSpec.from_dict(saved.meta.get("spec"), trusted=True)
        corpus = load_text(spec.data.as_read_by(saved.tokenizer))
    except LabError as error:
        return None, f"The text it learned from is not here: {error}"
    info = corpus.info
    if not info.may_be_passed_on:
        where = f"Get it from its source ({info.source})"
        return None, f"{info.title} may not be passed on ({info.licence}) {where}."
    if any(PART in document for split in TEXTS for document in corpus.splits[split]):
        return None, f"{info.title} holds form feeds, which part texts in a file: get it by itself."
    return corpus, ""


def _files(corpus: Corpus) -> dict[str, str]:
    """Name -> text of the splits that the script reads."""
    found = {}
    for split, name in TEXTS.items():
        documents = corpus.splits[split]
        if documents:
            found[name] = (
                "".join(f"{item}\n" for item in documents) if corpus.items else PART.join(documents)
            )
    return found


def _about(corpus: Corpus) -> str:
    info = corpus.info
    whose = "It is your own."
    if info.how != "own":
        whose = f"Source: {info.source}\nLicence: {info.licence}"
    return (
        f"The text: {info.title}. {whose}\n{info.split_rule}\n"
        "It learned from train.txt and was measured on validation.txt. What is kept for the test\n"
        "is not here: who trains on it, or chooses by it, has nothing left to test with."
    )
