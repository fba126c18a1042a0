import { runProgram, theOnly } from "../support/pulumi";

describe("the image", () => {
  const TASK_RUN = "azure-native:containerregistry:TaskRun";

  test("is built in Azure from the checked-out commit", async () => {
    const { inputs } = theOnly(await runProgram("dev"), TASK_RUN);
    expect(inputs["runRequest"]).toMatchObject({
      type: "DockerBuildRequest",
      sourceLocation: expect.stringMatching(/^https:\/\/.+\.git#[0-9a-f]{40}:service$/) as string,
      isPushEnabled: true,
      platform: { os: "Linux" },
    });
  });

  test("is taken as it is where delivery passes its digest", async () => {
    const image = { digest: `sha256:${"b".repeat(64)}`, commit: "c".repeat(40) };
    const resources = await runProgram("dev", { api: { image } });
    expect(resources.filter(({ type }) => type === TASK_RUN)).toEqual([]);
    const deployment = JSON.stringify(theOnly(resources, "kubernetes:apps/v1:Deployment").inputs);
    expect(deployment).toContain(`/api:${"c".repeat(40)}@sha256:${"b".repeat(64)}"`);
  });

  test("leaves a private registry's agents where they are, whoever builds", async () => {
    const agents = (resources: readonly { type: string; name: string }[]) =>
      resources.map(({ name }) => name).filter((name) => name.startsWith("api-image-agents"));
    const built = agents(await runProgram("prod"));
    const image = { digest: `sha256:${"b".repeat(64)}`, commit: "c".repeat(40) };
    expect(agents(await runProgram("prod", { api: { image } }))).toEqual(built);
    expect(built).toContain("api-image-agents-pool");
  });
});
