/** The program starts as the official CLI starts it, with the runtime options of Pulumi.yaml. */
import { openClouds } from "../../local/driver/clouds";
import { REPOSITORY_ROOT, createLayout } from "../../local/driver/layout";
import { runOperation } from "../../local/driver/operation";
import { OperationRecord } from "../../local/driver/record";
import { nameOf, typeOf } from "../../local/driver/state";
import { ENGINE_TIMEOUT, createHome, engineCommand } from "../support/engine";
import { serveWithNodeHost } from "../support/nodeHost";

test(
  "a preview by the SDK's own runner registers the whole platform without an error or a warning",
  async () => {
    const home = createHome();
    const layout = createLayout({ project: REPOSITORY_ROOT, local: home.folder });
    const clouds = await openClouds({
      ...{ layout, stack: "dev", verb: "preview", port: undefined },
      warn: () => undefined,
    });
    const record = new OperationRecord();
    try {
      const result = await runOperation({
        ...{ verb: "preview", layout, stack: "dev", command: await engineCommand(), policyPacks: [] },
        serveLanguage: () => serveWithNodeHost(REPOSITORY_ROOT),
        providers: await clouds.serve(false),
        onEvent: (event) => {
          record.add(event);
        },
      });
      expect(record.errors).toEqual([]);
      expect(record.warnings).toEqual([]);
      expect(result.code).toBe(0);
      const urns = [...record.steps.keys()];
      const types = urns.map(typeOf);
      expect(types).toContain("azure-native:containerservice:ManagedCluster");
      expect(types).toContain("kubernetes:apps/v1:Deployment");
      // The engine does not count the provider instances that it makes by itself.
      const asked = urns.filter((urn) => !/^default(_|$)/.test(nameOf(urn)));
      expect(record.changes.create).toBe(asked.length);
    } finally {
      await clouds.close();
      home.remove();
    }
  },
  ENGINE_TIMEOUT,
);
