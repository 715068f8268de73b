# The lab in a container, for a server or a Hugging Face Space.
# This file was written with care and never built or run by its authors: expect to mend it.
#
#   docker build --build-arg PIP_EXTRA_INDEX_URL=... -t language-model-lab .
#   docker run --rm -p 8501:8501 -v lab:/lab/home language-model-lab
#
# PIP_EXTRA_INDEX_URL is the address that PyTorch's "Get started" page names for CPU wheels. With
# it pip takes torch 2.13.0+cpu; without it the image may grow by several GB of CUDA libraries.

FROM python:3.11-slim

# Hugging Face Spaces run a container as user 1000; its home must be writable.
RUN useradd --uid 1000 --create-home --home-dir /lab lab
WORKDIR /lab/app

# Before the code, so that a change of the code does not install everything again.
COPY requirements.txt .
ARG PIP_EXTRA_INDEX_URL=""
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY --chown=lab:lab . .
USER lab
# Runs and downloads live here: mount a volume to keep them over a restart.
RUN mkdir /lab/home
ENV LM_LAB_HOME=/lab/home \
    PYTHONUNBUFFERED=1

EXPOSE 8501
# A slim image has no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.port=8501", "--server.address=0.0.0.0"]
