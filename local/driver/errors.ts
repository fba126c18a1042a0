/** A mistake in what the caller asked for or in the machine's set-up: its message is the whole report. */
export class UserError extends Error {
  public constructor(
    message: string,
    /** Exit status of the driver: 2 for a wrong command line, 1 for everything else. */
    public readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "UserError";
  }
}

/** The text of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
