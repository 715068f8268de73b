"""Fetching a corpus while the page stays alive: a thread of its own, watched by a fragment."""

import threading
from importlib import import_module

import streamlit as st

from lm_core.errors import LabError
from lm_core.registry import Entry
from pages._ui.shared.alone import alone
from pages._ui.shared.plain import plain

NEEDS = ("lm_core.corpora", "pooch", "requests")
_EVERY = 0.5  # seconds between two looks at a running download


class Download:
    """One corpus on its way to this machine. The page only ever reads it, or asks it to stop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.so_far, self.total = 0, 0  # bytes
        self.error = ""  # the sentence to show, "" while nothing went wrong
        self._defect: BaseException | None = None
        self._stopped = threading.Event()
        for name in NEEDS:  # here: threads that import at once may be handed half-made modules
            import_module(name)
        self._thread = threading.Thread(target=self._fetch, name=f"fetch {name}", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ask it to end; nothing of it is kept."""
        self._stopped.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        self._thread.join(seconds)

    def check(self) -> None:
        """Let a defect of ours surface on the page instead of ending in a thread nobody reads."""
        if self._defect is not None:
            raise self._defect

    def _fetch(self) -> None:
        from lm_core.corpora import Cancelled, load_corpus

        try:
            load_corpus(self.name, progress=self._progress)
        except Cancelled:
            return
        except LabError as error:
            self.error = str(error)
        except BaseException as error:
            self._defect = error

    def _progress(self, so_far: int, total: int) -> None:
        from lm_core.corpora import Cancelled

        self.so_far, self.total = so_far, total
        if self._stopped.is_set():
            raise Cancelled


def download_card(entry: Entry, *, key: str) -> None:
    """What a corpus is, how large and under which licence, with a button that fetches it; of one
    that comes with a package, what to install."""
    info, slot = entry.extra["info"], f"download-{entry.name}"
    download: Download | None = st.session_state.get(slot)
    told = f"{entry.idea} Licence: {info.licence} Source: {info.source}"
    with st.container(border=True):
        if info.how != "download":
            st.markdown(f"**{info.title}** is not installed here: {info.size}.")
            st.caption(plain(told))
            wanted = [source.missing for source in entry.extra["sources"]() if not source.find()]
            st.info(plain(f"{' '.join(wanted)} Then begin the lab again."))
            return
        st.markdown(f"**{info.title}** has to be downloaded once: {info.size}.")
        st.caption(told)
        if download is not None and download.running:
            alone(_watch, run_every=_EVERY)(slot, key)
            return
        if download is not None:
            download.check()
            if download.error:
                st.error(plain(download.error))
        if st.button("Download", key=f"{key}-download"):
            st.session_state[slot] = Download(entry.name)
            st.rerun()


def _watch(slot: str, key: str) -> None:
    download: Download | None = st.session_state.get(slot)
    if download is None or not download.running:
        st.rerun()
    share = min(1.0, download.so_far / download.total) if download.total else 0.0
    st.progress(share, text=_words(download))
    if st.button("Cancel", key=f"{key}-cancel"):
        download.stop()
        del st.session_state[slot]  # it ends by itself at its next chunk
        st.rerun()


def _words(download: Download) -> str:
    from lm_core.charts.words import bytes_size

    if not download.total:
        return "Asking the server …"
    return f"{bytes_size(download.so_far)} of {bytes_size(download.total)}"
