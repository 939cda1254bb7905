# syntax=docker/dockerfile:1
# One image for the three apps and the command line: `docker run hark-service --help`.

FROM node:22-bookworm-slim AS build
WORKDIR /hark
COPY . .
# Sources and development packages stay behind in this stage.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --no-audit --no-fund \
 && npm run build \
 && npm prune --omit=dev --no-save --no-audit --no-fund \
 && find . -path ./node_modules -prune -o -type d -name src -exec rm -rf {} + \
 && rm -rf .nx

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    HARK_DATA=/data \
    HARK_HOST=0.0.0.0
RUN install -d -o node -g node -m 0700 /data
COPY --from=build /hark /hark
WORKDIR /hark
USER node
VOLUME /data
# 3000 gateway, 3001 ingest, 3002 learner
EXPOSE 3000 3001 3002
ENTRYPOINT ["node", "tools/cli/bin/hark.js"]
CMD ["start"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["node", "deploy/health.js"]
