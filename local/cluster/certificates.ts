/** The cluster's certificates: one authority for everyone, one for the API server's proxy, a key pair for tokens. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { run } from "./commands";

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate speaks for. */
export interface Subject {
  /** User name of a client, host name of a server. */
  readonly name: string;
  /** Groups of a client. */
  readonly groups?: readonly string[];
  /** Host names and addresses of a server. */
  readonly hosts?: readonly string[];
}

const VALID_DAYS = "365";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** A certificate authority whose files are called `name`. */
export class CertificateAuthority implements Certificate {
  public readonly certificate: string;
  public readonly key: string;

  private constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.certificate = path.join(folder, `${name}.crt`);
    this.key = path.join(folder, `${name}.key`);
  }

  public static async create(folder: string, name: string): Promise<CertificateAuthority> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const authority = new CertificateAuthority(folder, name);
    const usage = [
      "-addext",
      "basicConstraints=critical,CA:TRUE",
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
    ];
    const files = ["-keyout", authority.key, "-out", authority.certificate];
    await run("openssl", [
      "req",
      "-x509",
      ...NEW_KEY,
      "-days",
      VALID_DAYS,
      "-subj",
      `/CN=${name}`,
      ...usage,
      ...files,
    ]);
    chmodSync(authority.key, 0o600);
    return authority;
  }

  /** Issues a certificate in the files `<file>.crt` and `<file>.key`. */
  public async issue(file: string, { name, groups = [], hosts = [] }: Subject): Promise<Certificate> {
    const base = path.join(this.folder, file);
    const issued = { certificate: `${base}.crt`, key: `${base}.key` };
    const subject = `${groups.map((group) => `/O=${group}`).join("")}/CN=${name}`;
    const request = await run("openssl", [
      "req",
      "-new",
      ...NEW_KEY,
      "-keyout",
      issued.key,
      "-subj",
      subject,
    ]);
    const usage = hosts.length === 0 ? "clientAuth" : "serverAuth,clientAuth";
    const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? "IP" : "DNS"}:${host}`).join(",");
    const extensions = [
      "basicConstraints=critical,CA:FALSE",
      "keyUsage=critical,digitalSignature",
      `extendedKeyUsage=${usage}`,
      ...(names === "" ? [] : [`subjectAltName=${names}`]),
    ];
    const extensionFile = `${base}.ext`;
    writeFileSync(extensionFile, extensions.join("\n"));
    const signing = ["-CA", this.certificate, "-CAkey", this.key, "-CAcreateserial", "-days", VALID_DAYS];
    const output = ["-extfile", extensionFile, "-out", issued.certificate];
    await run("openssl", ["x509", "-req", ...signing, ...output], { input: request });
    chmodSync(issued.key, 0o600);
    return issued;
  }
}

/** The key pair that signs service accounts' tokens, as `<file>.key` and `<file>.pub`. */
export async function createKeyPair(folder: string, file: string) {
  const pair = { private: path.join(folder, `${file}.key`), public: path.join(folder, `${file}.pub`) };
  await run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pair.private]);
  await run("openssl", ["ec", "-in", pair.private, "-pubout", "-out", pair.public]);
  chmodSync(pair.private, 0o600);
  return pair;
}

/** Writes a kubeconfig that holds its credentials, readable by its owner alone. */
export function writeKubeconfig(
  file: string,
  server: string,
  authority: Certificate,
  user: Certificate,
): void {
  const name = "aks-platform-cluster";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": encode(authority.certificate) } }],
    users: [
      {
        name,
        user: { "client-certificate-data": encode(user.certificate), "client-key-data": encode(user.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}

function encode(file: string): string {
  return readFileSync(file).toString("base64");
}
