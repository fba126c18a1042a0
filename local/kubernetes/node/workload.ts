/** A Deployment on the local node: keeps its pods at the wanted number and revision. */
import { Pod } from "./pod";
import type { WorkloadSpec, WorkloadStatus } from "./protocol";
import type { Reaper } from "./reaper";

export class Workload {
  private pods: Pod[] = [];
  private removed = false;

  public constructor(
    public spec: WorkloadSpec,
    private readonly logFolder: string,
    private readonly reaper: Reaper,
  ) {
    this.reconcile();
  }

  public apply(spec: WorkloadSpec): void {
    this.spec = spec;
    this.reconcile();
  }

  public readyPods(): Pod[] {
    return this.pods.filter((pod) => pod.ready);
  }

  /** Ends a pod as `kubectl delete pod` does. @returns whether it is one of these */
  public deletePod(name: string): boolean {
    const pod = this.pods.find((one) => one.name === name && !one.isTerminating);
    if (pod === undefined) return false;
    this.end(pod);
    this.reconcile();
    return true;
  }

  public async remove(): Promise<void> {
    this.removed = true;
    await Promise.all(this.pods.map((pod) => pod.terminate(true)));
    this.pods = [];
  }

  public status(): WorkloadStatus {
    const { key, revision, replicas } = this.spec;
    const active = this.pods.filter((pod) => !pod.isTerminating);
    const updated = active.filter((pod) => pod.revision === revision);
    return {
      key,
      revision,
      replicas,
      updated: updated.length,
      ready: updated.filter((pod) => pod.ready).length,
      old: active.length - updated.length,
      pods: this.pods.map((pod) => pod.status()),
    };
  }

  /** One step towards the spec, as the Deployment controller makes it; the next comes when a pod changes. */
  private reconcile(): void {
    if (this.removed) return;
    const { revision, replicas, maxSurge, maxUnavailable, recreate } = this.spec;
    const active = this.pods.filter((pod) => !pod.isTerminating);
    const current = active.filter((pod) => pod.revision === revision);
    const old = active.filter((pod) => pod.revision !== revision);

    // Too many of the newest: those that are not ready go first.
    for (const pod of unreadyFirst(current).slice(0, Math.max(0, current.length - replicas))) this.end(pod);

    if (recreate) {
      for (const pod of old) this.end(pod);
      if (this.pods.some((pod) => pod.revision !== revision)) return;
    } else this.scaleDown(old, current, replicas - maxUnavailable);

    const room = old.length === 0 ? replicas : replicas + maxSurge;
    const remaining = old.filter((pod) => !pod.isTerminating).length;
    for (
      let total = current.length + remaining, have = current.length;
      have < replicas && total < room;
      have++
    ) {
      this.begin();
      total++;
    }
  }

  /** Old pods that are not ready serve nobody; of the ready ones, as many may go as the new ones make up for. */
  private scaleDown(old: readonly Pod[], current: readonly Pod[], least: number): void {
    let available = [...old, ...current].filter((pod) => pod.ready).length;
    for (const pod of unreadyFirst(old)) {
      if (pod.ready && available <= least) return;
      if (pod.ready) available--;
      this.end(pod);
    }
  }

  private begin(): void {
    const pod = new Pod(this.spec, this.logFolder, this.reaper, () => {
      this.reconcile();
    });
    this.pods.push(pod);
    pod.start();
  }

  private end(pod: Pod): void {
    void pod.terminate(false).then(() => {
      this.pods = this.pods.filter((other) => other !== pod);
      this.reconcile();
    });
  }
}

function unreadyFirst(pods: readonly Pod[]): Pod[] {
  return [...pods].sort((a, b) => Number(a.ready) - Number(b.ready));
}
