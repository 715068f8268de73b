# The lab in a container, for a server or a Hugging Face Space.
#
#   docker build --build-arg PIP_EXTRA_INDEX_URL=... -t language-model-lab .
#   docker run --rm -p 8501:8501 -v lab:/lab/home language-model-lab
#
# PIP_EXTRA_INDEX_URL is the address that PyTorch's "Get started" page names for CPU wheels. With
# it pip takes torch 2.13.0+cpu; without it the image may grow by several GB of CUDA libraries.
#
# What was run: buildah carried out these steps in a chroot, and the CMD that came of it was asked,
# trained and ended (tools/try_image.py). What was not: the image that FROM names, for which Debian
# bookworm with its own Python 3.11 stood in, and any container engine or Space.

FROM python:3.11-slim-bookworm

# Hugging Face Spaces run a container as user 1000; its home must be writable.
RUN useradd --uid 1000 --create-home --home-dir /lab lab
WORKDIR /lab/app

# Before the code, so that a change of the code does not install everything again.
# --build-arg REQUIREMENTS=requirements-beyond.txt adds what the screens beyond text use.
COPY requirements.txt requirements-beyond.txt ./
ARG PIP_EXTRA_INDEX_URL=""
ARG REQUIREMENTS=requirements.txt
RUN pip install --no-cache-dir --disable-pip-version-check -r $REQUIREMENTS

COPY --chown=lab:lab . .
USER lab
# Runs and downloads live here: mount a volume to keep them over a restart.
RUN mkdir /lab/home
ENV LM_LAB_HOME=/lab/home \
    PYTHONUNBUFFERED=1

EXPOSE 8501
# A slim image has no curl. Behind a proxy the lab may be served at a path (see deploy/compose.yaml).
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as u; path = os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/'); u.urlopen('/'.join(filter(None, ['http://127.0.0.1:8501', path, '_stcore/health'])), timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
