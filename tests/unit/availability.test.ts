import * as fc from "fast-check";

import { planAvailability } from "../../components/workloads/availability";
import { PROFILES } from "../../config/profiles";

describe("availability holds together for every number of replicas", () => {
  const settings = fc
    .record({
      replicas: fc.integer({ min: 2, max: 100 }),
      min: fc.integer({ min: 2, max: 50 }),
      more: fc.nat(50),
      fixed: fc.boolean(),
    })
    .map(({ replicas, min, more, fixed }) => ({
      ...PROFILES.enterprise.api,
      replicas,
      autoscaling: fixed
        ? null
        : { minReplicas: min, maxReplicas: min + more, cpuPercent: 70, memoryPercent: 80 },
    }));

  test("one pod may always go, and at least one serves meanwhile", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const { disruptionBudget, rollingUpdate, fewestPods } = planAvailability(api);
        expect(disruptionBudget.maxUnavailable).toBeGreaterThanOrEqual(1);
        expect(fewestPods - disruptionBudget.maxUnavailable).toBeGreaterThanOrEqual(1);
        expect(rollingUpdate.maxUnavailable).toBe(0);
        expect(rollingUpdate.maxSurge).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test("a fixed number is the least and the most, and an autoscaler has its own", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const { fewestPods, mostPods, autoscaling } = planAvailability(api);
        const bounds = api.autoscaling ?? { minReplicas: api.replicas, maxReplicas: api.replicas };
        expect([fewestPods, mostPods]).toEqual([bounds.minReplicas, bounds.maxReplicas]);
        expect(autoscaling).toEqual(api.autoscaling ?? undefined);
      }),
    );
  });

  test("Kubernetes waits longer than the service takes to drain, and a rollout fits the quota", () => {
    fc.assert(
      fc.property(settings, (api) => {
        const plan = planAvailability(api);
        const needed = plan.preStopSeconds + plan.shutdown.timeoutSeconds;
        expect(plan.terminationGracePeriodSeconds).toBeGreaterThan(needed);
        expect(plan.shutdown.delaySeconds).toBeGreaterThanOrEqual(plan.readinessPeriodSeconds);
        const most = api.autoscaling?.maxReplicas ?? api.replicas;
        expect(plan.maxPods).toBeGreaterThanOrEqual(2 * most + plan.rollingUpdate.maxSurge);
      }),
    );
  });
});
