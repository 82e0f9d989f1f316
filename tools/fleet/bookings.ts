import { z } from "zod";
import type { Fleet } from "./fleet-types.ts";

const rowSchema = z.object({
  id: z.string(),
  service: z.string(),
  member: z.string(),
  customer: z.string(),
  date: z.string(),
  start: z.string(),
  end: z.string(),
  status: z.string(),
});
export type BookedRow = z.infer<typeof rowSchema>;

const QUERY = `
  select a.id, s.name as service, concat_ws(' ', m.first_name, m.last_name) as member, concat_ws(' ', c.first_name, c.last_name) as customer,
         a.appointment_date::text as date, to_char(a.start_time, 'HH24:MI') as start, to_char(a.end_time, 'HH24:MI') as "end", a.status
  from appointments a
  join contacts c on c.id = a.contact_id and c.organization_id = a.organization_id
  join services s on s.id = a.service_id
  join members m on m.id = a.member_id
  where a.organization_id = $1 and regexp_replace(c.country_code || c.phone, '\\D', '', 'g') = $2
  order by a.created_at`;

/** Reads a customer's appointments from the embedded database of a fleet. */
export async function readBookings(
  { urls, serviceRoleKey }: { urls: Pick<Fleet["urls"], "database">; serviceRoleKey: string },
  { organizationId, phone }: { organizationId: string; phone: string },
): Promise<BookedRow[]> {
  const response = await fetch(`${urls.database}/pg/query`, {
    method: "POST",
    headers: { "content-type": "application/json", apikey: serviceRoleKey, authorization: `Bearer ${serviceRoleKey}` },
    body: JSON.stringify({ query: QUERY, parameters: [organizationId, phone] }),
  });
  if (!response.ok) throw new Error(`the database answered ${response.status}: ${await response.text()}`);
  const [result] = z.array(z.object({ rows: z.array(rowSchema) })).parse(await response.json());
  return result?.rows ?? [];
}
