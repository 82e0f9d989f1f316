import { connectBus, inboxPrefixOf, provision } from "@skytide/bus";

/** A server reserves what its streams may hold: an own one on somebody's laptop must not ask for gigabytes. */
const OWN_MAX_BYTES = 512 * 1024 * 1024;

/** Creates what is missing in the log and tells what differs; `apply`: the log is our own, what can be corrected is. */
export async function provisionLog(
  servers: string,
  env: NodeJS.ProcessEnv,
  { apply, note }: { apply: boolean; note(text: string): void },
): Promise<void> {
  const bus = await connectBus({
    servers,
    name: "provision",
    user: env.NATS_USER || undefined,
    password: env.NATS_PASSWORD || undefined,
    nkeySeed: env.NATS_NKEY_SEED || undefined,
    credentialsFile: env.NATS_CREDS || undefined,
    inboxPrefix: inboxPrefixOf("provisioner"),
  });
  try {
    const { created, drift } = await provision(bus, apply ? { apply, maxBytes: OWN_MAX_BYTES } : {});
    if (created.length > 0)
      note(`created: ${created.length > 4 ? `${created.length} streams and consumers` : created.join(", ")}`);
    for (const { name, field, applied } of drift) {
      note(applied ? `${name}: ${field} corrected` : `${name}: ${field} differs from what this version wants`);
    }
  } finally {
    await bus.drain();
  }
}
