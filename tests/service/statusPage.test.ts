import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import request from "supertest";
import { OBJECTIVE, Traffic } from "../../service/src/traffic";
import { buildTestApi } from "./support/api";
import { MemoryItems } from "./support/items";
import { runAside } from "./support/process";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => existsSync(file));

describe("traffic", () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ["performance"], now: 1_800_000_000_000 });
  });
  afterEach(() => jest.useRealTimers());

  test("the rate is that of the last ten whole seconds", () => {
    const traffic = new Traffic();
    for (let count = 0; count < 50; count++) traffic.record(200);
    jest.setSystemTime(Date.now() + 5000);
    expect(traffic.summary()).toMatchObject({
      requestsPerSecond: 5,
      requests: 50,
      errors: 0,
      errorBudgetLeft: 1,
    });
    jest.setSystemTime(Date.now() + 20_000);
    expect(traffic.summary()).toMatchObject({ requestsPerSecond: 0, requests: 50 });
  });

  test("errors use the budget up, and both are forgotten after an hour", () => {
    const traffic = new Traffic();
    for (let count = 0; count < 2000; count++) traffic.record(count === 0 ? 503 : 200);
    expect(OBJECTIVE).toBe(0.999);
    expect(traffic.summary()).toMatchObject({ requests: 2000, errors: 1 });
    expect(traffic.summary().errorBudgetLeft).toBeCloseTo(0.5);
    traffic.record(500);
    traffic.record(500);
    expect(traffic.summary().errorBudgetLeft).toBe(0);
    jest.setSystemTime(Date.now() + 3_600_000);
    expect(traffic.summary()).toMatchObject({ requests: 0, errors: 0, errorBudgetLeft: 1 });
    traffic.record(200);
    expect(traffic.summary()).toMatchObject({ requests: 1, errors: 0 });
  });
});

test("/status.json has what the page shows; probes do not count", async () => {
  const { app } = buildTestApi({ items: new MemoryItems(), settings: { region: "westus2" } });
  await request(app).get("/");
  await request(app).get("/readyz");
  const response = await request(app).get("/status.json");
  expect(response.body).toMatchObject({
    message: "Automate all the things!",
    version: "1.2.3",
    region: "westus2",
    phase: "ready",
    requests: 1,
    errors: 0,
    dependencies: [{ name: "postgresql", status: "up" }],
  });
});

test("the page allows its own style and script by hash, and nothing else", async () => {
  const { headers, text } = await request(buildTestApi().app).get("/status");
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  const policy = String(headers["content-security-policy"]);
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/unsafe|\*/);
  for (const tag of ["style", "script"]) {
    const [, content = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(text) ?? [];
    expect(content).not.toBe("");
    const hash = createHash("sha256").update(content).digest("base64");
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
  expect(text).not.toMatch(/\son\w+=|style=|javascript:|https?:/);
});

test("the page can be read by machines that read to people", async () => {
  const { text } = await request(buildTestApi({ items: new MemoryItems() }).app).get("/status");
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
  for (const part of [
    "<title>",
    "<main>",
    "<h1>",
    'role="status"',
    'scope="col"',
    'scope="row"',
    "prefers-color-scheme",
  ]) {
    expect(text).toContain(part);
  }
  const ids = [...text.matchAll(/ id="(\w+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what the environment says cannot break out of the page", async () => {
  const { text } = await request(buildTestApi({ settings: { region: '<script>"&' } }).app).get("/status");
  expect(text).toContain("region &lt;script&gt;&quot;&amp;");
});

/** The script ran, found its figures, and the browser's console stayed empty. */
function expectFresh(stdout: string, stderr: string): void {
  expect(stdout).toMatch(/id="freshness" role="status">Updated /);
  expect(stdout).toMatch(/<tr><th scope="row">postgresql<\/th><td class="up">up<\/td>/);
  expect(stderr).not.toMatch(/CONSOLE|Content.Security.Policy/i);
}

const testInBrowser = CHROMIUM === undefined ? test.skip : test;

testInBrowser(
  "a real browser runs the page under its policy (skipped where no Chromium is installed)",
  async () => {
    const { app } = buildTestApi({ items: new MemoryItems() });
    const server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    const profile = mkdtempSync(path.join(tmpdir(), "chromium-"));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
      const { stdout, stderr } = await runAside(CHROMIUM ?? "", [
        ...["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`],
        ...["--enable-logging=stderr", "--virtual-time-budget=12000", "--dump-dom", url],
      ]);
      expectFresh(stdout, stderr);
    } finally {
      server.close();
      server.closeAllConnections();
      rmSync(profile, { recursive: true, force: true });
    }
  },
  120_000,
);
