# syntax=docker/dockerfile:1
# The register as one binary that links libc alone, in an image without compiler, shell tools of ours or root.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The caches outlive the layer, so that only what changed is compiled; the binary has to leave them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin chuanyu \
    && install -D target/release/chuanyu /out/chuanyu

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="chuanyu" \
      org.opencontainers.image.description="Sichuan–Chongqing science and technology cooperation register" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin chuanyu \
    && install -d -o chuanyu -g chuanyu -m 0750 /var/lib/chuanyu
COPY --from=build /out/chuanyu /usr/local/bin/chuanyu
ENV CHUANYU_LISTEN=0.0.0.0:8080 \
    CHUANYU_DATABASE_URL=sqlite:/var/lib/chuanyu/chuanyu.db \
    CHUANYU_KEYS_DIR=/var/lib/chuanyu/keys \
    CHUANYU_LOG_FORMAT=json
WORKDIR /var/lib/chuanyu
USER 10001:10001
VOLUME /var/lib/chuanyu
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["chuanyu", "healthcheck"]
ENTRYPOINT ["chuanyu"]
CMD ["serve"]
