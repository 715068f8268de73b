"""The looks of Dataset explorer at speeches, with the figures of the library."""

import pytest
from playwright.sync_api import Page, expect

from lm_core.corpora import load_corpus
from lm_core.corpora.collocations import collocations
from lm_core.corpora.concordance import concordance
from lm_core.corpora.groups import counts_by, groupings
from lm_core.corpora.indexed import indexed, joined
from lm_core.corpora.log_odds import typical
from lm_core.tokenizers.word import split_words
from tests.browser.conftest import at_rest

pytestmark = pytest.mark.browser


def choose(page: Page, name: str) -> None:
    """One of a row of choices, and wait until it is the chosen one."""
    radio = page.get_by_role("radio", name=name, exact=True)
    radio.click()
    expect(radio).to_be_checked()


@pytest.mark.slow
def test_the_looks_at_speeches_have_the_figures_of_the_library(page: Page) -> None:
    corpus = load_corpus("speeches")
    parts = indexed(corpus.splits, split_words)
    words = joined(parts.values())
    page.goto("/dataset_explorer?text=speeches&explorer-look=Search&explorer-search=liberty")
    at_rest(page)
    choose(page, "Words in context")
    found = concordance(words, ["liberty"])
    said = f"stands {found.total:,} times, in {found.texts:,} of 237 documents"
    expect(page.get_by_text(said)).to_be_visible()
    choose(page, "Phrases")
    choose(page, "Which go together")
    top = collocations(parts["train"], least=5).iloc[0]
    said = f"“{top['first']} {top['second']}” leads with {top['PMI (bits)']:.1f} bits"
    expect(page.get_by_text(said)).to_be_visible()
    choose(page, "Typical words")
    counts = counts_by(words, groupings(corpus)["president"])
    lincoln = counts.pop("Abraham Lincoln")
    top = typical(words.types, lincoln, sum(counts.values())).iloc[0]
    said = f"“{top['word']}” comes {top['in the part']:,} times in this part (Abraham Lincoln)"
    expect(page.get_by_text(said)).to_be_visible()
    choose(page, "Splits")
    choose(page, "What leaks")
    at_rest(page)
    expect(page.get_by_text("as it is").first).to_be_attached()
    choose(page, "What the model sees")
    at_rest(page)
    choose(page, "Cleaning")
    page.get_by_text("Lower case", exact=True).click()
    page.get_by_role("button", name="Train on the cleaned text").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="Lower case")).to_be_checked()
