import * as monitor from "@pulumi/azure-native/monitor";
import * as resources from "@pulumi/azure-native/resources";

import { Budget } from "../../../components/governance/budget";
import { OffHours } from "../../../components/governance/offHours";
import { type GovernanceSettings, Names } from "../../../config";
import { ofType, SUBSCRIPTION_ID, theOnly } from "../../support/pulumi";
import { render, serviceArgs } from "./dataFixture";
import { createCluster, grantsOf, renderWithOptions, vaultArgs } from "./securityFixture";

const BUDGET = "azure-native:consumption:Budget";
const WORKFLOW = "azure-native:logic:Workflow";

describe("budget", () => {
  const names = new Names({ prefix: "oap", project: "shop", environment: "prod" });
  const budget = { monthlyAmount: 500, startDate: null };

  function create(settings: GovernanceSettings["budget"], codes: readonly string[] = ["wus2"]) {
    return renderWithOptions(() => {
      const { client } = serviceArgs();
      const actionGroup = new monitor.ActionGroup("people", {
        resourceGroupName: "rg",
        enabled: true,
        groupShortName: "p",
      });
      const backups = new resources.ResourceGroup("backups-1a2b3c4d");
      return new Budget("budget", {
        names,
        furtherGroups: [backups],
        stamps: codes.map((code) => ({ names: names.in(code) })),
        governance: { budget: settings },
        observability: { alertEmails: ["ops@example.com"] },
        actionGroup,
        client,
      });
    });
  }

  test("counts the stack's groups, those of the nodes among them, and a further region adds its own", async () => {
    const values = async (codes: readonly string[]) => {
      const { inputs } = theOnly((await create(budget, codes)).resources, BUDGET);
      expect(inputs).toMatchObject({
        scope: `subscriptions/${SUBSCRIPTION_ID}`,
        filter: { dimensions: { name: "ResourceGroupName", operator: "In" } },
      });
      return (inputs["filter"] as { dimensions: { values: string[] } }).dimensions.values;
    };
    const one = await values(["wus2"]);
    expect(one).toEqual([
      "oap-shop-prod-rg",
      "oap-shop-prod-wus2-aks-nodes-rg",
      "oap-shop-prod-wus2-rg",
      "backups-1a2b3c4d",
    ]);
    expect(await values(["wus2", "eus"])).toEqual(expect.arrayContaining(one));
  });

  test("tells people at 80 and 100 percent spent and at 100 percent expected", async () => {
    const { resources } = await create(budget);
    const told = {
      enabled: true,
      operator: "GreaterThanOrEqualTo",
      contactEmails: ["ops@example.com"],
      contactGroups: [expect.stringMatching(/ActionGroup\/people$/) as unknown],
    };
    expect(theOnly(resources, BUDGET).inputs["notifications"]).toMatchObject({
      actual80: { ...told, threshold: 80, thresholdType: "Actual" },
      actual100: { ...told, threshold: 100, thresholdType: "Actual" },
      forecast100: { ...told, threshold: 100, thresholdType: "Forecasted" },
    });
  });

  test("starts in the month of its creation, or when the stack says, and never again", async () => {
    const { resources, options } = await create(budget);
    const month = new Date().toISOString().slice(0, 7);
    expect(theOnly(resources, BUDGET).inputs["timePeriod"]).toEqual({ startDate: `${month}-01T00:00:00Z` });
    expect(options.get("budget-monthly")?.ignoreChanges).toEqual(["timePeriod"]);
    const stated = await create({ ...budget, startDate: "2031-05-01" });
    expect(theOnly(stated.resources, BUDGET).inputs["timePeriod"]).toEqual({
      startDate: "2031-05-01T00:00:00Z",
    });
  });

  test("is not created without an amount", async () => {
    const { resources } = await create(null);
    expect(ofType(resources, "azure-native:monitor:ActionGroup")).toHaveLength(1);
    expect(resources.map(({ type }) => type)).not.toContain(BUDGET);
  });
});

describe("off-hours", () => {
  const workingWeek = ["Friday", "Monday", "Tuesday", "Wednesday", "Thursday"] as const;
  const offHours = {
    stopAt: "19:30",
    startAt: "07:00",
    days: [...workingWeek],
    timeZone: "Pacific Standard Time",
  };

  async function schedule(settings: NonNullable<GovernanceSettings["offHours"]>) {
    const { resources } = await render(
      () => new OffHours("off-hours", { ...vaultArgs(), offHours: settings, cluster: createCluster() }),
    );
    const workflows = ofType(resources, WORKFLOW);
    const definitionOf = (verb: string): Definition =>
      workflows.find(({ name }) => name === `off-hours-${verb}`)?.inputs["definition"] as Definition;
    return { resources, workflows, stop: definitionOf("stop"), start: definitionOf("start") };
  }

  test("stop and start at the stated times of the stated days, in the stated zone", async () => {
    const { stop, start } = await schedule(offHours);
    const weekDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
    const weekly = { frequency: "Week", interval: 1, timeZone: "Pacific Standard Time" };
    expect(stop.triggers.schedule.recurrence).toEqual({
      ...weekly,
      schedule: { weekDays, hours: [19], minutes: [30] },
    });
    expect(start.triggers.schedule.recurrence).toEqual({
      ...weekly,
      schedule: { weekDays, hours: [7], minutes: [0] },
    });
  });

  test("a day that ends after midnight ends on the next one: the cluster does not run over the weekend", async () => {
    const { stop, start } = await schedule({ ...offHours, stopAt: "01:00" });
    expect(stop.triggers.schedule.recurrence.schedule.weekDays).toEqual([
      "Tuesday",
      "Wednesday",
      "Thursday",
      "Friday",
      "Saturday",
    ]);
    expect(start.triggers.schedule.recurrence.schedule.weekDays).toContain("Monday");
    const sunday = await schedule({ ...offHours, stopAt: "01:00", days: ["Sunday"] });
    expect(sunday.stop.triggers.schedule.recurrence.schedule.weekDays).toEqual(["Monday"]);
  });

  test("each asks Azure Resource Manager for its one verb, as itself", async () => {
    const { stop, start } = await schedule(offHours);
    for (const [verb, { actions }] of Object.entries({ stop, start })) {
      expect(actions.ask).toMatchObject({
        type: "Http",
        inputs: {
          method: "POST",
          uri: expect.stringMatching(
            new RegExp(`^https://management\\.azure\\.com/subscriptions/.*/aks/${verb}\\?api-version=`),
          ) as unknown,
          authentication: { type: "ManagedServiceIdentity", audience: "https://management.azure.com/" },
        },
      });
    }
  });

  test("may manage the one cluster, and nobody may call them", async () => {
    const { resources, workflows } = await schedule(offHours);
    expect(grantsOf(resources)).toEqual([
      "off-hours-start-object-id AksContributor aks",
      "off-hours-stop-object-id AksContributor aks",
    ]);
    expect(workflows).toHaveLength(2);
    for (const { inputs } of workflows) {
      expect(inputs["accessControl"]).toEqual({ triggers: { allowedCallerIpAddresses: [] } });
    }
    expect(ofType(resources, "azure-native:monitor:DiagnosticSetting")).toHaveLength(2);
  });
});

interface Definition {
  readonly triggers: {
    readonly schedule: { readonly recurrence: { readonly schedule: { readonly weekDays: string[] } } };
  };
  readonly actions: { readonly ask: object };
}
