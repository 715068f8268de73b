"""The front door: navigation, nothing else. Start with `streamlit run app.py`."""

import streamlit as st

from pages._ui.shared import (
    address,
    everywhere,
    first_name,
    held,
    language,
    looks,
    one_lock,
    overtaken,
    screens,
    session,
)
from pages._ui.shared.in_turn import DOOR

held.install()
looks.install()
overtaken.install()
one_lock.install()
if __name__ != "__main__":  # once for the server, which then runs this file for each visit
    from starlette.middleware import Middleware

    from pages._ui.shared.cookie import VisitorCookie
    from pages._ui.shared.first_screen import HomeToRoot
    from pages._ui.shared.serving import served

    around = [Middleware(HomeToRoot), Middleware(VisitorCookie)]
    app = st.App(__file__, middleware=around, lifespan=served)
else:
    # What they keep for all pages asks for a server that runs.
    from pages._ui.lesson import link as lesson
    from pages._ui.lesson.panel import panel
    from pages._ui.shared import given_models

    session.begin()
    language.switch()

    page = st.navigation(
        {
            "Start": [
                screens.page("pages/home.py", title="Home", default=True),
                screens.page("pages/lessons.py", title="Lessons"),
            ],
            "Look": [
                screens.page("pages/dataset_explorer.py", title="Dataset explorer"),
                screens.page("pages/tokenizers.py", title="Tokenizers"),
                screens.page("pages/metrics.py", title="Metrics"),
                screens.page("pages/counting.py", title="Counting"),
            ],
            "Learn": [
                screens.page("pages/train.py", title="Train"),
                screens.page("pages/doctor.py", title="Doctor"),
                screens.page("pages/compare.py", title="Compare"),
                screens.page("pages/architectures.py", title="Architectures"),
            ],
            "See inside": [
                screens.page(
                    "pages/from_averaging_to_attention.py", title="From averaging to attention"
                ),
                screens.page("pages/attention.py", title="Attention"),
                screens.page("pages/memory.py", title="Memory"),
                screens.page("pages/embeddings_and_layers.py", title="Embeddings and layers"),
                screens.page("pages/tensors.py", title="Tensors"),
            ],
            "Write": [
                screens.page("pages/generate_text.py", title="Generate text"),
                screens.page("pages/generate_names.py", title="Generate names"),
                screens.page("pages/reading.py", title="Read with the model's eyes"),
                screens.page("pages/translate.py", title="Translate"),
            ],
            "Adapt": [
                screens.page("pages/fine_tune.py", title="Fine-tune"),
                screens.page("pages/quantize.py", title="Quantize"),
                # In no list: the teacher has its address, and the projector its own
                screens.page("pages/teacher.py", title="Teacher", visibility="hidden"),
                screens.page("pages/spotlight.py", title="Shown to the class", visibility="hidden"),
            ],
            "Foundations": [
                screens.page("pages/arrays_and_tensors.py", title="Arrays and tensors"),
                screens.page("pages/slopes.py", title="Slopes"),
                screens.page("pages/neuron.py", title="One neuron"),
                screens.page("pages/autograd.py", title="Autograd"),
                screens.page(
                    "pages/activations_and_optimizers.py", title="Activations and optimizers"
                ),
                screens.page("pages/mlp_from_scratch.py", title="An MLP from scratch"),
            ],
            "Beyond text": [
                screens.page("pages/forecast.py", title="Forecast"),
                screens.page("pages/tables.py", title="Tables"),
                screens.page("pages/digits.py", title="Digits"),
                screens.page("pages/gan.py", title="GAN"),
                screens.page("pages/masks.py", title="Masks"),
                screens.page("pages/age_from_a_face.py", title="Age from a face"),
                screens.page("pages/image_bench.py", title="Image bench"),
                screens.page("pages/boxes.py", title="Boxes"),
                screens.page("pages/upsampling.py", title="Making pictures larger"),
            ],
            "Teach": [
                screens.page("pages/lesson_builder.py", title="Make a lesson"),
                screens.page("pages/check_machine.py", title="Check this machine"),
            ],
        },
        expanded=True,  # otherwise what is last, writing, would be hidden behind "View more"
    )
    screen = page.url_path or "home"
    wrong = lesson.begin(screen)
    address.check()
    everywhere.begin(page)
    first_name.ask(page.url_path)
    with DOOR.turn(), session.mending(), session.importing():
        given_models.begin()
        if panel(page.title, screen, wrong):
            with address.leaving():  # while it waits for an answer it has read nothing of it yet
                page.run()
