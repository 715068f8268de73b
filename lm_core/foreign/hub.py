"""Models from the Hugging Face hub, in transformers' format: `hub:OWNER/NAME`.

Asked for once, checked by the hashes that the hub itself lists for its newest commit, and kept as a
checkpoint of this lab. `HF_ENDPOINT=ADDRESS` names another server with the same addresses, as it
does for transformers.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lm_core.checkpoints import MOST_WEIGHT_BYTES
from lm_core.corpora.corpus import Progress
from lm_core.corpora.fetching import TIMEOUT, RemoteFile, obtain, remove
from lm_core.errors import BadCheckpoint, CorpusUnavailable
from lm_core.foreign.keeping import is_kept, keep
from lm_core.foreign.naming import is_name
from lm_core.foreign.transformers_folder import (
    CONFIG,
    INDEX,
    PICKLES,
    WEIGHTS,
    layout_of,
    read,
    shards,
)
from lm_core.home import home_folder, make_folder
from lm_core.json_files import read_json

USUAL = "https://huggingface.co"
NEEDED = (CONFIG, "tokenizer.json", "vocab.json", "merges.txt")
MOST_ANSWER = 10_000_000  # bytes of a list of files


def kept(name: str) -> Path:
    """Where the checkpoint of a model is once it was fetched."""
    return home_folder() / "foreign" / "hub" / Path(*name.split("/"))


def folder(name: str) -> Path:
    """The checkpoint of a model that was fetched.

    Raises:
        BadCheckpoint: it was not, or nothing can be called so.
    """
    if not is_name(name):
        raise BadCheckpoint(f"{name[:80]!r} is no model's name: write hub:OWNER/NAME.")
    if not is_kept(kept(name)):
        raise BadCheckpoint(
            f"{name} was not downloaded yet: python -m lm_core train --start hub:{name} gets it."
        )
    return kept(name)


def fetched() -> dict[str, Path]:
    """Models that are here, by name."""
    root = home_folder() / "foreign" / "hub"
    cards = sorted(root.glob("*/*/meta.json"))
    return {card.parent.relative_to(root).as_posix(): card.parent for card in cards}


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Download a model that is not here yet, and keep it as a checkpoint.

    Args:
        progress: as for `corpora.fetching.obtain`.

    Raises:
        BadCheckpoint: no such model, or one that this lab does not read.
        CorpusUnavailable: no network, a server that refuses, or a file that is not the right one.
        StoreUnavailable: the home folder cannot be written.
        Cancelled: the callback asked for it.
    """
    if not is_name(name):
        raise BadCheckpoint(f"{name[:80]!r} is no model's name: write hub:OWNER/NAME.")
    if is_kept(kept(name)):
        return kept(name)
    listed = _listed(name)
    # Before the weights: whether they could be read at all.
    small = [n for n in NEEDED if n in listed["files"]]
    if CONFIG not in small:
        raise BadCheckpoint(f"{name} holds no {CONFIG}: it is no model of transformers.")
    paths = _obtain(name, listed, small)
    layout_of(read_json(paths[CONFIG], MOST_ANSWER))
    paths |= _obtain(name, listed, _weights(name, listed, paths), progress)
    with tempfile.TemporaryDirectory(prefix=".hub-", dir=_folder(paths[CONFIG].parent)) as place:
        inside = Path(place) / name.split("/")[1]
        inside.mkdir()
        for called, path in paths.items():
            os.replace(path, inside / called)
        source = f"{USUAL}/{name}, commit {listed['commit'][:12]}"
        foreign = read(inside, title=name, source=source, licence=listed["licence"])
        made = keep(foreign, _folder(kept(name)))
    remove(_of(name))  # the checkpoint says the same
    shutil.rmtree(place, ignore_errors=True)
    return made


def fetch_files(name: str, wanted: list[str], progress: Progress | None = None) -> dict[str, Path]:
    """Files of a model as they are, by name, each checked by the hash that the hub lists.

    Raises:
        BadCheckpoint: it has none of them, or they are too large; else as `fetch`.
    """
    listed = _listed(name)
    missing = [one for one in wanted if one not in listed["files"]]
    if missing:
        raise BadCheckpoint(f"{name} holds no {missing[0]}: it is not what this lab reads.")
    size = sum(listed["files"][one].size for one in wanted)
    if size > MOST_WEIGHT_BYTES:
        raise BadCheckpoint(
            f"The files of {name} take {size / 1e9:,.1f} GB, and this lab reads "
            f"{MOST_WEIGHT_BYTES / 1e9:,.0f} GB at most: choose a smaller model."
        )
    return _obtain(name, listed, wanted, progress)


def _weights(name: str, listed: Mapping[str, Any], paths: dict[str, Path]) -> list[str]:
    """The names of its weight files; an index is fetched first.

    Raises:
        BadCheckpoint: there are none but a pickle, or they are too large.
    """
    files = listed["files"]
    wanted = [WEIGHTS] if WEIGHTS in files else []
    if not wanted and INDEX in files:
        paths |= _obtain(name, listed, [INDEX])
        wanted = shards(read_json(paths[INDEX], MOST_ANSWER))
    if not wanted or not set(wanted) <= set(files):
        pickles = [one for one in PICKLES if one in files]
        why = f"only {pickles[0]}, a pickle, which can run any code" if pickles else "none"
        raise BadCheckpoint(f"Of weights in safetensors {name} holds {why}: choose another model.")
    size = sum(files[one].size for one in wanted)
    if size > MOST_WEIGHT_BYTES:
        raise BadCheckpoint(
            f"The weights of {name} take {size / 1e9:,.1f} GB, and this lab reads "
            f"{MOST_WEIGHT_BYTES / 1e9:,.0f} GB at most: choose a smaller model."
        )
    return wanted


def _obtain(
    name: str,
    listed: Mapping[str, Any],
    wanted: list[str],
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Where the files are, by name, each checked by the hash that the hub lists."""
    found = dict(zip(wanted, obtain([listed["files"][n] for n in wanted], progress), strict=True))
    for one, path in found.items():
        wrong = listed["blobs"].get(one)
        if wrong and _blob(path) != wrong:
            path.unlink(missing_ok=True)
            raise CorpusUnavailable(
                f"What was sent as {one} of {name} is not the file that the hub lists, and was "
                "thrown away: try again."
            )
    return found


def _listed(name: str) -> dict[str, Any]:
    """What the hub has of a model: its newest commit, its licence, its files with size and hash.

    Raises:
        BadCheckpoint, CorpusUnavailable: as `fetch`.
    """
    from requests import RequestException, get

    base = os.environ.get("HF_ENDPOINT", USUAL).rstrip("/")
    host = urlsplit(base).hostname or base
    try:
        with get(
            f"{base}/api/models/{name}", params={"blobs": "true"}, timeout=TIMEOUT, stream=True
        ) as answer:
            if answer.status_code in (401, 403, 404):
                raise BadCheckpoint(
                    f"{host} has no open model {name}: check the name; one that asks for an "
                    "account is not fetched."
                )
            answer.raise_for_status()
            text = b""
            for part in answer.iter_content(64 * 1024):
                text += part
                if len(text) > MOST_ANSWER:
                    break  # and what was cut off is not JSON
    except (RequestException, OSError):
        raise CorpusUnavailable(
            f"{name} has to be downloaded once and {host} could not be reached, or refused: check "
            "the network and try again, or name a folder that holds the model."
        ) from None
    try:
        return _of_answer(name, base, json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CorpusUnavailable(
            f"What {host} says of {name} is not what the hub says: try again later."
        ) from None


def _of_answer(name: str, base: str, said: dict[str, Any]) -> dict[str, Any]:
    commit, files, blobs = str(said["sha"]), {}, {}
    for one in said["siblings"]:
        called, large = one["rfilename"], one.get("lfs")
        if "/" in called or not isinstance(one["size"], int):
            continue
        if not large:
            blobs[called] = one["blobId"]
        files[called] = RemoteFile(
            corpus=_of(name),
            name=f"{_of(name)}--{called}",
            url=f"{base}/{name}/resolve/{commit}/{called}",
            size=one["size"],
            sha256=large["sha256"] if large else None,
        )
    licence = (said.get("cardData") or {}).get("license")
    return {
        "commit": commit,
        "files": files,
        "blobs": blobs,
        "licence": licence if isinstance(licence, str) else "as its author says",
    }


def _of(name: str) -> str:
    return name.replace("/", "--")


def _blob(path: Path) -> str:
    """The name that git gives a file of this content, which the hub lists for small files."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _folder(path: Path) -> Path:
    make_folder(path)
    return path
