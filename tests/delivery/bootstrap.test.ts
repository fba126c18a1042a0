import { AZ, deployedStack, GH, PREFIX, SUBSCRIPTION, VARIABLES } from "./support/accounts";
import { changes, withBench } from "./support/bench";
import { deployedOutputs, type StackOutputs } from "./support/stackOutputs";

describe("bootstrap/state.sh", () => {
  test("creates everything once, and a second run changes nothing", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const first = await run("state", ["dev"]);
      expect(first.code).toBe(0);
      expect(first.stdout).toMatch(
        /^pulumi login 'azblob:\/\/state\?storage_account=akspdemodevst[a-z0-9]{6}'\npulumi stack init dev --secrets-provider 'azurekeyvault:\/\/aksp-demo-dev-kv-[a-z0-9]{6}\.vault\.azure\.net\/keys\/pulumi'\n$/,
      );
      const created = changes(fakes);
      expect(created).toHaveLength(9);
      expect(created.join("\n")).toContain(
        "--allow-shared-key-access false --allow-blob-public-access false --min-tls-version TLS1_2",
      );
      expect(created.join("\n")).toContain(
        "--enable-versioning true --enable-delete-retention true --delete-retention-days 30",
      );
      expect(created.at(-1)).toMatch(/^az lock create .*CanNotDelete/);
      fakes.forget();
      expect(await run("state", ["dev"])).toMatchObject({ code: 0, stdout: first.stdout });
      expect(fakes.calls()).not.toEqual([]);
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("closes an account that stands open", async () => {
    const open = { match: "^storage account create", sets: ["account"] };
    await withBench({ az: [open, ...AZ] }, async ({ fakes, run }) => {
      await run("state", ["dev"]);
      fakes.forget();
      expect((await run("state", ["dev"])).code).toBe(0);
      expect(changes(fakes)).toEqual([
        expect.stringMatching(/^az storage account update .*--allow-shared-key-access false/),
      ]);
    });
  });

  test("recovers a deleted vault instead of failing on its name", async () => {
    const deleted = [
      { match: "^keyvault list-deleted", prints: "id" },
      { match: "^keyvault recover", sets: ["vault", "key"] },
    ];
    await withBench({ az: [...deleted, ...AZ] }, async ({ fakes, run }) => {
      expect((await run("state", ["dev"])).code).toBe(0);
      expect(changes(fakes).filter((call) => call.includes("keyvault"))).toEqual([
        expect.stringMatching(/^az keyvault recover /),
      ]);
    });
  });

  test("a failed command ends it, and the next run goes on there", async () => {
    const refused = [{ match: "^keyvault create", status: 1 }];
    await withBench({ az: [...refused, ...AZ] }, async ({ fakes, run }) => {
      const failed = await run("state", ["dev"]);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain("Creating the key vault");
      expect(failed.stderr).toContain("it goes on where it stopped");
      expect(fakes.calls().at(-1)).toMatch(/^az keyvault create/);
    });
  });

  test("a dry run prints the commands and calls nothing", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const dry = await run("state", ["dev", "--dry-run", "--subscription", SUBSCRIPTION]);
      expect(dry.code).toBe(0);
      expect(dry.stdout.match(/^az /gm)).toHaveLength(9);
      expect(fakes.calls()).toEqual([]);
    });
  });

  test.each([
    [[], 2, "got no stack"],
    [["dev", "--dry-run"], 2, "got no --subscription"],
    [["dev", "--principal-type", "Robot"], 2, "allowed: User, Group, ServicePrincipal"],
    [["dev", "--principal"], 2, "--principal: got no value"],
    [["dev", "--nonsense"], 2, "unknown option --nonsense"],
    [["dev", "prod"], 2, 'got a second stack, "prod"'],
    [
      ["nope"],
      1,
      'stack: got "nope", allowed: one with a settings file here (Pulumi.dev.yaml, Pulumi.prod.yaml)',
    ],
  ])("refuses %j", async (args, code, message) => {
    await withBench({}, async ({ fakes, run }) => {
      const result = await run("state", args);
      expect(result.stderr).toContain(message);
      expect(result.code).toBe(code);
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("--help prints the head comment", async () => {
    await withBench({}, async ({ run }) => {
      const { code, stdout } = await run("state", ["--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^Creates what keeps one stack's Pulumi state[^]*calls nothing; it needs --subscription\.\n$/,
      );
    });
  });
});

describe("bootstrap/github.sh", () => {
  const ARGS = ["dev", "--repository", "acme/platform", "--reviewer", "boss"];
  let outputs: StackOutputs;
  let deployed: ReturnType<typeof deployedStack>;

  beforeAll(async () => {
    outputs = await deployedOutputs();
    deployed = deployedStack(outputs);
  }, 180_000);

  test("grants, trusts, environments and variables once; a second run changes nothing", async () => {
    await withBench(deployed, async ({ fakes, run }) => {
      expect(await run("github", ARGS)).toMatchObject({ code: 0, stdout: "" });
      const done = changes(fakes);
      const roles = done.map((call) =>
        /assignee-object-id (\S+) .* --role (.*) --scope .*\/([^/]+)$/.exec(call)?.slice(1).join(": "),
      );
      const [one, other] = outputs.regions;
      expect([one?.location, other?.location]).toEqual(["westus2", "eastus2"]);
      const regional = outputs.regions.flatMap(({ resourceGroupName, clusterName }) => [
        `previewer-1: Reader: ${resourceGroupName}`,
        `previewer-1: Azure Kubernetes Service Cluster User Role: ${clusterName}`,
        `previewer-1: Azure Kubernetes Service RBAC Reader: ${clusterName}`,
      ]);
      expect(roles.filter((role) => role !== undefined)).toEqual([
        expect.stringMatching(/^deployer-1: Storage Blob Data Contributor: /),
        expect.stringMatching(/^deployer-1: Key Vault Crypto User: /),
        expect.stringMatching(/^previewer-1: Storage Blob Data Reader: /),
        expect.stringMatching(/^previewer-1: Key Vault Crypto User: /),
        "previewer-1: Reader: aksp-demo-dev-rg",
        ...regional,
      ]);
      expect(done.find((call) => call.includes("federated-credential create"))).toContain(
        `"subject":"${PREFIX}:environment:dev-preview"`,
      );
      expect(done).toContainEqual(
        expect.stringMatching(
          /PUT repos\/acme\/platform\/environments\/dev .*custom_branch_policies\]=true .*reviewers\[\]\[id\]=77/,
        ),
      );
      expect(done.filter((call) => call.startsWith("gh variable set"))).toHaveLength(
        2 * VARIABLES.length + 1,
      );
      expect(done).toContain('gh variable set AZURE_STACKS --repo acme/platform --body ["dev"]');
      expect(done).toContain(
        `gh variable set AZURE_CLIENT_ID --env dev --repo acme/platform --body ${outputs.githubClientId}`,
      );
      expect(done).toContain(
        "gh variable set AZURE_CLIENT_ID --env dev-preview --repo acme/platform --body client-2",
      );
      fakes.forget();
      expect(await run("github", ARGS)).toMatchObject({ code: 0 });
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("adds a reviewer to an environment that exists, and keeps its other rules", async () => {
    const rules = "wait_timer=30\nprevent_self_review=true\nreviewers[][type]=Team\nreviewers[][id]=9\n";
    const gh = [
      {
        match: "^api repos/acme/platform/environments/dev --jq .*wait_timer",
        needs: "env-dev",
        prints: rules,
      },
    ];
    await withBench({ ...deployed, gh: [...gh, ...GH] }, async ({ fakes, run }) => {
      expect(await run("github", ["dev", "--repository", "acme/platform"])).toMatchObject({ code: 0 });
      fakes.forget();
      expect(await run("github", ARGS)).toMatchObject({ code: 0 });
      expect(changes(fakes)).toEqual([
        expect.stringMatching(
          /PUT .*environments\/dev .*wait_timer=30 .*\[\]\[id\]=9 .*\[\]\[type\]=User .*\[\]\[id\]=77$/,
        ),
      ]);
      fakes.forget();
      expect(await run("github", ARGS)).toMatchObject({ code: 0 });
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("adds a stack beside the others", async () => {
    await withBench(
      { ...deployed, gh: [{ match: "^variable list --repo", prints: '["prod"]' }, ...GH] },
      async ({ fakes, run }) => {
        expect((await run("github", ARGS)).code).toBe(0);
        expect(changes(fakes)).toContain(
          'gh variable set AZURE_STACKS --repo acme/platform --body ["dev","prod"]',
        );
      },
    );
  });

  test("refuses a stack that trusts another subject than the repository's tokens have", async () => {
    const wrong = {
      match: `^ad app federated-credential list --id ${outputs.githubClientId}`,
      prints: "repo:acme/platform:environment:dev",
    };
    await withBench({ ...deployed, az: [wrong, ...deployed.az] }, async ({ fakes, run }) => {
      const { code, stderr } = await run("github", ARGS);
      expect(code).toBe(1);
      expect(stderr).toContain(`allowed: "${PREFIX}:environment:dev"`);
      expect(stderr).toContain('repository "acme@7/platform@42" and environment "dev"');
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("refuses a stack without an identity for GitHub", async () => {
    await withBench({ pulumi: [{ match: "^stack output", prints: "{}" }] }, async ({ fakes, run }) => {
      const { code, stderr } = await run("github", ARGS);
      expect(code).toBe(1);
      expect(stderr).toContain("set delivery.github in Pulumi.dev.yaml");
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("a dry run prints the commands and calls nothing", async () => {
    await withBench(deployed, async ({ fakes, run }) => {
      const dry = await run("github", [...ARGS, "--dry-run", "--subscription", SUBSCRIPTION]);
      expect(dry.code).toBe(0);
      expect(
        dry.stdout
          .split("\n")
          .filter((line) => line !== "")
          .every((line) => /^(az|gh) /.test(line)),
      ).toBe(true);
      expect(dry.stdout).toContain("gh variable set PULUMI_BACKEND_URL --env dev-preview");
      expect(fakes.calls()).toEqual([]);
    });
  });
});
