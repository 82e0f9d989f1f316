# syntax=docker/dockerfile:1
# One file for every image:
#   docker build --build-arg SERVICE=brain -t skytide/brain .            (ingest, media, outbound, notifier likewise)
#   docker build --target tools -t skytide/tools .                       (migrations, provisioning, knowledge, skytide)
#   docker build --target simulators -t skytide/simulators .             (stand-ins of Gupshup, OpenAI, Gemini, Langfuse)
ARG NODE_IMAGE=node:24-bookworm-slim

# The manifests alone: npm's layer stays the same until a dependency changes. Without their devDependencies, which npm would
# follow from one workspace to the next: vitest and PGlite would be in every image.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . /source
RUN cd /source && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents {} /app \; \
  && cp package-lock.json .npmrc /app/ \
  && cd /app && npm pkg delete devDependencies --workspaces --include-workspace-root

FROM ${NODE_IMAGE} AS base
WORKDIR /app
ENV NODE_ENV=production
COPY --from=manifests /app ./

FROM base AS stage-dependencies
ARG SERVICE
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --omit=optional --ignore-scripts --workspace services/${SERVICE} --workspace tools/skytide

# Only the libraries that npm linked: no simulator and no test kit beside customers' messages.
FROM stage-dependencies AS stage-sources
ARG SERVICE
COPY libs libs
COPY tools/skytide tools/skytide
COPY services/${SERVICE} services/${SERVICE}
RUN for folder in libs/*; do [ -e "node_modules/@skytide/${folder#libs/}" ] || rm -r "$folder"; done \
  && find services -mindepth 1 -maxdepth 1 ! -name "${SERVICE}" -exec rm -r {} + \
  && rm -r node_modules

FROM base AS tools-dependencies
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --omit=optional --ignore-scripts --workspace tools/skytide --workspace libs/embedded --workspace libs/models --workspace libs/simulators

FROM ${NODE_IMAGE} AS runtime
ARG COMMIT=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="skytide" org.opencontainers.image.revision="${COMMIT}" org.opencontainers.image.version="${VERSION}"
WORKDIR /app
ENV NODE_ENV=production SKYTIDE_COMMIT=${COMMIT}
# npm links no command whose file it has not seen yet.
RUN ln -s /app/tools/skytide/src/main.ts /usr/local/bin/skytide
USER 1000:1000

FROM runtime AS tools
COPY --from=tools-dependencies /app ./
COPY libs libs
COPY tools tools
COPY supabase supabase
CMD ["skytide", "--help"]

FROM runtime AS simulators
COPY --from=tools-dependencies /app ./
COPY libs libs
EXPOSE 8090
CMD ["node", "libs/simulators/src/simulators-main.ts"]

# The last stage is what a build without --target makes.
FROM runtime AS stage
ARG SERVICE
ENV SERVICE=${SERVICE}
COPY --from=stage-dependencies /app/node_modules node_modules
COPY --from=stage-sources /app ./
EXPOSE 9090
# exec: node is process 1 and gets the signals.
CMD ["sh", "-c", "exec node services/${SERVICE}/src/main.ts"]
