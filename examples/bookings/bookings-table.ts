import { DatabaseSync } from "node:sqlite";

/** What this program knows; another version may mean something else by the same words. */
const KNOWN = /^skytide\/appointment\.(booked|confirmed|cancelled|rescheduled|completed|no_show)\/v1$/;

/** The fields of an `appointment.*` event that this table keeps (docs/schemas). */
export interface AppointmentEvent {
  id: string;
  type: string;
  dataschema: string;
  data: { appointmentId: string; startsAt: string; status: string };
}

/** A table of bookings that is right however often and in whatever order its events come. */
export function openBookings(path: string) {
  const database = new DatabaseSync(path);
  // Readers and the writer do not wait for each other.
  database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000");
  database.exec(`
    create table if not exists bookings (
      appointment_id text primary key, starts_at text not null, status text not null, changes integer not null);
    create table if not exists seen (
      event_id text primary key, appointment_id text not null, starts_at text not null, status text not null,
      sequence integer not null);
    create index if not exists seen_of_appointment on seen (appointment_id, sequence);
    create table if not exists unknown (event_id text primary key, dataschema text not null, sequence integer not null);`);
  // An event may stand on the log twice: its first place says when it happened, also if the second copy comes first.
  const see = database.prepare(`
    insert into seen values (?, ?, ?, ?, ?)
    on conflict (event_id) do update set sequence = min(sequence, excluded.sequence)`);
  const upsert = database.prepare(`
    insert into bookings
    select appointment_id, starts_at, status, count(*) over () from seen where appointment_id = ?
    order by sequence desc limit 1
    on conflict (appointment_id) do update set
      starts_at = excluded.starts_at, status = excluded.status, changes = excluded.changes`);
  const passOver = database.prepare("insert into unknown values (?, ?, ?) on conflict do nothing");
  const nowKnown = database.prepare("delete from unknown where event_id = ?");
  return {
    /**
     * One transaction: the event counts once, and the youngest of an appointment says how it stands. `sequence` is the log's. An
     * unknown version or type of appointment event is only noted, for a replay from its sequence by a program that knows it.
     */
    apply({ id, type, dataschema, data }: AppointmentEvent, sequence: number): void {
      if (!type.startsWith("appointment.")) return;
      if (!KNOWN.test(dataschema)) {
        passOver.run(id, dataschema, sequence);
        return;
      }
      database.exec("begin immediate");
      try {
        see.run(id, data.appointmentId, data.startsAt, data.status, sequence);
        upsert.run(data.appointmentId);
        nowKnown.run(id);
        database.exec("commit");
      } catch (error) {
        database.exec("rollback");
        throw error;
      }
    },
    close: () => database.close(),
  };
}
