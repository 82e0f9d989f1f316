import { DatabaseSync } from "node:sqlite";

/** The fields of an `appointment.*` event that this table keeps (docs/schemas). */
export interface AppointmentEvent {
  id: string;
  type: string;
  data: { appointmentId: string; startsAt: string; status: string };
}

/** A table of bookings that is right however often and in whatever order its events come. */
export function openBookings(path: string) {
  const database = new DatabaseSync(path);
  // Readers and the writer do not wait for each other.
  database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000");
  database.exec(`
    create table if not exists bookings (
      appointment_id text primary key, starts_at text not null, status text not null,
      sequence integer not null, changes integer not null);
    create table if not exists seen (event_id text primary key);`);
  const isNew = database.prepare("insert into seen values (?) on conflict do nothing");
  const upsert = database.prepare(`
    insert into bookings values (?, ?, ?, ?, 1)
    on conflict (appointment_id) do update set starts_at = excluded.starts_at, status = excluded.status,
      sequence = excluded.sequence, changes = changes + 1
    where excluded.sequence > bookings.sequence`);
  return {
    /** One transaction: the event counts once, and an older one never undoes a younger one. `sequence` is the log's. */
    apply({ id, data }: AppointmentEvent, sequence: number): "applied" | "seen" {
      database.exec("begin immediate");
      try {
        const fresh = isNew.run(id).changes === 1;
        if (fresh) upsert.run(data.appointmentId, data.startsAt, data.status, sequence);
        database.exec("commit");
        return fresh ? "applied" : "seen";
      } catch (error) {
        database.exec("rollback");
        throw error;
      }
    },
    close: () => database.close(),
  };
}
