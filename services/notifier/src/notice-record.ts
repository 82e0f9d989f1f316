import { derivedEventId, operationsSubject } from "@skytide/events";
import type { NoticeRecord } from "./deps.ts";

/** What operators read of a notice on `ops.<org>.notice`. */
export function toOperation(record: NoticeRecord, at: Date) {
  const { organizationId, escalationId, recipient, round, outcome, providerMessageId, code } = record;
  const subject = operationsSubject(organizationId, "notice");
  const id = derivedEventId(escalationId, recipient ?? providerMessageId ?? "", round, outcome);
  const json = {
    specversion: "1.0",
    id,
    type: `notice.${outcome}`,
    source: "skytide/notifier",
    time: at.toISOString(),
    subject,
    dataschema: `skytide/notice.${outcome}/v1`,
    org: organizationId,
    data: { escalationId, recipient, round, providerMessageId, code },
  };
  return { subject, id, json };
}
