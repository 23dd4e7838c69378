# Builds the one binary and puts it into a small image that runs it as an ordinary user.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package talentats --bin talentats \
    && cp target/release/talentats /usr/local/bin/talentats

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --uid 10001 talentats
COPY --from=build /usr/local/bin/talentats /usr/local/bin/talentats
USER 10001:10001
ENV API_ADDR=0.0.0.0:8080 METRICS_ADDR=0.0.0.0:9464 LOG_FORMAT=json
EXPOSE 8080 9464
ENTRYPOINT ["talentats"]
CMD ["--help"]
