import ast
import contextlib
import errno
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import lm_core
from lm_core import checkpoints
from lm_core.checkpoints import (
    build_model,
    check_replaceable,
    load_checkpoint,
    load_history,
    load_training,
    read_meta,
    save_checkpoint,
    thinned,
)
from lm_core.errors import BadCheckpoint, StoreUnavailable
from lm_core.models import models
from tests.marks import most_slow
from tests.tiny import alphabet, lively_model, some_ids
from tests.waiting import PATIENCE

FAMILIES = models.names()
SOME = ("ngram", "mlp", "lstm", "transformer", "mixture", "rnn-translator")


def saved(folder: Path, family: str = "transformer", **changes) -> Path:
    training = {"optimizer.0.step": torch.tensor(1.0)}
    model = lively_model(family, **changes)
    return save_checkpoint(folder, model, alphabet(27), {"title": "A model"}, training=training)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return saved(tmp_path / "model")


def edit_meta(folder: Path, change: Callable[[dict], None], *, hashes: bool = False) -> None:
    """Rewrite the card, without the hashes unless told: what a forger would do."""
    meta = json.loads((folder / "meta.json").read_text())
    if not hashes:
        del meta["sha256"]
    change(meta)
    (folder / "meta.json").write_text(json.dumps(meta))


def edit_weights(folder: Path, change: Callable[[dict], None]) -> None:
    edit_meta(folder, lambda meta: None)
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def refused(folder: Path) -> str:
    """The one sentence with which a folder is refused."""
    with pytest.raises(BadCheckpoint) as error:
        load_checkpoint(folder)
    text = str(error.value)
    assert len(text) < 300
    assert "\n" not in text
    assert text.rstrip().endswith((".", "?"))
    assert ": " in text or "; " in text  # what is wrong, and then how to mend it
    return text


# What is kept -------------------------------------------------------------------------------------


def test_the_card_says_what_it_is(folder: Path) -> None:
    meta = read_meta(folder)
    model = load_checkpoint(folder).model
    assert meta["format"] == 1
    assert meta["lm_core"] == lm_core.__version__
    assert meta["model"] == {"name": "transformer", **model.settings.to_dict()}
    assert meta["sizes"] == {"vocab_size": 27}
    assert meta["task"] == {"name": "next-token"}
    assert meta["parameters"] == model.n_parameters
    assert load_checkpoint(folder).title == "A model"


def test_a_checkpoint_of_an_earlier_version_is_read(folder: Path) -> None:
    """It calls the codec tokenizer.json, says a vocab_size and no task, and its spec is of version
    1."""
    made = load_checkpoint(folder)
    (folder / "codec.json").rename(folder / "tokenizer.json")
    spec = {
        "version": 1,
        "corpus": {"name": "names"},
        "tokenizer": {"name": "char"},
        "train": {"begin": "names"},
    }

    def as_before(meta: dict) -> None:
        for name in ("sizes", "task"):
            del meta[name]
        meta.setdefault("sha256", {}).pop("codec.json", None)
        meta.update(vocab_size=27, spec=spec)

    edit_meta(folder, as_before)
    read = load_checkpoint(folder)
    assert (read.task, read.meta["sizes"]) == ("next-token", {"vocab_size": 27})
    assert read.tokenizer.cuts_like(made.tokenizer)
    assert read.meta["spec"] == {
        "version": 2,
        "task": {"name": "next-token"},
        "data": {"name": "names"},
        "codec": {"name": "char"},
        "train": {},
        "start": {"origin": "names"},
    }
    save_checkpoint(folder, read.model, read.codec, read.meta)  # a newer one takes its place
    assert not (folder / "tokenizer.json").exists()
    assert load_checkpoint(folder).tokenizer.cuts_like(made.tokenizer)


def test_a_checkpoint_without_a_title_goes_by_its_folder(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "nameless", lively_model("ngram"), alphabet(27), {})
    assert load_checkpoint(tmp_path / "nameless").title == "nameless"


@pytest.mark.parametrize("corpus", [{"items": True}, {"items": False}, {}, None, "names", [1]])
def test_items_or_not_is_read_from_the_card(folder: Path, corpus: object) -> None:
    edit_meta(folder, lambda meta: meta.update(corpus=corpus))
    assert load_checkpoint(folder).items is (corpus == {"items": True})


def test_a_shared_table_is_stored_once_and_shared_again(tmp_path: Path) -> None:
    folder = saved(tmp_path / "tied", "lstm", n_embd=64, tied=True)
    stored = load_file(folder / "model.safetensors")
    assert len({"embedding.weight", "head.weight"} & set(stored)) == 1
    model = load_checkpoint(folder).model
    assert model.head.weight is model.embedding.weight
    idx = some_ids(2, 9, 27)
    again = lively_model("lstm", n_embd=64, tied=True)
    with torch.inference_mode():
        assert torch.equal(model(idx)[0], again(idx)[0])


def test_what_a_resumed_run_needs_is_beside_the_weights(folder: Path, tmp_path: Path) -> None:
    assert load_training(folder) == {"optimizer.0.step": torch.tensor(1.0)}
    save_checkpoint(tmp_path / "bare", lively_model("ngram"), alphabet(27), {})
    assert load_training(tmp_path / "bare") == {}


def test_other_users_may_read_it(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o755
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}


def test_the_curve_is_kept_with_its_ends(folder: Path) -> None:
    rows = [[step, 3.0 - step / 1000] for step in range(1, 1235)]
    history = {"points": rows, "evaluations": rows[:3]}
    save_checkpoint(folder, lively_model("ngram"), alphabet(27), {}, history=history)
    kept = load_history(folder)
    assert kept["evaluations"] == rows[:3]
    assert kept["points"][0] == rows[0]
    assert kept["points"][-1] == rows[-1]
    assert 250 <= len(kept["points"]) <= 501
    load_checkpoint(folder)
    saved(folder)
    assert load_history(folder)["points"] == []  # another model, without a curve


def test_a_curve_that_was_thinned_and_went_on_is_even_again() -> None:
    """As of a run that is resumed: its first half is what an earlier checkpoint kept."""
    first = thinned([[step, 0.0] for step in range(1, 10_001)], 500)
    kept = thinned([*first, *([step, 0.0] for step in range(10_001, 20_001))], 500)
    steps = [step for step, _ in kept]
    assert (steps[0], steps[-1]) == (1, 20_000)
    assert 400 <= len(steps) <= 501
    gaps = [b - a for a, b in itertools.pairwise(steps[:-1])]
    assert max(gaps) <= 2 * min(gaps)


def test_a_checkpoint_without_a_curve_has_an_empty_one(folder: Path) -> None:
    assert load_history(folder) == {"points": [], "evaluations": []}


def test_an_infinite_loss_is_strict_json_and_comes_back(tmp_path: Path) -> None:
    """Maximum likelihood gives what it never saw no probability at all."""
    scores = {"train": {"nats_per_token": math.nan}, "validation": {"nats_per_token": math.inf}}
    card = {"metrics": scores, "title": "Infinity"}
    curve = {"points": [[1, math.inf], [2, 3.5]], "evaluations": [[2, -math.inf]]}
    model = lively_model("bigram")
    folder = save_checkpoint(tmp_path / "model", model, alphabet(27), card, history=curve)

    def refused(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    for name in ("meta.json", "history.json"):
        json.loads((folder / name).read_text(), parse_constant=refused)
    meta = read_meta(folder)
    assert meta["title"] == "Infinity"
    assert meta["metrics"]["validation"]["nats_per_token"] == math.inf
    assert math.isnan(meta["metrics"]["train"]["nats_per_token"])
    assert load_history(folder) == curve
    load_checkpoint(folder)


@pytest.mark.parametrize("text", ["", "[1]", '{"points": 3}', '{"points": [["a", 1]]}'])
def test_a_damaged_curve_is_refused(folder: Path, text: str) -> None:
    (folder / "history.json").write_text(text)
    with pytest.raises(BadCheckpoint, match=r"history\.json"):
        load_history(folder)


# Replacing ----------------------------------------------------------------------------------------


def test_the_logs_of_the_training_stay_when_the_checkpoint_is_replaced(folder: Path) -> None:
    (folder / "logs").mkdir()
    (folder / "logs" / "log.csv").write_text("step\n1\n")
    before = read_meta(folder)
    saved(folder, seed=1)
    assert read_meta(folder) != before
    assert (folder / "logs" / "log.csv").read_text() == "step\n1\n"
    load_checkpoint(folder)


def test_a_newer_one_takes_the_place_whole(folder: Path) -> None:
    model = lively_model("lstm")
    save_checkpoint(folder, model, alphabet(27), {})
    assert type(load_checkpoint(folder).model) is type(model)
    assert load_training(folder) == {}  # nothing of the older one is left
    assert os.listdir(folder.parent) == [folder.name]


def test_a_failed_save_leaves_the_older_one_and_no_litter(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoints, "save_file", full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        save_checkpoint(folder, lively_model("lstm"), alphabet(27), {})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert os.listdir(folder.parent) == [folder.name]


def test_a_reader_meets_the_old_or_the_new_never_a_mixture(folder: Path) -> None:
    """A page loads the model while its run goes on saving."""
    stop, read = threading.Event(), threading.Event()
    versions = [lively_model("transformer", seed=seed) for seed in range(2)]

    def keep_saving() -> None:
        for seed, model in itertools.cycle(enumerate(versions)):
            save_checkpoint(folder, model, alphabet(27), {"seed": seed})
            read.wait(PATIENCE)  # a reader that is slower than all saves would never end
            if stop.is_set():
                return
            read.clear()

    save_checkpoint(folder, versions[0], alphabet(27), {"seed": 0})
    thread = threading.Thread(target=keep_saving)
    thread.start()
    try:
        met = set()
        for look in itertools.count(1):
            checkpoint = load_checkpoint(folder)
            read.set()
            seed = checkpoint.meta["seed"]
            met.add(seed)
            weights = zip(checkpoint.model.parameters(), versions[seed].parameters(), strict=True)
            assert all(torch.equal(a, b) for a, b in weights)
            if look >= 60 and met == {0, 1}:
                break
    finally:
        stop.set()
        read.set()
        thread.join()


def test_a_card_that_moves_in_while_it_is_looked_for_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the looks before and after a load could both find none, and a mixture would pass."""
    for moved in range(3):  # before which look at the card that waits
        with monkeypatch.context() as patch:
            patch.setattr(checkpoints, "_settle", lambda folder: None)
            folder = saved(tmp_path / str(moved))
        looks, stat = itertools.count(), Path.stat

        def meanwhile(path: Path, looks=looks, moved=moved, folder=folder, stat=stat, **how):
            if path == folder / checkpoints.NEXT / "meta.json" and next(looks) == moved:
                os.rename(path, folder / path.name)
            return stat(path, **how)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "stat", meanwhile)
            assert checkpoints._version(folder) is not None


def test_saved_anew_between_any_two_looks_at_its_files_it_is_one_of_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = [lively_model("transformer", seed=seed) for seed in range(2)]
    plain, met = checkpoints.where, set()
    for cut in itertools.count():
        save_checkpoint(folder, versions[0], alphabet(27), {"seed": 0})
        looks = itertools.count()

        def where(folder: Path, name: str, looks=looks, cut=cut) -> Path:
            path = plain(folder, name)
            if next(looks) == cut:
                save_checkpoint(folder, versions[1], alphabet(27), {"seed": 1})
            return path

        with monkeypatch.context() as patch:
            patch.setattr(checkpoints, "where", where)
            checkpoint = load_checkpoint(folder)
        seed = checkpoint.meta["seed"]
        met.add(seed)
        weights = zip(checkpoint.model.parameters(), versions[seed].parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in weights)
        if next(looks) <= cut:
            break
    assert met == {0, 1}


class Killed(BaseException):
    """Nothing catches it, as nothing catches the end of a process."""


@pytest.mark.parametrize("end", [Killed(), PermissionError(13, "somebody reads it")], ids=repr)
def test_cut_short_anywhere_it_is_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    """At every call that changes a file or a folder: what is there then loads, goes on and can be
    replaced; and once whole, a new one is not lost again."""
    changes = [(os, "rename"), (os, "replace"), (Path, "unlink"), (Path, "rmdir")]
    changes += [(checkpoints, "save_file"), (Path, "write_text"), (Path, "chmod")]
    model, met = lively_model("ngram"), []
    for cut in itertools.count():
        folder, calls = saved(tmp_path / str(cut)), itertools.count()
        (folder / "logs").mkdir()
        with monkeypatch.context() as patch:
            for place, name in changes:
                plain = getattr(place, name)

                def cut_short(*given, plain=plain, calls=calls, cut=cut, **how):
                    if next(calls) == cut:
                        raise end
                    return plain(*given, **how)

                patch.setattr(place, name, cut_short)
            with contextlib.suppress(Killed, StoreUnavailable):
                save_checkpoint(folder, model, alphabet(27), {"title": "New"})
        check_replaceable(folder)
        title = load_checkpoint(folder).title
        assert load_training(folder).keys() == ({"optimizer.0.step"} if title != "New" else set())
        met.append(title == "New")
        save_checkpoint(folder, model, alphabet(27), {"title": "Newer"})
        assert load_checkpoint(folder).title == "Newer"
        kept = ["codec.json", "logs", "meta.json", "model.safetensors"]
        assert sorted(os.listdir(folder)) == kept
        if next(calls) <= cut:
            break
    assert met == sorted(met)
    assert set(met) == {False, True}


@pytest.mark.parametrize("name", ["thesis.txt", ".git", "other"])
def test_nothing_but_a_checkpoint_is_ever_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine" / name).mkdir(parents=True)
    with pytest.raises(BadCheckpoint, match=f"already holds {name}: name a new folder"):
        saved(tmp_path / "mine")
    assert os.listdir(tmp_path / "mine") == [name]


def test_a_file_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BadCheckpoint, match="is a file"):
        saved(tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_an_empty_folder_or_none_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "deep" / "down"):
        check_replaceable(folder)
        saved(folder)
        check_replaceable(folder)


# Folders that cannot be written -------------------------------------------------------------------


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((StoreUnavailable, BadCheckpoint)) as error:
        saved(tmp_path / "file" / "model")
    assert str(tmp_path / "file") in str(error.value)


def test_in_the_home_folder_the_sentence_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))

    def read_only(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(checkpoints.tempfile, "mkdtemp", read_only)
    with pytest.raises(StoreUnavailable, match=r"home folder .*Read-only.*LM_LAB_HOME"):
        saved(tmp_path / "runs" / "model")
    with pytest.raises(StoreUnavailable, match="name another folder"):
        saved(tmp_path.parent / "elsewhere" / "model")


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from lm_core.checkpoints import save_checkpoint
from lm_core.errors import StoreUnavailable
from tests.tiny import alphabet, tiny_model
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    save_checkpoint(Path(sys.argv[1]), tiny_model("lstm"), alphabet(27), {})
except StoreUnavailable as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on files are a thing of POSIX")
def test_a_disk_that_fills_while_weights_are_written(tmp_path: Path) -> None:
    """Real writes that fail half-way, inside safetensors: here by a limit on the size of files."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "model")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"{tmp_path / 'model'} cannot be written (File too large): "
        "free some space, or name another folder.\n"
    )
    assert os.listdir(tmp_path) == []


# What is refused ----------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "check the path" in refused(tmp_path / "nowhere")


def test_an_empty_folder_and_a_file(tmp_path: Path) -> None:
    assert "meta.json" in refused(tmp_path)
    (tmp_path / "file").touch()
    refused(tmp_path / "file")


@pytest.mark.parametrize("name", ["meta.json", "codec.json", "model.safetensors"])
@pytest.mark.parametrize("family", ["transformer", "ngram"])
def test_a_missing_file(tmp_path: Path, family: str, name: str) -> None:
    folder = saved(tmp_path / "model", family)
    (folder / name).unlink()
    assert name in refused(folder)


@pytest.mark.parametrize("name", ["meta.json", "codec.json", "model.safetensors"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"PK\x03\x04zip", b"[" * 100_000])
def test_a_file_that_is_something_else(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    refused(folder)


@pytest.mark.parametrize("name", ["meta.json", "codec.json", "model.safetensors"])
@pytest.mark.parametrize("family", most_slow(FAMILIES, quick=SOME))
def test_a_file_cut_short(tmp_path: Path, family: str, name: str) -> None:
    folder = saved(tmp_path / "model", family)
    whole = (folder / name).read_bytes()
    for share in (0.1, 0.5, 0.99):
        (folder / name).write_bytes(whole[: int(len(whole) * share)])
        refused(folder)


@pytest.mark.parametrize("name", ["codec.json", "model.safetensors"])
@pytest.mark.parametrize("family", most_slow(FAMILIES, quick=SOME))
def test_a_single_flipped_bit(tmp_path: Path, family: str, name: str) -> None:
    folder = saved(tmp_path / "model", family)
    whole = bytearray((folder / name).read_bytes())
    for place in range(3, len(whole), max(1, len(whole) // 23)):
        whole[place] ^= 0x10
        (folder / name).write_bytes(whole)
        refused(folder)
        whole[place] ^= 0x10


def test_a_flipped_bit_in_what_a_resumed_run_needs(folder: Path) -> None:
    data = bytearray((folder / "training.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "training.safetensors").write_bytes(data)
    with pytest.raises(BadCheckpoint, match="damaged"):
        load_training(folder)
    load_checkpoint(folder)  # the model itself is sound


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 2),
        ("format", None),
        ("model", None),
        ("model", {"name": ["transformer"]}),
        ("model", {}),
        ("sizes", {"vocab_size": "27"}),
        ("sizes", {"vocab_size": 0}),
        ("sizes", {"vocab_size": 10**12}),
        ("sizes", {"vocab_size": 26}),
        ("sizes", {"n_classes": 27}),
        ("sizes", {}),
        ("sizes", 27),
        ("task", {"name": "next-token", "colour": "red"}),
        ("sha256", "none"),
        ("sha256", {"model.safetensors": "0" * 64}),
    ],
)
def test_a_card_that_does_not_hold_together(folder: Path, key: str, value: object) -> None:
    edit_meta(folder, lambda meta: meta.update({key: value}))
    refused(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "transfomer"}, "did you mean 'transformer'"),
        ({"n_layers": 2}, "did you mean 'n_layer'"),
        ({"n_layer": 10**9}, "n_layer must be from 1 to 48"),
        ({"n_layer": 10**400}, "not JSON of the lab's"),
        ({"dropout": 10**400}, "not JSON of the lab's"),
        ({"n_layer": 10**18}, "n_layer must be"),
        ({"dropout": 10**18}, "dropout must be"),
        ({"n_layer": "two"}, "n_layer must be a whole number"),
        ({"n_embd": 4096, "n_layer": 48, "n_head": 64}, "do not fit its description"),
        ({"n_layer": 1}, "do not fit its description"),
        ({"n_layer": 3}, "do not fit its description"),
    ],
)
def test_a_model_that_cannot_be_built(folder: Path, change: dict, said: str) -> None:
    edit_meta(folder, lambda meta: meta["model"].update(change))
    assert said in refused(folder)


def test_a_description_of_any_size_costs_no_memory(folder: Path) -> None:
    """Forty gigabytes are described; the file is empty, or holds one small part of them."""
    huge = {"n_embd": 4096, "n_layer": 48, "n_head": 64}
    edit_meta(folder, lambda meta: meta["model"].update(huge))
    made = []
    plain = torch.nn.Embedding.__init__

    def watched(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        made.append(self.weight.device.type)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.Embedding, "__init__", watched)
        for tensors in ({}, {"head.weight": torch.zeros(27, 4096)}):
            save_file(tensors, folder / "model.safetensors")
            assert "do not fit" in refused(folder)
    assert made == ["meta", "meta"]


def test_weights_that_are_no_numbers(folder: Path) -> None:
    for value in (float("nan"), float("inf")):
        edit_weights(saved(folder), lambda t, v=value: t["head.weight"].view(-1)[3].fill_(v))
        assert "not all numbers" in refused(folder)


@pytest.mark.parametrize("family", most_slow(FAMILIES, quick=SOME))
def test_weights_too_many_too_few_or_of_another_shape(tmp_path: Path, family: str) -> None:
    folder = tmp_path / "model"

    def first(tensors: dict) -> str:
        return sorted(tensors)[0]

    for change in (
        lambda t: t.update(more=torch.zeros(1)),
        lambda t: t.pop(first(t)),
        lambda t: t.update({first(t): torch.zeros(1, 2, 3)}),
        lambda t: t.clear(),
    ):
        edit_weights(saved(folder, family), change)
        refused(folder)


def test_the_tokenizer_of_another_model(folder: Path, tmp_path: Path) -> None:
    other = save_checkpoint(tmp_path / "other", lively_model("lstm", 30), alphabet(30), {})
    shutil.copy(other / "codec.json", folder)
    assert "27 tokens and its codec has 30" in refused(folder)


def test_the_tokenizer_of_another_model_of_the_same_size(folder: Path) -> None:
    tokenizer = json.loads((folder / "codec.json").read_text())
    tokenizer["chars"][-1] = "é"
    (folder / "codec.json").write_text(json.dumps(tokenizer))
    assert "belongs to another model" in refused(folder)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("meta.json", "MOST_META_BYTES"),
        ("codec.json", "MOST_CODEC_BYTES"),
        ("model.safetensors", "MOST_WEIGHT_BYTES"),
    ],
)
def test_a_file_far_too_large_is_not_even_read(folder: Path, name: str, limit: str) -> None:
    with (folder / name).open("r+b") as file:  # a hole, which takes no space on the disk
        file.truncate(getattr(checkpoints, limit) + 1)
    assert "bytes: it is none of" in refused(folder)


# No code comes out of a file ----------------------------------------------------------------------


def test_nothing_in_the_library_unpickles() -> None:
    """No pickle, no torch.load, no eval: by their names, wherever they stand in the source."""
    banned = {"pickle", "dill", "joblib", "cloudpickle", "marshal", "shelve", "eval", "exec"}
    found = []
    for path in sorted(Path(lm_core.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    used = {alias.name.split(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module)):
                    used = {module.split(".")[0]}
                case ast.Call(func=ast.Name(id=name)):
                    used = {name}
                case ast.Attribute(value=ast.Name(id="torch"), attr="load" | "save" as name):
                    found.append((path.name, f"torch.{name}"))
                    continue
                case _:
                    continue
            found += [(path.name, name) for name in used & banned]
    assert found == []


def test_an_unknown_family_is_named_with_the_nearest() -> None:
    from lm_core.errors import UnknownName

    with pytest.raises(UnknownName, match="did you mean 'lstm'"):
        build_model("lsmt", {}, 27)
