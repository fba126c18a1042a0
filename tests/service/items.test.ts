import request from "supertest";
import { buildTestApi } from "./support/api";
import { MemoryItems } from "./support/items";

const post = (app: Parameters<typeof request>[0], body: unknown, type = "application/json"): request.Test =>
  request(app)
    .post("/items")
    .set("Content-Type", type)
    .send(typeof body === "string" ? body : JSON.stringify(body));

test("an item is created, read, listed and deleted", async () => {
  const { app } = buildTestApi({ items: new MemoryItems() });
  const created = await post(app, { name: "Ünïcode ✓" });
  expect(created.status).toBe(201);
  expect(created.headers.location).toBe("/items/1");
  expect(created.body).toEqual({ id: 1, name: "Ünïcode ✓", createdAt: expect.any(String) as string });
  expect((await request(app).get("/items/1")).body).toEqual(created.body);
  expect((await request(app).get("/items")).body).toEqual({ items: [created.body], next: null });
  const deleted = await request(app).delete("/items/1");
  expect([deleted.status, deleted.text]).toEqual([204, ""]);
  expect((await request(app).delete("/items/1")).status).toBe(404);
  expect((await request(app).get("/items/1")).status).toBe(404);
});

test("pages hang together", async () => {
  const { app } = buildTestApi({ items: new MemoryItems() });
  for (const name of ["a", "b", "c"]) await post(app, { name });
  const first = (await request(app).get("/items?limit=2")).body as {
    items: { name: string }[];
    next: number;
  };
  const second = (await request(app).get(`/items?limit=2&after=${first.next}`)).body as typeof first;
  expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(second.next).toBeNull();
});

test.each([
  "limit=0",
  "limit=101",
  "limit=1.5",
  "limit=",
  "limit=1&limit=2",
  "after=-1",
  "after=x",
  `after=${"9".repeat(16)}`,
])("400 on GET /items?%s", async (query) => {
  const response = await request(buildTestApi({ items: new MemoryItems() }).app).get(`/items?${query}`);
  expect([response.status, response.headers["content-type"]]).toEqual([400, "application/problem+json"]);
});

test.each([
  {},
  [],
  { name: "" },
  { name: 1 },
  { name: "a\u0000b" },
  { name: "a\nb" },
  { name: "x".repeat(201) },
  { name: "a", id: 7 },
  '{"name":"\\ud800"}',
])("400 on the new item %j", async (body) => {
  expect((await post(buildTestApi({ items: new MemoryItems() }).app, body)).status).toBe(400);
});

test("a name may have 200 characters, counted as people do", async () => {
  expect(
    (await post(buildTestApi({ items: new MemoryItems() }).app, { name: "😀".repeat(200) })).status,
  ).toBe(201);
});

test("415 on an item that is not JSON", async () => {
  expect((await post(buildTestApi({ items: new MemoryItems() }).app, "name=a", "text/plain")).status).toBe(
    415,
  );
});

test.each(["/items/0", "/items/x", "/items/1e3", "/items/01x", `/items/${"9".repeat(20)}`])(
  "404 on %s",
  async (path) => {
    expect((await request(buildTestApi({ items: new MemoryItems() }).app).get(path)).status).toBe(404);
  },
);

test("409 when there is no room", async () => {
  const items = new MemoryItems();
  items.full = true;
  expect((await post(buildTestApi({ items }).app, { name: "a" })).status).toBe(409);
});

test("503 with Retry-After while the database is away, saying nothing of the cause; the rest is served", async () => {
  const items = new MemoryItems();
  items.down = true;
  const { app, lines } = buildTestApi({ items });
  const response = await request(app).get("/items");
  expect([response.status, response.headers["retry-after"]]).toEqual([503, "3"]);
  expect(response.text).not.toContain("secret");
  expect(JSON.stringify(lines())).toContain("the secret cause");
  for (const path of ["/", "/readyz", "/status"]) expect((await request(app).get(path)).status).toBe(200);
});

test("without a data tier, 404 says so", async () => {
  const { app } = buildTestApi();
  for (const response of [
    await request(app).get("/items"),
    await post(app, { name: "a" }),
    await request(app).get("/items/1"),
    await request(app).delete("/items/1"),
  ]) {
    expect(response.status).toBe(404);
    expect(response.body).toMatchObject({
      detail: "This deployment has no database, so that it has no items.",
    });
  }
});

test("405 names the methods that there are", async () => {
  const { app } = buildTestApi({ items: new MemoryItems() });
  expect((await request(app).put("/items")).headers.allow).toBe("GET, HEAD, POST");
  expect((await request(app).post("/items/1")).headers.allow).toBe("GET, HEAD, DELETE");
});
