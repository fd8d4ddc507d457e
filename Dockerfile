# An image with asnforge and Dask workers: docker build -t asnforge . && docker run --rm -v "$PWD:/work" asnforge generate pool.tsv -o out
FROM python:3.12-slim AS build
COPY . /source
RUN python -m venv /opt/asnforge \
    && /opt/asnforge/bin/python -m pip install --no-cache-dir -c /source/constraints.txt "/source[distributed]"

FROM python:3.12-slim
COPY --from=build /opt/asnforge /opt/asnforge
RUN useradd --create-home asnforge && mkdir /work && chown asnforge /work
ENV PATH=/opt/asnforge/bin:$PATH \
    PYTHONUNBUFFERED=1
USER asnforge
WORKDIR /work
ENTRYPOINT ["asnforge"]
CMD ["--help"]
