# Escale's web server, worker and beat: one image, three commands (see docker-compose.yml).
# PYTHON_IMAGE may name one build of it by its digest (docs/operating.md).
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Nothing installs anything into it later: it needs no pip of its own.
RUN python -m venv --without-pip /opt/venv
COPY requirements/base.txt tools/slim.py /tmp/
RUN pip --python /opt/venv/bin/python install --require-hashes --no-deps -r /tmp/base.txt \
    && python /tmp/slim.py /opt/venv fr en

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    ESCALE_VAR=/var/lib/escale \
    ESCALE_STATIC_ROOT=/opt/escale-static
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent escale \
    && install -d -o escale -g escale -m 0750 /var/lib/escale /var/lib/escale/media
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/escale
COPY . .
# Static files belong to the image, not to the volume: an upgrade brings its own.
RUN SECRET_KEY=only-while-building python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .
USER escale
VOLUME /var/lib/escale
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-", "--access-logformat", "%(m)s %(s)s %(B)s %(M)sms"]
