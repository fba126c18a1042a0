/** Mistakes of the caller: one clear message, a status that is not 0, and nothing created. */
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import * as path from "node:path";

import { type DriverHome, startDriver, withDriver } from "../support/driver";

const TIMEOUT = 60_000;

function expectNothingCreated(driver: DriverHome): void {
  const clouds = path.join(driver.local, "clouds");
  const journals = existsSync(clouds) ? readdirSync(clouds).filter((file) => file.endsWith(".jsonl")) : [];
  const objects = journals.flatMap((file) =>
    driver.withCloud(path.basename(file, ".jsonl"), (cloud) => cloud.list()),
  );
  expect(objects).toEqual([]);
}

test(
  "an unknown stack names the stacks that there are",
  async () => {
    await withDriver(async (driver) => {
      const { code, stderr, stdout } = await driver.run("up", "--stack", "staging");
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^error: unknown stack: got "staging", allowed: dev, prod\.\nFix: .*\n$/);
      expectNothingCreated(driver);
    });
  },
  TIMEOUT,
);

test(
  "a port in use is refused before the engine starts, with another one to choose",
  async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      await withDriver(async (driver) => {
        const { code, stderr } = await driver.run("up", "--port", String(port));
        expect(code).toBe(1);
        expect(stderr).toMatch(new RegExp(`^error: Port ${port} .* in use[^]*make up PORT=\\d+\\n$`));
        expect(driver.state("dev")).toBeUndefined();
        expectNothingCreated(driver);
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  },
  TIMEOUT,
);

test(
  "every mistake in the configuration is told at once, without a stack trace",
  async () => {
    await withDriver(async (driver) => {
      driver.edit("Pulumi.dev.yaml", (text) =>
        text
          .replace("owner: platform-team", "ownr: platform-team")
          .replace('costCenter: "1001"', "costCenter: 1001"),
      );
      const { code, stdout } = await driver.run("up");
      expect(code).toBe(1);
      expect(stdout).toMatch(/^error: The stack configuration has \d problems; nothing was created\.$/m);
      expect(stdout).not.toContain("Changed");
      for (const part of ["tags.owner", "tags.ownr", "tags.costCenter", "allowed:", "fix:"]) {
        expect(stdout).toContain(part);
      }
      expect(stdout.match(/tags\.costCenter/g)).toHaveLength(1);
      expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      expectNothingCreated(driver);
    });
  },
  TIMEOUT,
);

test(
  "a YAML mistake in the stack's file is told with its place",
  async () => {
    await withDriver(async (driver) => {
      driver.edit("Pulumi.dev.yaml", (text) => `${text}\n  : [\n`);
      const { code, stdout, stderr } = await driver.run("up");
      expect(code).toBe(1);
      expect(`${stdout}${stderr}`).toMatch(/Pulumi\.dev\.yaml/);
      expectNothingCreated(driver);
    });
  },
  TIMEOUT,
);

test(
  "commands that need a deployed stack say how to get one",
  async () => {
    await withDriver(async (driver) => {
      const url = await driver.run("url");
      expect([url.code, url.stdout]).toEqual([1, ""]);
      expect(url.stderr).toMatch(/^error: the API of stack "dev" does not run\.\nFix: make up/);
      const exported = await driver.run("export");
      expect([exported.code, exported.stdout]).toEqual([1, ""]);
      expect(exported.stderr).toMatch(/^error: the stack "dev" has no state yet\.\nFix: make up/);
      const status = await driver.summary("status");
      expect(status).toMatchObject({ ok: true, resources: {}, cloudObjects: {} });
    });
  },
  TIMEOUT,
);

test.each([
  [["frobnicate"], 'unknown command: got "frobnicate"'],
  [["up", "--port", "http"], 'invalid port: got "http"'],
  [["up", "--no-policy"], "--no-policy"],
])(
  "%j is a usage error",
  async (argv, message) => {
    const { code, stdout, stderr } = await startDriver(argv).result;
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toContain("Fix: ");
  },
  TIMEOUT,
);

test(
  "a second run on the same stack is refused while the first one works",
  async () => {
    await withDriver(async (driver) => {
      const both = [driver.start("preview"), driver.start("preview")];
      const results = await Promise.all(both.map(({ result }) => result));
      const [done, refused] = results.sort((left, right) => left.code - right.code);
      expect([done?.code, refused?.code]).toEqual([0, 1]);
      expect(refused?.stderr).toMatch(/^error: The emulated cloud .* is open in process \d+/);
    });
  },
  TIMEOUT,
);

test(
  "an error in the program is shown with its place in the source",
  async () => {
    await withDriver(async (driver) => {
      const lines = ["interface Shape {", "  sides: number;", "}", "const shape = {} as Shape;"];
      driver.edit("index.ts", () =>
        [...lines, "", 'if (!shape.sides) throw new Error("no sides");'].join("\n"),
      );
      const { code, stdout } = await driver.run("preview");
      expect(code).toBe(1);
      expect(stdout).toContain("Error: no sides");
      expect(stdout).toMatch(/at .*index\.ts:6:\d+\)/);
      expectNothingCreated(driver);
    });
  },
  TIMEOUT,
);
