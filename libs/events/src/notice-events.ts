import { z } from "zod";
import { derivedEventId } from "./ids.ts";
import { FLEET } from "./operator-acted.ts";
import { operationsSubject } from "./subjects.ts";

const common = {
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  dataschema: z.string(),
  org: z.union([z.uuid(), z.literal(FLEET)]),
};
const at = z.iso.datetime({ offset: true });

/** `notice.receipt` (`ops.fleet.notice`, by ingest): what the provider says of a notice to staff; its number serves all organizations. */
export const noticeReceiptSchema = z.object({
  ...common,
  type: z.literal("notice.receipt"),
  data: z.object({
    /** The id that the send call returned; never WhatsApp's own, which holds the phone. */
    providerMessageId: z.string().min(1).max(200),
    status: z.enum(["sent", "delivered", "read", "failed"]),
    /** The provider's number where it failed. */
    code: z.number().int().optional(),
    at,
  }),
});
export type NoticeReceipt = z.infer<typeof noticeReceiptSchema>;

/** `template.changed` (`ops.<org or fleet>.template`, by ingest): the provider paused, disabled, approved … a template. */
export const templateChangedSchema = z.object({
  ...common,
  type: z.literal("template.changed"),
  data: z.object({
    /** The provider's id of the template. */
    templateId: z.string().min(1).max(200),
    /** As the provider writes it, in lower case: `approved`, `paused`, `disabled`, `rejected`, `deleted` … */
    status: z.string().regex(/^[a-z_-]{1,40}$/),
    at,
  }),
});
export type TemplateChanged = z.infer<typeof templateChangedSchema>;

/** A provider's receipt of a notice as it stands on `ops.fleet.notice`; the same receipt always has the same id. */
export function createNoticeReceipt(data: NoticeReceipt["data"]): NoticeReceipt {
  const { providerMessageId, status } = data;
  return {
    ...envelope("notice", derivedEventId("notice-receipt", providerMessageId, status), FLEET, data.at),
    type: "notice.receipt",
    dataschema: "skytide/notice.receipt/v1",
    data,
  };
}

/** A template's new status as it stands on `ops.<org>.template`; `organizationId` is `fleet` for the notification app. */
export function createTemplateChanged(organizationId: string, data: TemplateChanged["data"]): TemplateChanged {
  const { templateId, status } = data;
  return {
    ...envelope(
      "template",
      derivedEventId("template", organizationId, templateId, status, data.at),
      organizationId,
      data.at,
    ),
    type: "template.changed",
    dataschema: "skytide/template.changed/v1",
    data,
  };
}

function envelope(kind: string, id: string, org: string, time: string) {
  const subject = operationsSubject(org, kind);
  return { specversion: "1.0" as const, id, source: "skytide/ingest", time, subject, org };
}
