"""Each screen that looks at texts, tokens and metrics, in a browser: a number that the course
prints, or that the library gives, stands there, and axe finds nothing serious. One view a screen is
looked at each time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora import load_corpus
from lm_core.encoded import encode_documents
from lm_core.evaluation import evaluate
from lm_core.tokenizers.gpt2 import gpt2
from pages._ui.reading.asked import TEXTS
from pages._ui.reading.gaps import filled
from pages._ui.shared import models
from pages._ui.tokenizers import effect
from pages._ui.write import scoring
from tests.browser.conftest import at_rest
from tests.browser.test_access import PHONE, found
from tests.marks import most_slow

pytestmark = pytest.mark.browser

SENTENCE = "We the _ of the United States"


def rows_of_contexts() -> str:
    """Of three characters, week 10 of the course."""
    return f"27 signs to the power 3 are {27**3:,} rows"


def none_leaks() -> str:
    names = load_corpus("names").splits
    both = set(names["train"]) & set(names["validation"])
    return f"{len(both):,} of {len(names['validation']):,} validation items also stand in train"


def ids_of_gpt2() -> str:
    """The third token of "hii there", week 14."""
    assert gpt2().encode("hii there").tolist() == [71, 4178, 612]
    return "·there612"


def misled() -> str:
    """Two tokenizers that bits per byte and perplexity put the other way round."""
    said = effect.misled(effect.studied(0)).replace("**", "")
    return said[said.index("Under ") : said.index(";")]


def accuracy() -> str:
    """The report of three classes."""
    return "accuracy = (1 + 0 + 2) / 5 = 0.6000"


def perplexity() -> str:
    saved = load_checkpoint(models.SHIPPED / "speeches-transformer")
    score = evaluate(saved.model, encode_documents([TEXTS[False]], saved.tokenizer, items=False))
    return f"{score.perplexity:.3f}"


def best_fill() -> str:
    (one,) = (one for one in models.shipped() if one.family == "encoder")
    return filled(one, SENTENCE).best


def odds() -> str:
    (one,) = (one for one in models.shipped() if one.folder.name == "names-transformer")
    return scoring.in_all(scoring.score(one, "anna").nats).partition("**")[2].partition("**")[0]


VIEWS: dict[str, tuple[str, Callable[[], str]]] = {
    "contexts": ("dataset_explorer?text=names&explorer-look=What+the+model+sees", rows_of_contexts),
    "splits": ("dataset_explorer?text=names&explorer-look=Splits", none_leaks),
    "tokens": ("tokenizers?text=names&tokenizers-own=hii+there", ids_of_gpt2),
    "effect": ("tokenizers?text=names&tokenizers-look=Effect+on+the+loss", misled),
    "pairs": ("counting", lambda: "2.4540 nats"),
    "counted line": ("counting?counting-part=Learned+instead", lambda: "counted 2.4540"),
    "die": ("metrics", lambda: "1.35678"),
    "confusion": (
        "metrics?metrics-part=Classification",
        accuracy,
    ),
    "BLEU": ("metrics?metrics-part=Translation+and+summaries", lambda: "0.190888"),
    "a text": ("reading", perplexity),
    "gaps": (
        "reading?reading-model=Transformer+encoder,+State+of+the+Union+addresses"
        f"&reading-gaps-text={SENTENCE.replace(' ', '+')}",
        best_fill,
    ),
    "a name": (
        "generate_names?generate_names-name=anna&generate_names-scorer=Transformer",
        odds,
    ),
}


@pytest.mark.parametrize(
    "view", most_slow(VIEWS, quick=("contexts", "tokens", "pairs", "a text", "a name"))
)
def test_a_number_of_each_view_is_that_of_the_course_or_the_library(page: Page, view: str) -> None:
    where, said = VIEWS[view]
    page.goto(f"/{where}")
    expect(page.get_by_text(said()).first).to_be_visible()
    at_rest(page)
    page.mouse.move(0, 0)  # what is hovered over or has the focus is Streamlit's own colour
    page.evaluate("document.activeElement.blur()")
    assert found(page) == []
    page.set_viewport_size(PHONE)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "row"),
    [
        ("dataset_explorer?text=speeches", "explorer-look"),
        ("tokenizers?text=names", "tokenizers-look"),
        ("counting", "counting-part"),
        ("metrics", "metrics-part"),
    ],
)
def test_axe_finds_nothing_serious_in_any_look_of_a_screen(
    page: Page, where: str, row: str
) -> None:
    page.goto(f"/{where}")
    at_rest(page)
    radios, wrong = page.locator(f".st-key-{row} [role=radio]"), {}
    assert radios.count() > 2
    for place in range(radios.count()):
        radios.nth(place).click()
        expect(radios.nth(place)).to_be_checked()
        at_rest(page)
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        if more := found(page):
            wrong[radios.nth(place).inner_text()] = more
    assert wrong == {}
