import request from "supertest";
import { buildTestApi } from "./support/api";

const FRONT_DOOR = "0a1b2c3d-0000-4000-8000-00000000abcd";
const OTHER = "0a1b2c3d-0000-4000-8000-00000000abce";

const guarded = () => buildTestApi({ settings: { frontDoorId: FRONT_DOOR, region: "westus2" } });

describe("an API behind a Front Door", () => {
  test.each([FRONT_DOOR, FRONT_DOOR.toUpperCase()])("answers what came through it, as %s", async (id) => {
    const response = await request(guarded().app).get("/").set("X-Azure-FDID", id);
    expect(response.status).toBe(200);
  });

  test.each([
    ["no header", {}],
    ["another Front Door", { "X-Azure-FDID": OTHER }],
    ["an empty header", { "X-Azure-FDID": "" }],
    ["two values", { "X-Azure-FDID": `${OTHER}, ${FRONT_DOOR}` }],
  ])("refuses a request with %s by a problem document, and logs it", async (_case, headers) => {
    const api = guarded();
    const response = await request(api.app).get("/").set(headers);
    expect(response.status).toBe(403);
    expect(response.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(response.text)).toMatchObject({ status: 403, title: "Forbidden" });
    expect(response.text).not.toContain(FRONT_DOOR);
    expect(api.lines()).toContainEqual(expect.objectContaining({ status: 403, path: "/" }));
  });

  test.each(["/version", "/nowhere", "/readyz/"])("refuses %s without the header", async (path) => {
    const response = await request(guarded().app).get(path);
    expect(response.status).toBe(403);
  });

  test.each(["/health", "/healthz", "/readyz", "/metrics"])("answers machines at %s", async (path) => {
    const response = await request(guarded().app).get(path);
    expect(response.status).toBe(200);
  });
});

test("an API without a Front Door answers everyone, whatever the header says", async () => {
  const response = await request(buildTestApi().app).get("/").set("X-Azure-FDID", OTHER);
  expect(response.status).toBe(200);
});

test("/version says in which region the API runs", async () => {
  const response = await request(guarded().app).get("/version").set("X-Azure-FDID", FRONT_DOOR);
  expect(response.body).toMatchObject({ region: "westus2" });
});
