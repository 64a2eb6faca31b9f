# One image for web, worker, beat, sweeper and migrate; compose.yaml says which command each runs.
# docs/deploy.md tells the rest.

FROM node:24-slim AS front-end
WORKDIR /front-end
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund


FROM python:3.13-slim AS packages
# Copied as a whole into the image below, so that pip's cache and the like stay behind.
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --no-deps -r requirements.txt


FROM python:3.13-slim
# PYTHONUNBUFFERED: a log line is out before the process can die.
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lectern
WORKDIR /lectern
COPY --from=packages /venv /venv
COPY --from=front-end /front-end/node_modules node_modules
COPY . .
# Hashed and compressed once, here. The settings want these three, and collectstatic uses none of them.
RUN SECRET_KEY=not-used DATABASE_URL=postgresql:// REDIS_URL=redis:// python manage.py collectstatic --noinput \
    && mkdir var/media && chown lectern: var/media
USER lectern
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=8s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=7)"]
CMD ["gunicorn", "-c", "config/gunicorn.py"]
