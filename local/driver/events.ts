import type * as grpc from "@grpc/grpc-js";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EventsService } from "@pulumi/pulumi/proto/events_grpc_pb";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { type Listening, listen } from "./grpc";

/** Receives the engine's events (`pulumi up --event-log tcp://<address>`). */
export async function serveEvents(onEvent: (event: EngineEvent) => void): Promise<Listening> {
  return listen(EventsService as grpc.ServiceDefinition, {
    streamEvents(
      call: grpc.ServerReadableStream<EventRequest, Empty>,
      reply: (error: null, response: Empty) => void,
    ) {
      call.on("data", (request: EventRequest) => {
        onEvent(JSON.parse(request.getEvent()) as EngineEvent);
      });
      call.on("end", () => {
        reply(null, new Empty());
      });
    },
  });
}
