import { COMMANDS, USAGE, parseArguments } from "../../local/driver/arguments";
import { UserError } from "../../local/driver/errors";

function refusal(...argv: string[]): UserError {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`accepted: ${argv.join(" ")}`);
}

test("defaults to the stack dev, text output and the port in use", () => {
  expect(parseArguments(["up"])).toEqual({
    command: "up",
    stack: "dev",
    port: undefined,
    json: false,
    file: undefined,
    project: undefined,
    local: undefined,
  });
});

test("reads every option", () => {
  const argv = ["export", "--stack", "prod", "--port", "18081", "--json", "--file", "out.json"];
  expect(parseArguments([...argv, "--project", "p", "--local", "l"])).toEqual({
    command: "export",
    stack: "prod",
    port: 18081,
    json: true,
    file: "out.json",
    project: "p",
    local: "l",
  });
});

test("--help asks for the usage text, which names every command", () => {
  expect(parseArguments(["--help"])).toBeUndefined();
  for (const command of Object.keys(COMMANDS)) expect(USAGE).toContain(`\n  ${command} `);
});

test.each([
  [[], "got nothing, allowed: setup, up, preview"],
  [["apply"], 'got "apply", allowed: setup, up, preview'],
  [["toString"], 'got "toString"'],
  [["up", "now"], 'got "now", allowed: one command'],
  [["up", "--port", "80"], 'got "80", allowed: a whole number from 1024 to 65535'],
  [["up", "--port", "70000"], 'got "70000"'],
  [["up", "--port", "1e4"], 'got "1e4"'],
  [["up", "--no-policy"], "--no-policy"],
])("refuses %j with what, got, allowed and a fix", (argv, message) => {
  const error = refusal(...argv);
  expect(error.message).toContain(message);
  expect(error.message).toContain("Fix:");
  expect(error.exitCode).toBe(2);
});
