/** Environment variables as the process receives them. A variable that is set but empty counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment is unusable; `problems` holds one sentence for each fault, all of them at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      ["The environment of the API is invalid:", ...problems.map((problem) => `  ${problem}`)].join("\n"),
    );
    this.name = "ConfigError";
  }
}

const MAX_SHUTDOWN_SECONDS = 3600;
const LABEL = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,127}$/;
const LABEL_ALLOWED = "1 to 128 letters, digits, '.', '_', '+' or '-', starting with a letter or digit";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads variables one by one and gathers the faults instead of stopping at the first. */
export class EnvironmentReader {
  readonly problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** The value that `parse` makes of the variable; the default when it is unset, or when it is refused. */
  read<T>(name: string, fallback: T, allowed: string, parse: (text: string) => T | undefined): T {
    const text = this.environment[name];
    if (text === undefined || text === "") return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    this.problems.push(
      `${name}: got ${JSON.stringify(text)}; allowed: ${allowed}; ` +
        `fix: correct it, or unset it${fallback === undefined ? "" : ` to get ${JSON.stringify(fallback)}`}.`,
    );
    return fallback;
  }

  label<T extends string | undefined>(name: string, fallback: T): string | T {
    return this.matching(name, fallback, LABEL, LABEL_ALLOWED);
  }

  guid(name: string): string | undefined {
    return this.read<string | undefined>(name, undefined, "a GUID", (text) =>
      GUID.test(text) ? text.toLowerCase() : undefined,
    );
  }

  matching<T extends string | undefined>(
    name: string,
    fallback: T,
    pattern: RegExp,
    allowed: string,
  ): string | T {
    return this.read<string | T>(name, fallback, allowed, (text) => (pattern.test(text) ? text : undefined));
  }

  oneOf<T extends string>(name: string, fallback: T, values: readonly T[]): T {
    return this.read<T>(name, fallback, `one of ${values.join(", ")}`, (text) =>
      values.find((value) => value === text),
    );
  }

  /** The value; a fault when there is none and the variable is not set at all. */
  required(name: string, value: string | undefined): string {
    if (value === undefined && (this.environment[name] ?? "") === "") {
      this.problems.push(
        `${name}: got nothing; allowed: a value, beside AZURE_FEDERATED_TOKEN_FILE; fix: set it.`,
      );
    }
    return value ?? "";
  }

  integer<T extends number | undefined>(name: string, fallback: T, min: number, max: number): number | T {
    return this.read<number | T>(name, fallback, `an integer from ${min} to ${max}`, (text) =>
      /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
    );
  }

  seconds(name: string, fallback: number): number {
    return this.read(name, fallback, `seconds from 0 to ${MAX_SHUTDOWN_SECONDS}`, (text) => {
      if (!/^\d+(\.\d+)?$/.test(text)) return undefined;
      return Number(text) <= MAX_SHUTDOWN_SECONDS ? Number(text) : undefined;
    });
  }
}
