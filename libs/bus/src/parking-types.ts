import type { BusMessage } from "./consumer-types.ts";

/** A delivery that shall wait elsewhere. */
interface Surplus {
  durable: string;
  organizationId: string;
  /** The stream of the durable. */
  stream: string;
  message: Pick<BusMessage, "subject" | "sequence" | "redelivered" | "headers">;
}

/**
 * One lane per durable and organization, outside the durable's window: what waits there holds up nobody else
 * (decisions/0060). A lane holds references; the message itself stays where it is.
 */
export interface Parking {
  /** Stores where a delivery stands; the caller then acknowledges it. The same one twice is one. */
  park(surplus: Surplus): Promise<void>;
  /** How many messages of a durable are parked, by organization. */
  waiting(durable: string): Promise<ReadonlyMap<string, number>>;
  /** The next one of a lane as it was delivered once, or null while none is due. Settling it settles its place in the lane. */
  take(durable: string, organizationId: string): Promise<BusMessage | null>;
}
