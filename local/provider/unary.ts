/** A promise-returning handler as a gRPC unary method, and a backend's refusal as a gRPC error. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ProviderError, type ResourceState } from "./backend";
import { toWire, type ValuePath } from "./wire";

export type Handler<Request, Response> = (
  request: Request,
  connection: string,
) => Promise<Response> | Response;

/**
 * @param secretsOf places of the request's secret inputs, wrapped again in the state that a failure leaves.
 */
export function unary<Request, Response>(
  handler: Handler<Request, Response>,
  secretsOf: (request: Request) => readonly ValuePath[] = () => [],
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const answer = async (): Promise<Response> => handler(call.request, call.getPeer());
    answer().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(toServiceError(error, secretsOf(call.request)));
      },
    );
  };
}

function toServiceError(error: unknown, secrets: readonly ValuePath[]): Partial<grpc.StatusObject> {
  if (!(error instanceof ProviderError)) {
    // A fault of the emulator itself: the stack tells where.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: grpc.status.INTERNAL, details: `the emulated provider failed: ${text}` };
  }
  const failure = { code: grpc.status.UNKNOWN, details: error.message };
  return error.partial === undefined
    ? failure
    : { ...failure, metadata: initFailedMetadata(error, error.partial, secrets) };
}

/** The engine keeps a resource whose error carries this detail (`sdk/nodejs/provider/server.ts`). */
function initFailedMetadata(
  error: ProviderError,
  state: ResourceState,
  secrets: readonly ValuePath[],
): grpc.Metadata {
  const detail = new ErrorResourceInitFailed();
  detail.setId(state.id);
  detail.setProperties(toWire(state.outputs, secrets, state.secrets));
  detail.setReasonsList([error.message]);
  if (state.inputs !== undefined) detail.setInputs(toWire(state.inputs, secrets));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
