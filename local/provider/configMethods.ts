/** The provider methods that concern the provider itself: plugin handshake and configuration. */
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckResponse,
  ConfigureResponse,
  DiffResponse,
  InvokeResponse,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { ProviderBackend } from "./backend";
import { toDiffResponse } from "./resourceMethods";
import { unary } from "./unary";
import { fromWire, toWire } from "./wire";

type ConfigMethod =
  "attach" | "getPluginInfo" | "handshake" | "checkConfig" | "diffConfig" | "configure" | "invoke" | "cancel";

export function configMethods(backend: ProviderBackend): Pick<IResourceProviderServer, ConfigMethod> {
  return {
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(backend.version);
      return info;
    }),
    handshake: unary(() => {
      const response = new ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    }),
    // The configuration as the program gave it, secrets still wrapped: the engine stores and sends it back.
    checkConfig: unary((request) => {
      const response = new CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(async (request) => {
      if (backend.diffConfig === undefined) {
        const response = new DiffResponse();
        response.setChanges(DiffResponse.DiffChanges.DIFF_UNKNOWN);
        return response;
      }
      const olds = fromWire(request.getOldInputs() ?? request.getOlds()).value;
      return toDiffResponse(await backend.diffConfig(olds, fromWire(request.getNews()).value));
    }),
    configure: unary(async (request, connection) => {
      await backend.configure(connection, fromWire(request.getArgs()).value);
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      response.setSupportspreview(true);
      return response;
    }),
    invoke: unary(async (request, connection) => {
      const inputs = fromWire(request.getArgs()).value;
      const response = new InvokeResponse();
      response.setReturn(toWire(await backend.invoke(request.getTok(), inputs, connection)));
      return response;
    }),
    // Calls last milliseconds: nothing worth interrupting.
    cancel: unary(() => new Empty()),
  };
}
