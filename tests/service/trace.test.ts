import request from "supertest";
import { continueTrace, traceparent } from "../../service/src/trace";
import { buildTestApi } from "./support/api";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID = "00f067aa0ba902b7";
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;
const SPAN = /^[0-9a-f]{16}$/;

test.each([
  [TRACEPARENT, "01"],
  [`00-${TRACE_ID}-${PARENT_ID}-00`, "00"],
  [`cc-${TRACE_ID}-${PARENT_ID}-01-later`, "01"],
  [`cc-${TRACE_ID}-${PARENT_ID}-fe`, "00"],
])("%s is continued by a span of its own", (header, flags) => {
  const trace = continueTrace(header);
  expect(trace).toEqual({ traceId: TRACE_ID, spanId: expect.stringMatching(SPAN) as string, flags });
  expect(trace.spanId).not.toBe(PARENT_ID);
});

test.each([
  [`00-${TRACE_ID}-${PARENT_ID}-01-later`],
  [`ff-${TRACE_ID}-${PARENT_ID}-01`],
  [`00-${"0".repeat(32)}-${PARENT_ID}-01`],
  [`00-${TRACE_ID}-${"0".repeat(16)}-01`],
  [`00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
  [`00-${TRACE_ID}-${PARENT_ID}`],
  [`00-${TRACE_ID}-${PARENT_ID}-01, ${TRACEPARENT}`],
  [""],
  [undefined],
  [["a", "b"]],
])("%j is replaced by a new trace, not sampled", (header) => {
  const trace = continueTrace(header);
  expect(traceparent(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  expect(trace.traceId).not.toBe(TRACE_ID);
});

test("ids do not repeat, across refills of the pool", () => {
  const traces = Array.from({ length: 5000 }, () => continueTrace(undefined));
  expect(new Set(traces.flatMap(({ traceId, spanId }) => [traceId, spanId])).size).toBe(10_000);
  for (const { traceId, spanId } of traces) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(SPAN);
  }
});

test("the response and the log line name the same span of the caller's trace", async () => {
  const { app, lines } = buildTestApi();
  const response = await request(app).get("/").set("traceparent", TRACEPARENT);
  const line = lines()[0] ?? {};
  expect(line.trace_id).toBe(TRACE_ID);
  expect(response.headers.traceparent).toBe(`00-${TRACE_ID}-${String(line.span_id)}-01`);
});
