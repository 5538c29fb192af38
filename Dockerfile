# The pages, the binary that holds them, and an image with that binary and nothing else that changes.
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc g++ make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN cargo build --release --locked --bin clew

FROM debian:bookworm-slim
RUN useradd --system --uid 2539 --create-home --home-dir /var/lib/clew clew
COPY --from=build /src/target/release/clew /usr/local/bin/clew
USER clew
VOLUME /var/lib/clew
EXPOSE 2539 4317 4318
# Inside a container the only way in is another address than loopback, so a key is
# needed: give CLEW_ADMIN_KEY, or run `clew keys create --data /var/lib/clew` first.
ENTRYPOINT ["clew"]
CMD ["serve", "--data", "/var/lib/clew", "--listen", "0.0.0.0"]
HEALTHCHECK --interval=10s --timeout=3s CMD ["clew", "doctor", "--ready", "--server", "http://127.0.0.1:2539"]
