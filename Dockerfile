# The production image: packages exactly as locked, static files collected, no network needed to start, not root.
FROM python:3.11-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
RUN pip install --no-cache-dir uv==0.13.8
WORKDIR /portal
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev
COPY . .
# Collecting needs settings, not secrets: these exist in this layer's command only.
RUN SECRET_KEY=build ALLOWED_HOSTS=localhost DATABASE_URL=postgres://build@localhost/build STATIC_ROOT=/portal/staticfiles \
    .venv/bin/python manage.py collectstatic --settings phast.settings.base --no-input --verbosity 0

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --create-home --home-dir /home/portal portal \
 && install -d -o portal -g portal /files
COPY --from=build /portal /portal
WORKDIR /portal
USER portal
ENV PATH=/portal/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=phast.settings.base XDG_CACHE_HOME=/tmp/cache \
    FILES_ROOT=/files STATIC_ROOT=/portal/staticfiles
VOLUME /files
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "phast.wsgi", "--bind", "0.0.0.0:8000", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--timeout", "120", "--graceful-timeout", "30"]
