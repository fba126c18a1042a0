import * as grpc from "@grpc/grpc-js";

/** The limit that the Pulumi SDK and engine set for a message between them. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

export interface Listening {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  close(): void;
}

/** Serves one gRPC service on a free loopback port. */
export async function listen<S extends grpc.UntypedServiceImplementation>(
  definition: grpc.ServiceDefinition<S>,
  implementation: S,
): Promise<Listening> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    close: () => {
      server.forceShutdown();
    },
  };
}
