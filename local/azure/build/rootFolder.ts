/** The files of a base image, put together from this machine's. */
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "./run";

export class RootFolder {
  public constructor(private readonly folder: string) {}

  /** A program with the libraries that it is linked with, links followed. */
  public async program(source: string, target: string): Promise<void> {
    this.copy(source, target);
    const { code, output } = await run("ldd", [source], {});
    if (code !== 0) return;
    for (const [library] of output.matchAll(/(?<=\s)\/\S+/g)) this.copy(library, library);
  }

  /** A file, or a folder with all in it, links followed. */
  public copy(source: string, target = source): void {
    const place = this.place(target);
    if (!existsSync(place)) cpSync(realpathSync(source), place, { recursive: true, dereference: true });
  }

  public text(target: string, text: string, mode = 0o644): void {
    writeFileSync(this.place(target), text, { mode });
  }

  public emptyFolder(target: string, mode: number): void {
    const folder = this.place(target);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, mode);
  }

  public link(to: string, target: string): void {
    symlinkSync(to, this.place(target));
  }

  private place(target: string): string {
    const place = join(this.folder, target);
    mkdirSync(dirname(place), { recursive: true });
    return place;
  }
}
