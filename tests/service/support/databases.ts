import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { reservePort } from "../../support/ports";

const POSTGRESQL_FOLDER = "/usr/lib/postgresql";

/** Folder of PostgreSQL's programs, as Debian installs them; undefined where there are none. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(POSTGRESQL_FOLDER)) return undefined;
  const [newest] = readdirSync(POSTGRESQL_FOLDER).sort((one, other) => Number(other) - Number(one));
  return newest === undefined ? undefined : path.join(POSTGRESQL_FOLDER, newest, "bin");
}

export function redisProgram(): string | undefined {
  return ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].find((file) => existsSync(file));
}

/** A user that PostgreSQL, which refuses root, may run as; undefined: as whoever runs the tests. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

/** A database server on the loopback interface, in a folder of its own, which ends with the test. */
export class DatabaseProcess {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "database-"));
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(
    readonly port: number,
    private readonly command: (folder: string) => readonly string[],
    private readonly user: { uid: number; gid: number } | undefined,
  ) {
    chmodSync(this.#folder, 0o700);
    if (user !== undefined) chownSync(this.#folder, user.uid, user.gid);
  }

  /** PostgreSQL whose role `api` signs in with the password, and which logs statements. */
  static async postgres(programs: string, password: string): Promise<DatabaseProcess> {
    const port = await reservePort();
    const settings = {
      port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      fsync: "off",
      log_statement: "all",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = new DatabaseProcess(
      port,
      (folder) => [path.join(programs, "postgres"), "-D", path.join(folder, "data"), ...flags],
      unprivileged(),
    );
    server.#initialise(programs, password);
    await server.start("ready to accept connections");
    return server;
  }

  /** Redis without persistence, where the user signs in with the password. */
  static async redis(program: string, user: string, password: string): Promise<DatabaseProcess> {
    const port = await reservePort();
    const server = new DatabaseProcess(
      port,
      () => [
        ...[program, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        ...["--user", "default", "off", "--user", user, "on", `>${password}`, "~*", "+@all"],
      ],
      undefined,
    );
    await server.start("Ready to accept connections");
    return server;
  }

  get log(): string {
    return this.#log;
  }

  async start(readyLine: string): Promise<void> {
    const [program = "", ...args] = this.command(this.#folder);
    const child = spawn(program, args, {
      ...this.user,
      cwd: this.#folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#log = "";
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          this.#log += chunk.toString();
          if (this.#log.includes(readyLine)) resolve();
        });
      }
      child.once("exit", () => {
        reject(new Error(`${program} ended:\n${this.#log}`));
      });
    });
  }

  /** Ends the process at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    // PostgreSQL's own fast way to stop its helpers with it.
    child.kill("SIGQUIT");
    await once(child, "exit");
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #initialise(programs: string, password: string): void {
    const input = `CREATE ROLE api LOGIN PASSWORD '${password}';\nCREATE DATABASE items OWNER api;\n`;
    const data = path.join(this.#folder, "data");
    const run = (program: string, args: readonly string[], stdin = ""): void => {
      const { status, stderr } = spawnSync(path.join(programs, program), args, {
        ...this.user,
        cwd: this.#folder,
        input: stdin,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${program} failed:\n${stderr}`);
    };
    const passwordFile = path.join(this.#folder, "password");
    writeFileSync(passwordFile, "owner\n", { mode: 0o644 });
    run("initdb", ["-D", data, "-U", "owner", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "-N"]);
    run("postgres", ["--single", "-D", data, "postgres"], input);
  }
}
