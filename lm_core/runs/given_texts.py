"""Texts of a visitor's own: given, called otherwise, deleted."""

from lm_core.corpora import AnyCorpus
from lm_core.corpora.own import own_key, own_name, remove_own, save_own
from lm_core.errors import BadSettings, LabError, StoreUnavailable
from lm_core.runs import limits
from lm_core.runs.prepare import forget
from lm_core.runs.quota import check_texts, reads
from lm_core.runs.store import RunStore


class GivenTexts:
    """What a visitor may ask of their own texts."""

    store: RunStore

    def give_text(self, corpus: AnyCorpus, owner: str, title: str = "") -> str:
        """Store an own text, which is this visitor's from now on; its SHA-256.

        Args:
            title: what they call it; "" is what the corpus is called.

        Raises:
            LabError: they have too many already, or the store cannot be written.
        """
        text, info = own_key(corpus.info.name), corpus.info
        title = limits.title(title) or info.title
        check_texts(self.store.texts.of(owner), corpus)
        self.store.texts.add(owner, text, title, info.kind)  # first: it is needed from here on
        try:
            return save_own(corpus)
        except StoreUnavailable:
            self.store.texts.remove(owner, text)
            raise

    def rename_text(self, text: str, owner: str, title: str) -> None:
        """Raises LabError: the title says nothing, or the text is none of theirs."""
        title = limits.title(title)
        if not title:
            raise BadSettings("A text needs a name: write one.")
        self.store.texts.rename(owner, text, title)

    def delete_text(self, text: str, owner: str) -> None:
        """A text of a visitor's is gone from their list; what is stored of it too, unless somebody
        else gave the same. Models that learned it stay.

        Raises:
            LabError: a run of theirs is reading it, it is none of theirs, or it cannot be deleted.
        """
        if any(r.active and reads(r, text) for r in self.store.runs_of(owner)):
            raise LabError("A run that reads this text is still going: stop it first.")

        def last() -> None:
            remove_own(text)
            forget(own_name(text))

        self.store.texts.remove(owner, text, last)
