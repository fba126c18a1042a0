import { parseDockerfile } from "../../local/azure/build/dockerfile";

const DIGEST = `sha256:${"a".repeat(64)}`;

test("the last stage says how a container starts; arguments and variables are filled in", () => {
  const { config, baseImages } = parseDockerfile(
    `
# comment
ARG NODE=24
FROM node:\${NODE}@${DIGEST} AS build
WORKDIR /src
RUN npm ci && \\
    npm run build
FROM gcr.io/distroless/nodejs24@${DIGEST}
ARG GIT_SHA=unknown
ARG VERSION="1.0"
ENV NODE_ENV=production \\
    GIT_SHA=\${GIT_SHA} NAME="with space"
ENV RELEASE=\${VERSION}-\${GIT_SHA} MISSING=\${NOTHING:-default}
WORKDIR /app
COPY --from=build /src/dist ./dist
USER 1000:1000
EXPOSE 8080/tcp 9090
ENTRYPOINT ["/nodejs/bin/node", "dist/server.js"]
CMD ["--verbose"]
`,
    { GIT_SHA: "abc" },
  );
  expect(config).toEqual({
    entrypoint: ["/nodejs/bin/node", "dist/server.js", "--verbose"],
    env: {
      NODE_ENV: "production",
      GIT_SHA: "abc",
      NAME: "with space",
      RELEASE: "1.0-abc",
      MISSING: "default",
    },
    user: "1000:1000",
    workdir: "/app",
    exposedPort: 8080,
  });
  expect(baseImages).toEqual([`node:24@${DIGEST}`, `gcr.io/distroless/nodejs24@${DIGEST}`]);
});

test("a stage that builds on an earlier one has its settings; an earlier stage is no base image", () => {
  const { config, baseImages } = parseDockerfile(
    `FROM scratch AS base
ENV A=1
WORKDIR /base
ENTRYPOINT ["/a"]
CMD ["x"]
FROM base
ENV B=2
WORKDIR below
ENTRYPOINT /b --flag`,
    {},
  );
  expect(baseImages).toEqual([]);
  expect(config).toEqual({
    entrypoint: ["/bin/sh", "-c", "/b --flag"],
    env: { A: "1", B: "2" },
    user: "",
    workdir: "/base/below",
  });
});

test("build arguments that the Dockerfile does not declare change nothing", () => {
  const { config } = parseDockerfile('FROM scratch\nENV A=${SECRET}\nCMD ["a"]', { SECRET: "s" });
  expect(config.env).toEqual({ A: "" });
});

test("a file without FROM, and a command that is no list of strings, are errors", () => {
  expect(() => parseDockerfile("RUN true", {})).toThrow("no FROM");
  expect(() => parseDockerfile("FROM scratch\nCMD [1]", {})).toThrow("not a list of strings");
});
