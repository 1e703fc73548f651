# The API, and with another command the migration. No compiler, no root, no state of its own.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app/backend/src PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY backend/requirements.txt backend/requirements.txt
RUN pip install --no-cache-dir --no-deps --require-hashes -r backend/requirements.txt

COPY backend/src backend/src
COPY backend/migrations backend/migrations
RUN useradd --system --uid 10001 --no-create-home codewell \
 && install -d -o codewell -g codewell /var/lib/codewell/work \
 && python -m compileall -q backend/src

USER codewell
EXPOSE 8000
CMD ["python", "-m", "codewell", "serve", "--host", "0.0.0.0", "--port", "8000"]
