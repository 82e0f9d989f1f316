import type { JetStream } from "./jetstream.ts";
import type { Bus } from "./types.ts";

const jetStreams = new WeakMap<Bus, JetStream>();

/** Keeps what provisioning needs of a bus out of the public door. */
export function rememberJetStream(bus: Bus, jetStream: JetStream): void {
  jetStreams.set(bus, jetStream);
}

/** The raw JetStream behind a bus of ours. */
export function jetStreamOf(bus: Bus): JetStream {
  const jetStream = jetStreams.get(bus);
  if (!jetStream) throw new TypeError("this bus was not made by connectBus");
  return jetStream;
}
