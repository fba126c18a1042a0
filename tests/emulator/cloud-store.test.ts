import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudStore, type CloudRecord } from "../../local/cloud/store";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-"));
  file = join(folder, "dev.jsonl");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const GROUP = "/subscriptions/s/resourceGroups/rg";

function record(id: string, properties: CloudRecord["properties"] = {}, type = "T/t"): CloudRecord {
  return { id, cloud: "azure", type, properties, createdAt: "2026-01-01T00:00:00.000Z", seconds: 4 };
}

function ids(store: CloudStore): string[] {
  return store.list().map(({ id }) => id);
}

test("what was put is there after opening again, in order, the last version of each", () => {
  const store = CloudStore.open(file);
  store.put(record("a", { version: 1 }));
  store.put(record("b"));
  store.put(record("c"));
  store.put(record("a", { version: 2 }));
  store.remove("b");
  store.close();
  const again = CloudStore.open(file);
  expect(ids(again)).toEqual(["a", "c"]);
  expect(again.get("a")).toEqual(record("a", { version: 2 }));
  again.close();
});

test("a file is compacted when it is opened", () => {
  const store = CloudStore.open(file);
  for (let version = 0; version < 50; version++) store.put(record("a", { version }));
  store.close();
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(51);
  CloudStore.open(file).close();
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
});

test("a mutation is in the file as soon as put returns: a killed process leaves what it made", async () => {
  const script = `
    require("@swc-node/register");
    const { CloudStore } = require(${JSON.stringify(join(__dirname, "../../local/cloud/store.ts"))});
    const store = CloudStore.open(${JSON.stringify(file)});
    store.put(${JSON.stringify(record("a"))});
    process.kill(process.pid, "SIGKILL");`;
  const child = spawn(process.execPath, ["-e", script], { cwd: join(__dirname, "../.."), stdio: "inherit" });
  const signal = await new Promise((resolve) =>
    child.once("exit", (_code, by) => {
      resolve(by);
    }),
  );
  expect(signal).toBe("SIGKILL");
  const store = CloudStore.open(file); // also takes over the dead process's lock
  expect(ids(store)).toEqual(["a"]);
  store.close();
});

test("a torn last line, left by a crash in a write, is dropped at every length of it", () => {
  const store = CloudStore.open(file);
  store.put(record("a"));
  store.close();
  const whole = readFileSync(file).length;
  const line = JSON.stringify({ op: "put", record: record("b") });
  for (let length = 1; length <= line.length; length += 7) {
    truncateSync(file, whole);
    appendFileSync(file, line.slice(0, length));
    const again = CloudStore.open(file);
    expect(ids(again)).toEqual(["a"]);
    again.close();
  }
});

test.each([
  ["a broken line in the middle", (text: string) => text.replace('{"op":"put"', '{"op":"pu'), "line 2"],
  ["a record without an id", (text: string) => text.replace('"id":"a",', ""), "line 2"],
  ["another program's file", (text: string) => text.replace("emulated-cloud", "notes"), "line 1"],
])("%s is an error that names file, line and fix", (_name, damage, where) => {
  const store = CloudStore.open(file);
  store.put(record("a"));
  store.put(record("b"));
  store.close();
  writeFileSync(file, damage(readFileSync(file, "utf8")));
  expect(() => CloudStore.open(file)).toThrow(file);
  expect(() => CloudStore.open(file)).toThrow(where);
  expect(() => CloudStore.open(file)).toThrow("make reset");
});

test("Azure ids compare without regard to case, a cluster's do not", () => {
  const store = CloudStore.memory();
  store.put(record(GROUP));
  store.put(record("cluster/default/ConfigMap/a"));
  expect(store.get(GROUP.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"))?.id).toBe(GROUP);
  expect(store.get("cluster/default/configmap/a")).toBeUndefined();
  store.remove(GROUP.toLowerCase());
  expect(ids(store)).toEqual(["cluster/default/ConfigMap/a"]);
});

test("list filters by cloud, type and parent", () => {
  const store = CloudStore.memory();
  const child = `${GROUP}/providers/N/vnets/v`;
  store.put(record(GROUP));
  store.put(record(`${GROUP}2`));
  store.put(record(child, {}, "N/vnets"));
  store.put({ ...record("o"), cloud: "entra" });
  expect(store.list({ under: GROUP.toLowerCase() }).map(({ id }) => id)).toEqual([child]);
  expect(store.list({ type: "n/VNETS" }).map(({ id }) => id)).toEqual([child]);
  expect(store.list({ cloud: "entra" }).map(({ id }) => id)).toEqual(["o"]);
});

test("sibling clouds are seen by listElsewhere, its own records are not", () => {
  const dev = CloudStore.open(file);
  const prod = CloudStore.open(join(folder, "prod.jsonl"));
  dev.put(record("a", {}, "R/registries"));
  prod.put(record("b", {}, "R/registries"));
  expect(dev.listElsewhere({ type: "R/registries" }).map(({ id }) => id)).toEqual(["b"]);
  dev.close();
  prod.close();
});

test("a cloud has one writer and any number of readers", () => {
  const store = CloudStore.open(file);
  store.put(record("a"));
  expect(() => CloudStore.open(file)).toThrow(`open in process ${process.pid}`);
  const reader = CloudStore.openReadOnly(file);
  expect(ids(reader)).toEqual(["a"]);
  expect(() => {
    reader.put(record("b"));
  }).toThrow("read-only");
  store.close();
  expect(() => {
    store.put(record("b"));
  }).toThrow("closed");
});

test("records are frozen: what the cloud holds changes only by put", () => {
  const store = CloudStore.memory();
  const given = record("a", { tags: { x: "1" } });
  store.put(given);
  given.properties["tags"] = {};
  const held = store.get("a");
  expect(held?.properties).toEqual({ tags: { x: "1" } });
  expect(() => {
    (held?.properties["tags"] as Record<string, string>)["x"] = "2";
  }).toThrow(TypeError);
});
