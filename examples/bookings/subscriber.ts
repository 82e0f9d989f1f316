// Keeps a table of an organization's bookings: node examples/bookings/subscriber.ts bookings.sqlite
import { onStop, openDurable } from "../connect.ts";
import { type AppointmentEvent, openBookings } from "./bookings-table.ts";

const KNOWN = /^skytide\/appointment\.[a-z_]+\/v1$/;

const bookings = openBookings(process.argv[2] ?? "bookings.sqlite");
const { consumer, close } = await openDurable();
// Few in hand: what a crash leaves unacknowledged comes again after 30 s.
const messages = await consumer.consume({ max_messages: 50 });
onStop(() => messages.stop());
for await (const message of messages) {
  const event = message.json<AppointmentEvent & { dataschema: string }>();
  // Other events, and versions that this program does not know, must not hold up the rest.
  if (KNOWN.test(event.dataschema)) bookings.apply(event, message.seq);
  // After the transaction, never before.
  message.ack();
}
await close();
bookings.close();
