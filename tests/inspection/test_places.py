"""How alike two places are, and a pair turned back."""

import math

import pytest
import torch

from lm_core.inspection import views_of_text
from lm_core.inspection.places import alike, degrees, made, positions_of, turned, vectors
from lm_core.models.positions import alibi_bias
from tests.tiny import alphabet, lively_model, some_ids

V = 27


def test_sinusoids_are_as_alike_as_their_distance_says() -> None:
    model = lively_model("transformer", V, position="sinusoidal")
    positions = positions_of(model)
    (line,) = alike(positions)
    C = model.settings.n_embd
    for d in (0, 1, 7, 15):
        mean = sum(math.cos(d / 10_000 ** (2 * i / C)) for i in range(C // 2)) / (C // 2)
        assert float(line.by_distance[d]) == pytest.approx(mean, abs=1e-5)
    assert torch.equal(vectors(positions), positions.table)


def test_rotary_is_as_alike_as_its_angles_say() -> None:
    model = lively_model("transformer", V)
    (line,) = alike(positions_of(model))
    D = model.settings.n_embd // model.settings.n_head
    for d in (0, 1, 9):
        mean = sum(math.cos(d / 10_000 ** (2 * i / D)) for i in range(D // 2)) / (D // 2)
        assert float(line.by_distance[d]) == pytest.approx(mean, abs=1e-5)
    shown = vectors(positions_of(model))
    assert shown.shape == (16, D)
    assert float(shown[3, 1]) == pytest.approx(math.cos(3 / 10_000 ** (2 / D)), abs=1e-6)
    assert float(shown[3, 1 + D // 2]) == pytest.approx(math.sin(3 / 10_000 ** (2 / D)), abs=1e-6)


def test_learned_places_are_those_of_the_model() -> None:
    model = lively_model("transformer", V, position="learned")
    table = model.positions.table.weight.detach()
    (line,) = alike(positions_of(model))
    cosines = [float(torch.cosine_similarity(table[t], table[t + 3], 0)) for t in range(13)]
    assert float(line.by_distance[3]) == pytest.approx(sum(cosines) / 13, abs=1e-5)
    assert torch.equal(vectors(positions_of(model)), table)


def test_alibi_fades_by_what_it_adds_to_the_scores() -> None:
    model = lively_model("transformer", V, position="alibi")
    bias = alibi_bias(model.positions.slopes, 16, 16)
    lines = alike(positions_of(model))
    assert [line.head for line in lines] == [0, 1]
    for line in lines:
        assert torch.allclose(line.by_distance[:16], bias[line.head, 15].flip(0).exp())
    assert vectors(positions_of(model)) is None


def test_no_places_and_no_positions() -> None:
    assert alike(positions_of(lively_model("transformer", V, position="none"))) == []
    assert positions_of(lively_model("lstm", V)) is None


@pytest.mark.parametrize("kind", ["sinusoidal", "rotary", "alibi"])
def test_another_way_is_as_a_model_of_this_size_would_have_it(kind: str) -> None:
    other = lively_model("transformer", V, position=kind)
    found = made(kind, lively_model("transformer", V, position="none"))
    for one, two in zip(alike(found), alike(other.positions), strict=True):
        assert torch.equal(one.by_distance, two.by_distance)


def test_a_pair_is_turned_by_its_place_and_keeps_its_length() -> None:
    model = lively_model("transformer", V)
    (view,) = views_of_text(model, some_ids(6, V), alphabet(V))
    plain = lively_model("transformer", V, position="none")
    plain.load_state_dict(model.state_dict())
    (still,) = views_of_text(plain, some_ids(6, V), alphabet(V))
    for place, pair in ((0, 0), (5, 0), (4, 3)):
        # In the first layer nothing has been looked at, so that only the turn differs.
        one = turned(model.positions, view.q[0, 1, place], place, pair)
        before = still.q[0, 1, place, [pair, pair + 8]]
        torch.testing.assert_close(one.before, before, atol=1e-5, rtol=1e-4)
        assert float(one.after.norm()) == pytest.approx(float(before.norm()), abs=1e-5)
        angle = math.atan2(*one.after.flip(0).tolist()) - math.atan2(*one.before.flip(0).tolist())
        assert math.cos(angle) == pytest.approx(math.cos(one.angle), abs=1e-4)
        assert math.sin(angle) == pytest.approx(math.sin(one.angle), abs=1e-4)
    with pytest.raises(IndexError):
        turned(model.positions, view.q[0, 0, 0], 0, 8)


def test_degrees_go_round() -> None:
    assert degrees(math.pi) == pytest.approx(180)
    assert degrees(5 * math.pi / 2) == pytest.approx(90)
