/**
 * Stand-ins for the base images of a Dockerfile where no registry can be reached: made of this machine's Node.js, so
 * that the same Dockerfile builds without a change.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { RootFolder } from "./rootFolder";
import { must } from "./run";

export interface BaseImage {
  /** Name in the local store. */
  readonly name: string;
  /** Puts the image's files together. @returns its configuration, as options of `buildah config` */
  fill(root: RootFolder): Promise<readonly string[]>;
}

/** Where the official image has its programs (https://github.com/nodejs/docker-node). */
const NODE_FOLDER = "/usr/local";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const EXTRA_CERTIFICATES = "/etc/ssl/certs/extra.pem";

const BASES: readonly (BaseImage & { readonly standsFor: RegExp })[] = [
  {
    standsFor: /^(docker\.io\/library\/)?node:/,
    name: `localhost/base/node:${process.version}`,
    fill: fillToolchain,
  },
  {
    standsFor: /^gcr\.io\/distroless\/nodejs\d+-/,
    name: `localhost/base/distroless-nodejs:${process.version}`,
    fill: fillRuntime,
  },
];

/** What stands for an image reference of FROM; undefined where nothing does. */
export function standIn(reference: string): BaseImage | undefined {
  return BASES.find(({ standsFor }) => standsFor.test(reference));
}

/** Node.js with npm and a shell, as the official image has them, and this machine's way to the npm registry. */
async function fillToolchain(root: RootFolder): Promise<readonly string[]> {
  await root.program(process.execPath, `${NODE_FOLDER}/bin/node`);
  await root.program("/bin/sh", "/bin/sh");
  await root.program("/usr/bin/env", "/usr/bin/env");
  root.copy(await npmFolder(), `${NODE_FOLDER}/lib/node_modules/npm`);
  root.link("../lib/node_modules/npm/bin/npm-cli.js", `${NODE_FOLDER}/bin/npm`);
  root.emptyFolder("/tmp", 0o1777);
  const settings = join(homedir(), ".npmrc");
  if (existsSync(settings)) root.copy(settings, "/root/.npmrc");
  const certificates = process.env["NODE_EXTRA_CA_CERTS"];
  const hasExtra = certificates !== undefined && existsSync(certificates);
  if (hasExtra) root.copy(certificates, EXTRA_CERTIFICATES);
  return [
    ...["--env", `PATH=${NODE_FOLDER}/bin:/usr/bin:/bin`],
    ...(hasExtra ? ["--env", `NODE_EXTRA_CA_CERTS=${EXTRA_CERTIFICATES}`] : []),
  ];
}

/** Of the npm on the path: it may belong to another Node.js than the one that runs. */
async function npmFolder(): Promise<string> {
  const program = await must("sh", ["-c", 'readlink -f "$(command -v npm)"'], { cwd: "/" });
  return dirname(dirname(program.trim()));
}

/** Node.js without a shell, as distroless has it (https://github.com/GoogleContainerTools/distroless, nodejs). */
async function fillRuntime(root: RootFolder): Promise<readonly string[]> {
  await root.program(process.execPath, "/nodejs/bin/node");
  root.text(
    "/etc/passwd",
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  );
  root.text("/etc/group", "root:x:0:\nnonroot:x:65532:\n");
  root.text("/etc/nsswitch.conf", "hosts: files dns\n");
  root.emptyFolder("/tmp", 0o1777);
  root.emptyFolder("/home/nonroot", 0o755);
  if (existsSync(CERTIFICATES)) root.copy(CERTIFICATES);
  return ["--user", "65532", "--workingdir", "/home/nonroot", "--env", `SSL_CERT_FILE=${CERTIFICATES}`];
}
