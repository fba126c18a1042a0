/** Signatures of container images, by Notation (https://notaryproject.dev/docs), with a key of this checkout's own. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { must } from "./run";

/** Name of the key, of its trust store and of the policy that asks for it. */
const NAME = "local";
/** What the policy is for: images have no registry here. */
const SCOPE = "local/images";
const VALID_DAYS = "3650";

/** Requirements of the Notary Project on a self-signed certificate (specs/signature-specification.md). */
const CERTIFICATE = [
  ...["-subj", "/C=US/ST=WA/O=aks-platform/CN=local"],
  ...["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "keyUsage=critical,digitalSignature"],
  ...["-addext", "extendedKeyUsage=codeSigning"],
];

export class ImageSigner {
  /**
   * @param notation path of the program
   * @param folder for the key and what Notation trusts; made where it is not there
   */
  public constructor(
    private readonly notation: string,
    private readonly folder: string,
  ) {}

  /** Signs the image of an OCI archive; the signature lies beside the archive. */
  public async sign(archive: string): Promise<void> {
    const layout = layoutOf(archive);
    const index = await readIndex(archive);
    rmSync(layout, { recursive: true, force: true });
    mkdirSync(layout);
    const manifest = `blobs/${digestIn(index).replace(":", "/")}`;
    await must("tar", ["-xf", archive, "-C", layout, "index.json", "oci-layout", manifest], {});
    await this.call(["sign", "--oci-layout", `${layout}@${digestIn(index)}`]);
  }

  public isSigned(archive: string): boolean {
    return existsSync(layoutOf(archive));
  }

  /** @throws CommandFailure where the image of an OCI archive is not one that was signed here */
  public async verify(archive: string): Promise<void> {
    const image = `${layoutOf(archive)}@${digestIn(await readIndex(archive))}`;
    await this.call(["verify", "--oci-layout", "--scope", SCOPE, image]);
  }

  private async call(args: readonly string[]): Promise<void> {
    await this.prepare();
    const env = { ...process.env, XDG_CONFIG_HOME: this.folder, NOTATION_EXPERIMENTAL: "1" };
    await must(this.notation, args, { env });
  }

  /** A key, and the policy that trusts it alone. It gets its name when it is complete. */
  private async prepare(): Promise<void> {
    const target = join(this.folder, "notation");
    if (existsSync(target)) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const made = mkdtempSync(`${target}-`);
    const store = join(made, "truststore", "x509", "ca", NAME);
    mkdirSync(store, { recursive: true });
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", VALID_DAYS];
    const files = ["-keyout", join(made, "key.pem"), "-out", join(store, `${NAME}.crt`)];
    await must("openssl", ["req", "-x509", ...newKey, ...CERTIFICATE, ...files], {});
    const certPath = join(target, "truststore", "x509", "ca", NAME, `${NAME}.crt`);
    writeJson(join(made, "signingkeys.json"), {
      default: NAME,
      keys: [{ name: NAME, keyPath: join(target, "key.pem"), certPath }],
    });
    writeJson(join(made, "trustpolicy.json"), {
      version: "1.0",
      trustPolicies: [
        {
          ...{ name: NAME, registryScopes: [SCOPE], signatureVerification: { level: "strict" } },
          ...{ trustStores: [`ca:${NAME}`], trustedIdentities: ["*"] },
        },
      ],
    });
    renameSync(made, target);
  }
}

function layoutOf(archive: string): string {
  return `${archive}.signed`;
}

interface Index {
  readonly manifests: readonly { readonly digest: string }[];
}

async function readIndex(archive: string): Promise<Index> {
  return JSON.parse(await must("tar", ["-xOf", archive, "index.json"], {})) as Index;
}

function digestIn({ manifests }: Index): string {
  return manifests[0]?.digest ?? "";
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
}
