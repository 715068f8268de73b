"""The front door: navigation, nothing else. Start with `streamlit run app.py`."""

import streamlit as st

from pages._ui.shared import (
    address,
    everywhere,
    first_name,
    held,
    language,
    looks,
    session,
)
from pages._ui.shared.in_turn import DOOR

held.install()
looks.install()
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
                st.Page("pages/home.py", title="Home", default=True),
                st.Page("pages/lessons.py", title="Lessons"),
            ],
            "Look": [
                st.Page("pages/dataset_explorer.py", title="Dataset explorer"),
                st.Page("pages/tokenizers.py", title="Tokenizers"),
                st.Page("pages/metrics.py", title="Metrics"),
                st.Page("pages/counting.py", title="Counting"),
            ],
            "Learn": [
                st.Page("pages/train.py", title="Train"),
                st.Page("pages/doctor.py", title="Doctor"),
                st.Page("pages/compare.py", title="Compare"),
                st.Page("pages/architectures.py", title="Architectures"),
            ],
            "See inside": [
                st.Page(
                    "pages/from_averaging_to_attention.py", title="From averaging to attention"
                ),
                st.Page("pages/attention.py", title="Attention"),
                st.Page("pages/memory.py", title="Memory"),
                st.Page("pages/embeddings_and_layers.py", title="Embeddings and layers"),
                st.Page("pages/tensors.py", title="Tensors"),
            ],
            "Write": [
                st.Page("pages/generate_text.py", title="Generate text"),
                st.Page("pages/generate_names.py", title="Generate names"),
                st.Page("pages/reading.py", title="Read with the model's eyes"),
                st.Page("pages/translate.py", title="Translate"),
            ],
            "Adapt": [
                st.Page("pages/fine_tune.py", title="Fine-tune"),
                st.Page("pages/quantize.py", title="Quantize"),
                # In no list: the teacher has its address, and the projector its own
                st.Page("pages/teacher.py", title="Teacher", visibility="hidden"),
                st.Page("pages/spotlight.py", title="Shown to the class", visibility="hidden"),
            ],
            "Foundations": [
                st.Page("pages/arrays_and_tensors.py", title="Arrays and tensors"),
                st.Page("pages/slopes.py", title="Slopes"),
                st.Page("pages/neuron.py", title="One neuron"),
                st.Page("pages/autograd.py", title="Autograd"),
                st.Page("pages/activations_and_optimizers.py", title="Activations and optimizers"),
                st.Page("pages/mlp_from_scratch.py", title="An MLP from scratch"),
            ],
            "Beyond text": [
                st.Page("pages/forecast.py", title="Forecast"),
                st.Page("pages/tables.py", title="Tables"),
                st.Page("pages/digits.py", title="Digits"),
                st.Page("pages/gan.py", title="GAN"),
                st.Page("pages/masks.py", title="Masks"),
                st.Page("pages/age_from_a_face.py", title="Age from a face"),
                st.Page("pages/image_bench.py", title="Image bench"),
                st.Page("pages/boxes.py", title="Boxes"),
                st.Page("pages/upsampling.py", title="Making pictures larger"),
            ],
            "Teach": [
                st.Page("pages/lesson_builder.py", title="Make a lesson"),
                st.Page("pages/check_machine.py", title="Check this machine"),
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
