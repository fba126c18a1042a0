/** Values that several sections of the configuration share. */
import { z } from "zod";

import { parseCidr } from "../cidr";

export const cidr = z
  .string()
  .refine(isCidr, "an IPv4 network in CIDR notation without host bits, such as 192.168.0.0/16");
export const guid = z.guid("an object id (GUID) of Microsoft Entra ID");
export const percent = z.number().int().min(1).max(100);
export const region = z.string().regex(/^[a-z]+\d?$/, "an Azure region such as westus2");
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 01:00");
export const principalType = z.enum(["User", "Group", "ServicePrincipal"]);

function isCidr(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
}
