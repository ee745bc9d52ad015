# syntax=docker/dockerfile:1
# Everything that has to be built is built here and left behind.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/tasklane
# The lock holds what the tests need, too: that stays out.
COPY docs/deploy/runtime.py pyproject.toml requirements.lock ./
RUN python runtime.py pyproject.toml requirements.lock > runtime.lock \
    && /opt/tasklane/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r runtime.lock
COPY README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY handlers ./handlers
RUN /opt/tasklane/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps . \
    && /opt/tasklane/bin/pip uninstall --yes --quiet pip \
    && find /opt/tasklane -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin tasklane \
    && install -d -o tasklane -g tasklane /data
COPY --from=build /opt/tasklane /opt/tasklane
ENV PATH=/opt/tasklane/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000
# The root file system may be read-only: only a SQLite database is written, and only here.
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["tasklane"]
CMD ["serve"]
