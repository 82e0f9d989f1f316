import type { Bus, ProvisionOptions, ProvisionReport } from "./types.ts";

/** Creates what is missing and reports what differs. */
export async function provision(_bus: Bus, _options: ProvisionOptions = {}): Promise<ProvisionReport> {
  throw new Error("not there yet");
}
