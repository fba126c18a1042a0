import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { CHECK_NAMES } from "../../ops/ci/smokeChecks";
import { createHome } from "../support/engine";
import { buildApi, type RunningApi, startApi } from "./support/api";
import { runStep } from "./support/run";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const home = createHome();
beforeAll(() => {
  buildApi(home.folder);
}, 60_000);
afterAll(() => {
  home.remove();
});

function smoke(url: string, commit = COMMIT, wait = "0") {
  return runStep({
    script: "ops/ci/smoke.ts",
    args: ["--url", url, "--commit", commit, "--wait", wait],
    folder: home.folder,
    workingDirectory: REPOSITORY_ROOT,
    environment: { PATH: process.env["PATH"] },
  });
}

describe("ops/ci/smoke.ts", () => {
  test("passes on the API, and fails where another commit answers", async () => {
    const api = await startApi(home.folder, { GIT_SHA: COMMIT });
    try {
      const passed = await smoke(`${api.url}/`);
      expect(passed.stdout.match(/^passed: /gm)).toHaveLength(CHECK_NAMES.length);
      expect(passed).toMatchObject({ code: 0, stderr: "" });
      expect(passed.summary).toContain("- passed: GET / greets with the time");

      const other = await smoke(api.url, "f".repeat(40));
      expect(other.code).toBe(1);
      expect(other.stdout).toContain(
        `FAILED: GET /version/<commit> is the deployed commit: status for ${"f".repeat(40)}: got 404`,
      );
      expect(other.stdout.match(/^FAILED: /gm)).toHaveLength(1);
    } finally {
      await api.stop();
    }
  }, 60_000);

  test("fails every check on a server that answers anything with 200", async () => {
    const server = createServer((_request, response) =>
      response.setHeader("x-powered-by", "guess").end("{}"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { code, stdout } = await smoke(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      expect(code).toBe(1);
      const passed = stdout.split("\n").filter((line) => line.startsWith("passed: "));
      expect(passed).toEqual(["passed: GET /healthz is ok", "passed: GET /readyz is ok"]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("waits for an API that comes up late", async () => {
    const late = createServer().listen(0, "127.0.0.1");
    await once(late, "listening");
    const { port } = late.address() as AddressInfo;
    late.close();
    await once(late, "close");
    const started = new Promise<RunningApi>((resolve, reject) => {
      setTimeout(() => {
        startApi(home.folder, { GIT_SHA: COMMIT, PORT: String(port) }).then(resolve, reject);
      }, 500);
    });
    const result = await smoke(`http://127.0.0.1:${port}`, COMMIT, "30");
    await (await started).stop();
    expect(result).toMatchObject({ code: 0 });
  }, 60_000);

  test("says why nothing answers", async () => {
    const { code, stdout, stderr } = await smoke("http://127.0.0.1:1");
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED: GET \/healthz is ok: fetch failed: /);
    expect(stderr).toContain(`${CHECK_NAMES.length} of ${CHECK_NAMES.length} checks`);
  });

  test.each([
    ["ftp://x", COMMIT, "1", '--url: got "ftp://x"'],
    ["http://x", "main", "1", '--commit: got "main"'],
    ["http://x", COMMIT, "soon", '--wait: got "soon"'],
  ])("refuses %s %s %s", async (url, commit, wait, message) => {
    const { code, stderr } = await smoke(url, commit, wait);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
