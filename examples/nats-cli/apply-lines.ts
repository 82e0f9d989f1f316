// Events on stdin, one JSON per line, into the table of examples/bookings. The command line does not print the log's sequence: the
// event's time stands for it, which orders the changes of one appointment.
import { createInterface } from "node:readline";
import { type AppointmentEvent, openBookings } from "../bookings/bookings-table.ts";

const bookings = openBookings(process.argv[2] ?? "bookings.sqlite");
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.startsWith("{")) continue;
  const event = JSON.parse(line) as AppointmentEvent & { time: string };
  bookings.apply(event, Date.parse(event.time));
}
bookings.close();
