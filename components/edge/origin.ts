import type * as pulumi from "@pulumi/pulumi";

/** Where a region takes requests, for what spreads them over the regions. */
export interface Origin {
  /** Azure region. */
  readonly location: string;
  /** A name that resolves, not an address: certificates and DNS-based routing need one. */
  readonly hostName: pulumi.Output<string>;
  readonly scheme: "http" | "https";
  /** ARM id of the public IP address that the name belongs to; undefined where Azure shows none. */
  readonly publicAddressId: pulumi.Output<string> | undefined;
}

/** A record that whoever owns the domain adds to it, because the platform does not host it. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly value: pulumi.Output<string>;
}
