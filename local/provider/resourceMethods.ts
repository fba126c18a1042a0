/** The provider methods that concern one resource: check, diff, create, read, update, delete. */
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckFailure,
  CheckResponse,
  CreateResponse,
  DiffResponse,
  PropertyDiff,
  ReadResponse,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type {
  CheckResult,
  DiffResult,
  PropertyChange,
  ProviderBackend,
  ResourceRequest,
  ResourceState,
} from "./backend";
import { parsePattern } from "./diff";
import { unary } from "./unary";
import { fromWire, toWire, type ValuePath } from "./wire";

type ResourceMethod = "check" | "diff" | "create" | "read" | "update" | "delete";

const CHANGE_KINDS: Readonly<Record<PropertyChange, PropertyDiff.Kind>> = {
  add: PropertyDiff.Kind.ADD,
  "add-replace": PropertyDiff.Kind.ADD_REPLACE,
  delete: PropertyDiff.Kind.DELETE,
  "delete-replace": PropertyDiff.Kind.DELETE_REPLACE,
  update: PropertyDiff.Kind.UPDATE,
  "update-replace": PropertyDiff.Kind.UPDATE_REPLACE,
};

export function resourceMethods(backend: ProviderBackend): Pick<IResourceProviderServer, ResourceMethod> {
  return {
    check: unary(async (request, connection) => {
      const olds = fromWire(request.getOlds()).value;
      const news = fromWire(request.getNews());
      const randomSeed = request.getRandomseed_asU8();
      const result = await backend.check({
        ...named(request, connection),
        olds,
        news: news.value,
        randomSeed,
      });
      return toCheckResponse(result, news.secrets);
    }),
    diff: unary(async (request, connection) =>
      toDiffResponse(
        await backend.diff({
          ...named(request, connection),
          id: request.getId(),
          oldInputs: fromWire(request.getOldInputs()).value,
          oldOutputs: fromWire(request.getOlds()).value,
          newInputs: fromWire(request.getNews()).value,
          ignoreChanges: request.getIgnorechangesList(),
        }),
      ),
    ),
    create: unary(
      async (request, connection) => {
        const inputs = fromWire(request.getProperties());
        const preview = request.getPreview();
        const state = await backend.create({ ...named(request, connection), inputs: inputs.value, preview });
        const response = new CreateResponse();
        response.setId(state.id);
        response.setProperties(outputsOf(state, inputs.secrets));
        return response;
      },
      (request) => fromWire(request.getProperties()).secrets,
    ),
    read: unary(async (request, connection) => {
      const inputs = fromWire(request.getInputs());
      const outputs = fromWire(request.getProperties());
      const state = await backend.read({
        ...named(request, connection),
        id: request.getId(),
        inputs: inputs.value,
        outputs: outputs.value,
      });
      const response = new ReadResponse();
      // An empty id tells the engine that the resource is gone.
      if (state === undefined) return response;
      response.setId(state.id);
      response.setProperties(outputsOf(state, [...inputs.secrets, ...outputs.secrets]));
      response.setInputs(toWire(state.inputs ?? inputs.value, inputs.secrets));
      return response;
    }),
    update: unary(
      async (request, connection) => {
        const news = fromWire(request.getNews());
        const state = await backend.update({
          ...named(request, connection),
          id: request.getId(),
          oldInputs: fromWire(request.getOldInputs()).value,
          oldOutputs: fromWire(request.getOlds()).value,
          newInputs: news.value,
          ignoreChanges: request.getIgnorechangesList(),
          preview: request.getPreview(),
        });
        const response = new UpdateResponse();
        response.setProperties(outputsOf(state, news.secrets));
        return response;
      },
      (request) => fromWire(request.getNews()).secrets,
    ),
    delete: unary(async (request, connection) => {
      await backend.delete({
        ...named(request, connection),
        id: request.getId(),
        oldInputs: fromWire(request.getOldInputs()).value,
        oldOutputs: fromWire(request.getProperties()).value,
      });
      return new Empty();
    }),
  };
}

/** Also used for provider configurations, which the engine compares in the same terms. */
export function toDiffResponse(diff: DiffResult): DiffResponse {
  const response = new DiffResponse();
  const entries = Object.entries(diff.changes);
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(entries.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDeletebeforereplace(diff.deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  const changed = new Set<string>();
  const replacing = new Set<string>();
  for (const [path, change] of entries) {
    const detail = new PropertyDiff();
    detail.setKind(CHANGE_KINDS[change]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
    const property = parsePattern(path)[0] ?? path;
    changed.add(property);
    if (change.endsWith("-replace")) replacing.add(property);
  }
  response.setDiffsList([...changed]);
  response.setReplacesList([...replacing]);
  return response;
}

function toCheckResponse(result: CheckResult, secrets: readonly ValuePath[]): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(toWire(result.inputs, secrets));
  for (const { property, reason } of result.failures) {
    const failure = new CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}

function outputsOf(state: ResourceState, secrets: readonly ValuePath[]): Struct {
  return toWire(state.outputs, secrets, state.secrets);
}

interface NamedRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

function named(request: NamedRequest, connection: string): ResourceRequest {
  const urn = request.getUrn();
  // Engines older than the fields `type` and `name` say both in the URN: …::<parent types>$<type>::<name>.
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return {
    urn,
    type: request.getType() || (qualifiedType.split("$").at(-1) ?? qualifiedType),
    name: request.getName() || name.join("::"),
    connection,
  };
}
