import { z } from "zod";

export const edgeSchema = z.strictObject({
  /** What spreads requests over the regions. */
  global: z.enum(["none", "frontDoor", "trafficManager"]),
  /** What takes requests in a region. */
  regional: z.enum(["loadBalancer", "applicationGateway", "applicationGatewayForContainers"]),
  /** Whether the web application firewalls stop what they find, or only log it. */
  wafMode: z.enum(["Detection", "Prevention"]),
  /** Certificate of the regional entrance, for TLS all the way; null: plain HTTP behind the edge. */
  tls: z
    .strictObject({
      hostName: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, "a host name such as api.example.com"),
      /** Name of the certificate in the platform's vault. */
      certificateName: z.string().regex(/^[A-Za-z0-9-]{1,127}$/, "1 to 127 letters, digits and dashes"),
    })
    .nullable(),
  /** Opt-out: requests travel from the edge to the region, or from clients to it, without TLS. */
  allowUnencryptedOrigin: z.boolean(),
});

export type EdgeSettings = z.infer<typeof edgeSchema>;
