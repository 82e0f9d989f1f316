import { wantedConsumers } from "../durables.ts";
import { jetStreamOf } from "../internals.ts";
import { numberIn, objectIn, orThrow } from "../jetstream.ts";
import type { Bus } from "../types.ts";

/** Makes a durable anew, so that it reads its stream from the start. Only for a reader whose work may be done twice. */
export async function replaceDurable(bus: Bus, durable: "recorder"): Promise<void> {
  const jetStream = jetStreamOf(bus);
  const wanted = wantedConsumers(1).find(({ name }) => name === durable);
  if (wanted === undefined) throw new RangeError(`there is no durable ${durable}`);
  const { stream, name, config } = wanted;
  const found = orThrow(await jetStream.call(`CONSUMER.INFO.${stream}.${name}`, {}));
  const replicas = numberIn(objectIn(found, "config"), "num_replicas");
  orThrow(await jetStream.call(`CONSUMER.DELETE.${stream}.${name}`, {}));
  const anew = { ...config, num_replicas: replicas };
  orThrow(await jetStream.call(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config: anew }));
}
