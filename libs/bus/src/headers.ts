import { headers, type MsgHdrs } from "nats";

/** The server's header names that this library uses. */
export const HEADER = {
  messageId: "Nats-Msg-Id",
  expectedSubjectSequence: "Nats-Expected-Last-Subject-Sequence",
  expectedSubject: "Nats-Expected-Last-Subject-Sequence-Subject",
  batchId: "Nats-Batch-Id",
  batchSequence: "Nats-Batch-Sequence",
  batchCommit: "Nats-Batch-Commit",
  ttl: "Nats-TTL",
  schedule: "Nats-Schedule",
  scheduleTarget: "Nats-Schedule-Target",
  scheduleTtl: "Nats-Schedule-TTL",
} as const;

/** Plain fields as NATS headers. */
export function toHeaders(fields: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  return made;
}

/** NATS headers as plain fields. */
export function fromHeaders(found: MsgHdrs | undefined): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const name of found?.keys() ?? []) fields[name] = found?.get(name) ?? "";
  return fields;
}

/** The header block of a stored message as the leader read gives it: `NATS/1.0` and one `Name: value` per line. */
export function parseHeaderBlock(block: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const line of block.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
  return fields;
}
