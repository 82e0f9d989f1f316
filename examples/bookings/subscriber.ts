// Keeps a table of an organization's bookings: node examples/bookings/subscriber.ts bookings.sqlite
import { onStop, openDurable } from "../connect.ts";
import { type AppointmentEvent, openBookings } from "./bookings-table.ts";

const bookings = openBookings(process.argv[2] ?? "bookings.sqlite");
const { consumer, pace, close } = await openDurable();
// Few in hand: what a crash leaves unacknowledged comes again after 30 s.
const messages = await consumer.consume({ max_messages: 50 });
onStop(() => messages.stop());
for await (const message of messages) {
  await pace();
  bookings.apply(message.json<AppointmentEvent>(), message.seq);
  // After the transaction, never before; also what it does not use: other events must not hold up the rest.
  message.ack();
}
await close();
bookings.close();
