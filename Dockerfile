# The platform as one image: `docker build -t minsheng .` needs the network; what runs needs none.
# The wheels are those of `requirements.lock`, at their hashes, as in the bundle (scripts/bundle.py).
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv
WORKDIR /src
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY scripts scripts
COPY frontend frontend
COPY src src
RUN scripts/bootstrap.sh charts && .venv/bin/python scripts/bundle.py --wheels /bundle
RUN python3 -m venv /opt/minsheng \
    && /opt/minsheng/bin/python -m pip install --quiet --no-index --find-links /bundle/wheels \
        --require-hashes -r /bundle/requirements.txt

FROM ${BASE}
# FFmpeg publishes videos (docs/adr/0057); without it they are kept and none is published.
ARG PACKAGES="ffmpeg"
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 tzdata ${PACKAGES} \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 minsheng \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin minsheng \
    && install -d -o minsheng -g minsheng -m 0750 /var/lib/minsheng \
    && install -d -o minsheng -g minsheng /gate/etc/nginx/conf.d
COPY --from=build /opt/minsheng /opt/minsheng
ENV PATH=/opt/minsheng/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    MINSHENG_VAR=/var/lib/minsheng \
    MINSHENG_LOG_FORMAT=json
USER 10001:10001
WORKDIR /var/lib/minsheng
VOLUME /var/lib/minsheng
EXPOSE 8000 8001
# Of what serves pages; for the other processes compose.yaml switches it off, since they answer nobody.
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
ENTRYPOINT ["minsheng"]
CMD ["serve"]
