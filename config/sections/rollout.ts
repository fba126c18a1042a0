import { z } from "zod";

import { percent } from "./values";

/**
 * How a new version takes the old one's place. Beside `rollingUpdate`, which Kubernetes itself does, Argo Rollouts shifts it
 * and judges it by what Prometheus measures; a version that fails is taken back by itself.
 */
export const rolloutSchema = z.strictObject({
  /** `canary`: 10, 25, 50, 75, 100 % of the pods, judged at 10 %. `blueGreen`: all at once, judged before and after. */
  strategy: z.enum(["rollingUpdate", "canary", "blueGreen"]),
  /** Seconds that each weight of a canary is held. */
  stepSeconds: z.number().int().min(5).max(86_400),
  /** Limits that a version must keep; the second sample over one of them ends the rollout. */
  analysis: z.strictObject({
    /** Seconds between samples, at most 10: the second bad one and the way back must fit into 30 s. */
    intervalSeconds: z.number().int().min(5).max(10),
    /** Samples of the judgement before the first 25 % and before and after a blue-green switch. */
    samples: z.number().int().min(3).max(1000),
    /** Share of the requests answered with 500 to 599. */
    maxErrorPercent: z.number().min(0).max(100),
    /** 95th percentile of the time that requests take. */
    maxP95Milliseconds: z.number().int().min(1).max(10_000),
    /** Processor time of the busiest pod, of its limit. */
    maxCpuPercent: percent,
    /** Share of the new version's pods that are ready. */
    minReadyPercent: percent,
  }),
});
