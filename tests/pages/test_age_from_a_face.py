"""The screen Age from a face: drawn faces, a folder, splits, networks, patches, an answer."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from lm_core.doctor.plan import Plan
from lm_core.pictures.faces import draw_face
from lm_core.runs.manager import RunManager
from lm_core.training import Budget
from pages._ui.ages import own, patches, recipe, training
from tests.pages.screens import finished, first_table, said, sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
VIEWS = (
    *("Explore", "Split", "Train and judge", "Patches as tokens", "Picture in, age out"),
    *("Transforms", "Your own pictures", "Still to be tried", "What others did"),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(view: int = 0, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["ages-view"] = VIEWS[view]
    for name, value in address.items():
        app.query_params[f"ages-{name}"] = value
    app.switch_page("pages/age_from_a_face.py").run()
    return sound(app)


def picture(seed: int = 0) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (32, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_privacy_and_bias_stand_before_the_first_button() -> None:
    app = opened()
    assert "consent" in app.warning[0].value
    assert "No photographs" in app.warning[0].value
    kinds = [one.type for one in app.main]
    first = kinds.index("warning")
    assert all("button" not in kind for kind in kinds[:first])
    assert any("button" in kind for kind in kinds[first:])


def test_drawn_faces_are_explored() -> None:
    app = opened(age="70")
    labels = first_table(app, "file")
    assert labels["age"].tolist()[:3] == [draw_face(n).age for n in range(3)]
    assert first_table(app, "pictures")["pictures"].sum() == len(labels)
    cross = first_table(app, "thick")
    assert cross[["thick", "thin"]].to_numpy().sum() == len(labels)


def test_a_folder_is_read_and_what_is_wrong_with_it_is_a_sentence() -> None:
    app = opened(**{"from": "A folder of my own"})
    assert "Choose the files" in app.info[0].value
    upload = app.get("file_uploader")[0]
    files = [(f"{age}_{age % 2}_1_20170116.png", picture(age), "image/png") for age in (20, 31, 44)]
    upload.set_value(files).run()
    assert first_table(sound(app), "file")["age"].tolist() == [20, 31, 44]
    upload = app.get("file_uploader")[0]
    upload.set_value([("25_0_1_2017.png", b"no picture", "image/png")]).run()
    assert not app.exception
    assert "0 of 1 pictures can be used" in app.error[0].value
    assert app.get("file_uploader")[0].value[0].name == "25_0_1_2017.png"  # nothing is lost
    app.get("file_uploader")[0].set_value([face(0)]).run()
    assert not app.exception
    assert "1 of 1 pictures can be used, and at least 2 are needed" in app.error[0].value


def test_pictures_whose_ages_are_missing_are_left_out_and_said() -> None:
    app = opened(**{"from": "A folder of my own"})
    ages = b"file,age\na.png,31\nb.png,\nc.png,44\n"
    files = [(f"{name}.png", picture(), "image/png") for name in "abcd"]
    upload = app.get("file_uploader")[0]
    upload.set_value([*files, ("ages.csv", ages, "text/csv")]).run()
    assert first_table(sound(app), "file")["age"].tolist() == [31, 44]
    notes = " ".join(one.value for one in app.caption)
    assert "1 rows of the CSV have no age from 0 to 120" in notes
    assert "Of 2 pictures the CSV says no age: they are left out." in notes
    app.get("file_uploader")[0].set_value(files).run()
    assert not app.exception
    assert "give more pictures with an age, named like 25_0_2" in app.error[0].value


def test_the_split_is_eighty_ten_ten() -> None:
    app = opened(1)
    assert "480 train, 60 validation, 60 test" in said(app)
    names = [one.label for one in app.get("download_button")]
    assert {"train_set.csv", "valid_set.csv", "test_set.csv"} <= set(names)


def test_the_mean_stands_there_before_anything_is_trained() -> None:
    app = opened(2)
    (row,) = first_table(app, "mean error (years)").to_dict("records")
    assert row["network"].startswith("always the mean")
    assert 10 < row["mean error (years)"] < 30
    assert first_table(app, "group")["group"].tolist() == ["bright", "dim"]
    app.button_group(key="ages-by").set_value("age").run()
    assert len(first_table(sound(app), "group")) == 4


def test_patches_are_tokens_and_attention_over_them_sums_to_one() -> None:
    app = opened(3, patch="10")
    assert "4 × 4 = 16 tokens" in said(app)
    assert len(first_table(app, "mean brightness")) == 16
    shown = first_table(app, "attention")["attention"]
    face = draw_face(1800)
    weights = patches.looked(patches.untrained(10), face.pixels)[-1][0]
    assert weights.sum() == pytest.approx(1)
    assert shown.tolist() == pytest.approx(weights[1:].tolist())


def test_a_picture_goes_in_and_comes_out_annotated() -> None:
    app = opened(4, number="1850")
    assert f"drawn from {draw_face(1850).age}" in said(app)
    app.get("file_uploader")[0].set_value(("me.png", picture(), "image/png")).run()
    assert any("drawings alone" in one.value for one in sound(app).warning)
    app.get("file_uploader")[0].set_value(("me.png", b"text", "image/png")).run()
    assert "no picture" in app.error[0].value


def test_transforms_change_pixels_and_say_their_numbers() -> None:
    app = opened(5)
    rows = first_table(app, "standard deviation").set_index("picture")
    assert rows.loc["resized", "least"] >= 0
    assert rows.loc["resized", "most"] <= 1
    assert rows.loc["normalised", "least"] < 0
    copies = first_table(app, "copy")
    assert len(copies) == 8
    assert copies["mean"].nunique() > 4


def face(number: int) -> tuple[str, bytes, str]:
    """A drawn face, named as UTKFace names its files."""
    drawn, out = draw_face(number), io.BytesIO()
    Image.fromarray((255 * drawn.pixels).round().astype(np.uint8)).save(out, "PNG")
    return f"{drawn.age}_{number % 2}_0_2017{number:04}.png", out.getvalue(), "image/png"


def test_own_pictures_are_kept_when_asked_trained_on_and_judged() -> None:
    app = opened(6, **{"from": "A folder of my own"})
    assert "Nothing of yours is kept yet" in app.info[-1].value
    app.get("file_uploader")[0].set_value([face(n) for n in range(30)]).run()
    sound(app.button(key="ages-own-keep").click().run())
    (row,) = first_table(app, "all").to_dict("records")
    assert row["network"] == "always the mean"
    sha = app.selectbox(key="ages-own-data").value
    spec = own.spec_of("Residual CNN", sha)
    small = replace(spec.model, n_filter=4, n_layer=1)
    finished(app, replace(spec, model=small, budget=Budget(steps=3)))
    sound(app.run())
    assert len(first_table(app, "all")) == 2

    # What it learned is asked about any picture, with how far off it is on its own.
    off = first_table(app, "all")["all"].tolist()
    app.button_group(key="ages-view").set_value("Picture in, age out").run()
    app.get("file_uploader")[0].set_value(("me.png", picture(), "image/png")).run()
    (warned,) = [one.value for one in sound(app).warning if "On those kept" in one.value]
    assert f"{off[1]:.1f} years off on average" in warned
    assert f"the mean is {off[0]:.1f} years off" in warned
    assert not any("drawings alone" in one.value for one in app.warning)

    # Where it looks, what moves it, and how it does on what it did not learn from.
    app.button_group(key="ages-view").set_value("Still to be tried").run()
    app.slider(key="ages-square").set_value(20).run()
    assert len(first_table(sound(app), "years more")) == 4
    carried = first_table(app, "drawn faces")
    assert carried["network"].tolist() == ["always the mean of its own", "Yours: Mine"]
    assert carried["My pictures"].tolist() == pytest.approx(off)


def test_the_recipe_is_examined_with_the_numbers_of_the_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F56 to F58: 1,000 samples, rates of the third step, rates times decays of the fourth."""
    asked = []

    def start(self, spec, owner, **more):
        asked.append((spec, more))
        return "0" * 12

    monkeypatch.setattr(RunManager, "start", start)
    opened(2).button(key="ages-doctor").click().run()
    ((spec, more),) = asked
    assert spec == recipe.second_step(training.spec_of("Residual CNN"))
    assert more["kind"] == "doctor"
    plan = Plan.from_dict(more["options"])
    assert plan.steps == ("init", "overfit", "lr", "grid")
    assert plan.rates == (0.001, 0.0005, 0.0001)
    assert plan.lrs == (0.0005, 0.0008, 0.001)
    assert (plan.decays, plan.random) == ((1e-4, 1e-5, 0), 0)


def test_what_others_published_is_told_with_its_source() -> None:
    """AGE-16: seven publications and the figures they report, with where that is told."""
    app = opened(8)
    rows = table(app, "an age is").set_index("name of the publication")
    assert len(rows) == 7
    assert "0.22 on CLAP2015" in rows.loc["SwinFace", "figures it reports"]
    assert rows.loc["CORAL", "an age is"] == "one rank of many"
    sizes = table(app, "number of people").set_index("name of the collection")
    assert sizes.loc["MORPH"].tolist()[:4] == [55_134, 13_617, 16, 77]
    assert "As told by seed 002" in said(app)


def test_the_second_step_has_the_numbers_of_the_source() -> None:
    """F58: 1,000 samples, five at a time, five epochs, by SGD with momentum."""
    spec = recipe.second_step(training.spec_of("Residual CNN"))
    assert spec.task.few == 1000
    assert spec.train.batch_size == 5
    assert spec.budget.steps * spec.train.batch_size == 5 * 1000
    assert spec.train.lr == 0.001
    assert spec.train.optimizer == "sgd-momentum"
    named = training.of_network("ResNet-50")
    assert named == ("published", {"network": "resnet-50"})
