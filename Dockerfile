# The sidecar's image: compiled JavaScript, run-time packages and the compiled policy bundle, nothing to
# build with and no OPA. Each stage's commands are run by test/container/ without a container engine.

# Pin the base for a release: --build-arg NODE_DIGEST=@sha256:<digest of the tag below>
ARG NODE_TAG=24-bookworm-slim
ARG NODE_DIGEST=

FROM docker.io/library/node:${NODE_TAG}${NODE_DIGEST} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build-dist.ts scripts/
COPY src src
RUN npm run build
RUN mkdir -m 0700 empty

FROM docker.io/library/node:${NODE_TAG}${NODE_DIGEST} AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM docker.io/library/node:${NODE_TAG}${NODE_DIGEST}
WORKDIR /app
COPY package.json LICENSE ./
COPY bin bin
COPY policies/bundle policies/bundle
COPY --from=packages /packages/node_modules node_modules
COPY --from=build /build/dist dist
COPY --from=build --chown=65532:65532 /build/empty /var/lib/postern
ENV NODE_ENV=production
# What bin/postern.mjs would set by starting itself once more.
ENV MALLOC_ARENA_MAX=2
ENV MALLOC_TRIM_THRESHOLD_=131072
ENV POSTERN_DATA__DIRECTORY=/var/lib/postern/data
# Nobody in particular: no account of the base image, and not root.
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:7072/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/postern.mjs"]
CMD ["serve"]
