import { runScript as run } from "./support/ciScript";

describe("a wrong call", () => {
  test.each([
    ["preview", ["dev"], {}, 2, "got 1 arguments, allowed: 2."],
    ["build-image", [], {}, 2, "got 0 arguments, allowed: 1."],
    ["deploy", ["staging"], {}, 1, 'stack: got "staging", allowed: dev,prod.'],
    ["deploy", ["../dev"], {}, 1, 'stack: got "../dev", allowed: dev,prod.'],
    ["deploy", ["dev", "latest"], {}, 1, 'digest: got "latest", allowed: sha256: and 64 hexadecimal digits.'],
    ["deploy", ["dev"], { PULUMI_BACKEND_URL: "" }, 1, "PULUMI_BACKEND_URL: got nothing"],
    ["destroy", ["dev", "prod"], {}, 1, 'confirmation: got "prod", allowed: "dev"'],
    ["destroy", ["dev", ""], {}, 1, 'confirmation: got "", allowed: "dev"'],
  ])("of %s %j is refused before any tool runs", async (script, args, environment, code, message) => {
    const result = await run({ script, args, environment });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain("Fix: ");
    expect(result).toMatchObject({ code, calls: [], outputs: {} });
  });

  test.each(["preview", "build-image", "deploy", "destroy"])(
    "%s --help prints its head comment",
    async (script) => {
      const { code, stdout, calls } = await run({ script, args: ["--help"] });
      expect(stdout).toContain(`ops/ci/${script}.sh STACK`);
      expect({ code, calls }).toEqual({ code: 0, calls: [] });
    },
  );
});
