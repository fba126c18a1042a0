/**
 * A Pulumi resource provider in this process: a gRPC server on the loopback interface that answers the engine on
 * behalf of a {@link ProviderBackend}. The engine is told of it through `PULUMI_DEBUG_PROVIDERS=<name>:<port>`.
 */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService, type IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ProviderBackend } from "./backend";
import { configMethods } from "./configMethods";
import { resourceMethods } from "./resourceMethods";

/** The limit of the Pulumi SDKs (`sdk/nodejs/runtime/settings.ts`), in bytes. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export interface ServedProvider {
  /** Package name, as `PULUMI_DEBUG_PROVIDERS` wants it. */
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a backend on a free port of 127.0.0.1. */
export async function serveProvider(backend: ProviderBackend): Promise<ServedProvider> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  // grpc-js answers UNIMPLEMENTED for the methods that are left out; its type wants all of them named.
  const methods: Partial<IResourceProviderServer> = {
    ...configMethods(backend),
    ...resourceMethods(backend),
  };
  server.addService(ResourceProviderService, methods as IResourceProviderServer);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { name: backend.name, port, close: () => stop(server) };
}

/** Lets running calls end; a connection that an engine left open does not hold the process for longer. */
async function stop(server: grpc.Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, 1000);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
