import { settlePending } from "../../local/driver/pending";
import type { StateResource } from "../../local/driver/state";

const kept: StateResource = { urn: "urn:kept", type: "t", custom: true, id: "id-kept" };
const begun: StateResource = { urn: "urn:begun", type: "t", custom: true, inputs: { colour: "red" } };

const settle = (
  pending: { type: "creating" | "updating" | "deleting"; resource: StateResource }[],
  cloud: Record<string, string>,
) => {
  const deployment = { resources: [kept], pending_operations: pending, manifest: { time: "now" } };
  return settlePending({ version: 3, deployment }, ({ urn }) => {
    const id = cloud[urn];
    return id === undefined ? undefined : { id, seconds: 1 };
  });
};

test("takes in what was created, without outputs", () => {
  const { deployment } = settle([{ type: "creating", resource: begun }], { "urn:begun": "id-begun" });
  expect(deployment).toEqual({
    manifest: { time: "now" },
    resources: [kept, { ...begun, id: "id-begun", outputs: {} }],
  });
});

test("forgets what was not created", () => {
  const { deployment } = settle([{ type: "creating", resource: begun }], {});
  expect(deployment).toEqual({ manifest: { time: "now" }, resources: [kept] });
});

test("takes in a replacement beside the resource that it was to replace as to be deleted", () => {
  const { deployment } = settle([{ type: "creating", resource: { ...kept, id: "" } }], {
    "urn:kept": "id-new",
  });
  expect(deployment.resources).toEqual([kept, { ...kept, id: "id-new", outputs: {}, delete: true }]);
});

test("does not take in twice what the state has under its id", () => {
  const { deployment } = settle([{ type: "creating", resource: kept }], { "urn:kept": "id-kept" });
  expect(deployment.resources).toEqual([kept]);
});

test.each(["updating", "deleting"] as const)("%s is done again by the next run", (type) => {
  const { deployment } = settle([{ type, resource: kept }], { "urn:kept": "id-kept" });
  expect(deployment).toEqual({ manifest: { time: "now" }, resources: [kept] });
});
