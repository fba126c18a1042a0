import * as pulumi from "@pulumi/pulumi";

/**
 * Creations on one resource that Azure takes one at a time, whoever asks for them. Only the order is kept, as a
 * dependency: one that is gone changes nothing in those that follow it.
 */
export class SerialWrites {
  public constructor(private last: pulumi.Resource) {}

  /** Creates the next one, after all before it. */
  public then<T extends pulumi.Resource>(
    opts: pulumi.CustomResourceOptions,
    create: (opts: pulumi.CustomResourceOptions) => T,
  ): T {
    const created = create(pulumi.mergeOptions(opts, { dependsOn: [this.last] }));
    this.last = created;
    return created;
  }
}
