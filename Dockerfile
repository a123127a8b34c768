FROM python:3.11-slim

WORKDIR /app
COPY pyproject.toml requirements.lock README.md ./
COPY schemas schemas
COPY connectors connectors
COPY streams streams
COPY console console
COPY sandbox sandbox
RUN pip install --no-cache-dir --constraint requirements.lock . \
    && useradd --create-home keapsync \
    && install -d -o keapsync /data

USER keapsync
VOLUME /data
ENV KEAPSYNC_DATA_DIR=/data
ENTRYPOINT ["keapsync"]
