import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ProviderError, type JsonObject, type ProviderBackend } from "../../local/provider/backend";
import { diffInputs } from "../../local/provider/diff";
import { serveProvider, type ServedProvider } from "../../local/provider/server";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: string): JsonObject => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const URN = "urn:pulumi:dev::app::my:component:Thing$test:index:Item::the::name";

let seen: JsonObject[];
let served: ServedProvider;
let client: ResourceProviderClient;

const backend: ProviderBackend = {
  name: "test",
  version: "1.2.3",
  configure: (connection, inputs) => {
    seen.push({ connection, inputs });
    return Promise.resolve();
  },
  check: ({ news, name, type }) =>
    Promise.resolve({ inputs: news, failures: [{ property: "name", reason: `${type} ${name}` }] }),
  diff: ({ oldInputs, newInputs }) =>
    Promise.resolve(diffInputs(oldInputs, newInputs, { replaceOn: ["location"] })),
  create: ({ inputs, connection }) => {
    seen.push({ connection, inputs });
    if (inputs["fail"] === "partly") {
      throw new ProviderError("RolloutFailed", "0 of 2 ready", { id: "half", outputs: inputs });
    }
    if (inputs["fail"] === "bug") throw new TypeError("oops");
    if (inputs["fail"] === true) throw new ProviderError("SkuNotAvailable", "not in this region");
    return Promise.resolve({ id: "x", outputs: { ...inputs, key: "generated" }, secrets: ["key"] });
  },
  read: ({ id }) =>
    Promise.resolve(
      id === "gone" ? undefined : { id, outputs: { password: "p" }, inputs: { password: "drifted" } },
    ),
  update: ({ id, newInputs }) => Promise.resolve({ id, outputs: newInputs }),
  delete: () => Promise.resolve(),
  invoke: (token, inputs) => Promise.resolve({ token, inputs }),
};

beforeEach(async () => {
  seen = [];
  served = await serveProvider(backend);
  client = new ResourceProviderClient(`127.0.0.1:${served.port}`, grpc.credentials.createInsecure());
});

afterEach(async () => {
  client.close();
  await served.close();
});

type Done<Response> = (error: Error | null, response: Response) => void;

function send<Response>(call: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function createRequest(properties: JsonObject): messages.CreateRequest {
  return new messages.CreateRequest().setUrn(URN).setProperties(Struct.fromJavaScript(properties));
}

async function failure(promise: Promise<unknown>): Promise<grpc.ServiceError> {
  const error: unknown = await promise.then(
    () => new Error("the call succeeded"),
    (reason: unknown) => reason,
  );
  return error as grpc.ServiceError;
}

test("configuration is unwrapped, and all features that keep secrets and previews right are accepted", async () => {
  const args = Struct.fromJavaScript({ token: secret("t") });
  const response = await send<messages.ConfigureResponse>((done) =>
    client.configure(new messages.ConfigureRequest().setArgs(args), done),
  );
  expect(response.toObject()).toMatchObject({
    acceptsecrets: true,
    acceptresources: true,
    acceptoutputs: true,
    supportspreview: true,
  });
  expect(seen[0]?.["inputs"]).toEqual({ token: "t" });
});

test("checkConfig hands the configuration back with its secrets", async () => {
  const news = { token: secret("t") };
  const request = new messages.CheckRequest().setNews(Struct.fromJavaScript(news));
  expect(
    (await send<messages.CheckResponse>((done) => client.checkConfig(request, done)))
      .getInputs()
      ?.toJavaScript(),
  ).toEqual(news);
});

test("check names type and resource from the URN, and keeps secret inputs secret", async () => {
  const news = { password: secret("p"), size: 1 };
  const request = new messages.CheckRequest().setUrn(URN).setNews(Struct.fromJavaScript(news));
  const response = await send<messages.CheckResponse>((done) => client.check(request, done));
  expect(response.getInputs()?.toJavaScript()).toEqual(news);
  expect(response.getFailuresList().map((item) => item.toObject())).toEqual([
    { property: "name", reason: "test:index:Item the::name" },
  ]);
});

test("create unwraps secrets for the backend and wraps them, and the backend's own, in the outputs", async () => {
  const response = await send<messages.CreateResponse>((done) =>
    client.create(createRequest({ password: secret("p"), open: "o" }), done),
  );
  expect(seen[0]?.["inputs"]).toEqual({ password: "p", open: "o" });
  expect(response.getId()).toBe("x");
  expect(response.getProperties()?.toJavaScript()).toEqual({
    password: secret("p"),
    open: "o",
    key: secret("generated"),
  });
});

test("two provider instances are told apart by their connections", async () => {
  const other = new ResourceProviderClient(`127.0.0.1:${served.port}`, grpc.credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  await send<messages.CreateResponse>((done) => client.create(createRequest({}), done));
  await new Promise((resolve) => other.create(createRequest({}), resolve));
  await send<messages.CreateResponse>((done) => client.create(createRequest({}), done));
  other.close();
  const connections = seen.map(({ connection }) => connection);
  expect(connections[0]).toBe(connections[2]);
  expect(connections[1]).not.toBe(connections[0]);
});

test("a refusal shows the cloud's code and text", async () => {
  const error = await failure(
    send<messages.CreateResponse>((done) => client.create(createRequest({ fail: true }), done)),
  );
  expect(error.details).toBe("SkuNotAvailable: not in this region");
  expect(error.metadata.get("grpc-status-details-bin")).toEqual([]);
});

test("a refusal after the object was made carries its state, so that the engine keeps it", async () => {
  const error = await failure(
    send<messages.CreateResponse>((done) =>
      client.create(createRequest({ fail: "partly", password: secret("p") }), done),
    ),
  );
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  const [packed] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
  expect(packed?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
  const detail = messages.ErrorResourceInitFailed.deserializeBinary(
    packed?.getValue_asU8() ?? new Uint8Array(),
  );
  expect(detail.getId()).toBe("half");
  expect(detail.getReasonsList()).toEqual(["RolloutFailed: 0 of 2 ready"]);
  expect(detail.getProperties()?.toJavaScript()).toEqual({ fail: "partly", password: secret("p") });
});

test("a fault of the emulator is told apart from a refusal, with its stack", async () => {
  const error = await failure(
    send<messages.CreateResponse>((done) => client.create(createRequest({ fail: "bug" }), done)),
  );
  expect(error.code).toBe(grpc.status.INTERNAL);
  expect(error.details).toMatch(
    /the emulated provider failed: TypeError: oops\n +at .*provider-server\.test/,
  );
});

test("diff gives property paths, the replaced properties, and none where nothing changed", async () => {
  const request = (news: JsonObject): messages.DiffRequest =>
    new messages.DiffRequest()
      .setUrn(URN)
      .setOldInputs(Struct.fromJavaScript({ location: "a", tags: { x: "1" } }))
      .setNews(Struct.fromJavaScript(news));
  const changed = await send<messages.DiffResponse>((done) =>
    client.diff(request({ location: "b", tags: { x: "2" } }), done),
  );
  expect(changed.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
  expect(changed.getReplacesList()).toEqual(["location"]);
  const details = changed.getDetaileddiffMap();
  expect(details.get("location")?.getKind()).toBe(messages.PropertyDiff.Kind.UPDATE_REPLACE);
  expect(details.get("tags.x")?.getKind()).toBe(messages.PropertyDiff.Kind.UPDATE);
  const same = await send<messages.DiffResponse>((done) =>
    client.diff(request({ location: "a", tags: { x: "1" } }), done),
  );
  expect(same.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
});

test("read answers with the cloud's inputs, secret where the state has them secret, and empty when gone", async () => {
  const request = (id: string): messages.ReadRequest =>
    new messages.ReadRequest()
      .setUrn(URN)
      .setId(id)
      .setInputs(Struct.fromJavaScript({ password: secret("p") }));
  const present = await send<messages.ReadResponse>((done) => client.read(request("x"), done));
  expect(present.getInputs()?.toJavaScript()).toEqual({ password: secret("drifted") });
  expect(present.getProperties()?.toJavaScript()).toEqual({ password: secret("p") });
  expect((await send<messages.ReadResponse>((done) => client.read(request("gone"), done))).getId()).toBe("");
});

test("methods that no engine needs from an emulator are unimplemented, not hanging", async () => {
  const error = await failure(
    send<messages.GetSchemaResponse>((done) => client.getSchema(new messages.GetSchemaRequest(), done)),
  );
  expect(error.code).toBe(grpc.status.UNIMPLEMENTED);
});
