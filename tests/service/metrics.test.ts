import request from "supertest";
import { Lifecycle } from "../../service/src/lifecycle";
import { Metrics } from "../../service/src/metrics";
import { buildTestApi, COMMIT, sample, VERSION } from "./support/api";

const requests = (method: string, route: string, status: number): string =>
  `http_requests_total{method="${method}",route="${route}",status="${status}"}`;

test("/metrics is a Prometheus exposition that counts each request once", async () => {
  const { app } = buildTestApi();
  for (let count = 0; count < 3; count++) await request(app).get("/?a=1");
  await request(app).post("/");
  await request(app).get("/metrics");
  const response = await request(app).get("/metrics");

  expect(response.status).toBe(200);
  expect(response.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(sample(response.text, requests("GET", "/", 200))).toBe(3);
  expect(sample(response.text, requests("POST", "/", 405))).toBe(1);
  expect(sample(response.text, requests("GET", "/metrics", 200))).toBe(1);
  expect(
    sample(response.text, 'http_request_duration_seconds_count{method="GET",route="/",status="200"}'),
  ).toBe(3);
  expect(
    sample(
      response.text,
      'http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/",status="200"}',
    ),
  ).toBe(3);
  expect(
    sample(
      response.text,
      `api_build_info{version="${VERSION}",commit="${COMMIT}",node="${process.version}"}`,
    ),
  ).toBe(1);
});

test("a scrape counts itself as in flight, and nothing stays in flight", async () => {
  const { app, lifecycle } = buildTestApi();
  const response = await request(app).get("/metrics");
  expect(sample(response.text, "http_requests_in_flight")).toBe(1);
  expect(lifecycle.inFlight).toBe(0);
});

test("paths, methods and statuses that clients choose make no series of their own", async () => {
  const { app, metrics } = buildTestApi();
  for (const path of ["/a", "/b/c", "/%ff", "/healthz/../x", "/wp-login.php"]) await request(app).get(path);
  metrics.observe("PROPFIND", "unmatched", 404, 0.001);
  metrics.observe("x".repeat(1000), "unmatched", 404, 0.001);

  const series = (await metrics.registry.metrics())
    .split("\n")
    .filter((line) => /^http_requests_total/.test(line));
  expect(series).toEqual([
    `${requests("GET", "unmatched", 404)} 5`,
    `${requests("OTHER", "unmatched", 404)} 2`,
  ]);
});

test("a duration falls into the bucket of its seconds", async () => {
  const metrics = new Metrics({ version: VERSION, commit: COMMIT, lifecycle: new Lifecycle() });
  metrics.observe("GET", "/", 200, 0.02);
  const text = await metrics.registry.metrics();
  const bucket = (le: string): number | undefined =>
    sample(text, `http_request_duration_seconds_bucket{le="${le}",method="GET",route="/",status="200"}`);
  expect([bucket("0.01"), bucket("0.025"), bucket("10")]).toEqual([0, 1, 1]);
  expect(sample(text, 'http_request_duration_seconds_sum{method="GET",route="/",status="200"}')).toBeCloseTo(
    0.02,
  );
});
