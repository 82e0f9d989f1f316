const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** What `chatOf` of libs/events makes: key version and hash. */
const chat = /^[a-z0-9]{1,8}_[A-Za-z0-9_-]{22}$/;
/** Ids and codes that we or our schema made. A run of seven digits could be a phone and is refused below. */
const word = /^[A-Za-z0-9][A-Za-z0-9_.:*>/+-]{0,119}$/;
/** What `derivedEventId` of libs/events makes. */
const derived = /^(?!.*\d{10})[A-Za-z0-9_-]{27}$/;
const hex = /^[0-9a-f]{16,32}$/;

type Kind = "chat" | "count" | "flag" | "hex" | "id" | "organization" | "word";

/** Every field that a log line may hold beside its event: its name in the line and what its value must look like. */
const FIELDS = {
  traceId: ["trace_id", "hex"],
  spanId: ["span_id", "hex"],
  org: ["org", "organization"],
  conversation: ["conversation", "chat"],
  messageId: ["message_id", "id"],
  turn: ["turn", "id"],
  replyId: ["reply_id", "id"],
  escalationId: ["escalation_id", "id"],
  appointmentId: ["appointment_id", "id"],
  outcome: ["outcome", "word"],
  code: ["code", "word"],
  reason: ["reason", "word"],
  kind: ["kind", "word"],
  type: ["type", "word"],
  name: ["name", "word"],
  state: ["state", "word"],
  tool: ["tool", "word"],
  model: ["model", "word"],
  operation: ["operation", "word"],
  prompt: ["prompt", "word"],
  share: ["share", "word"],
  draft: ["draft", "flag"],
  dependency: ["dependency", "word"],
  setting: ["setting", "word"],
  role: ["role", "word"],
  stream: ["stream", "word"],
  durable: ["durable", "word"],
  host: ["host", "word"],
  port: ["port", "count"],
  sequence: ["sequence", "count"],
  index: ["index", "count"],
  count: ["count", "count"],
  attempt: ["attempt", "count"],
  status: ["status", "count"],
  bytes: ["bytes", "count"],
  delayMs: ["delay_ms", "count"],
  durationMs: ["duration_ms", "count"],
  redelivery: ["redelivery", "flag"],
} as const satisfies Record<string, readonly [string, Kind]>;

type FieldName = keyof typeof FIELDS;
type ValueOf<K extends Kind> = K extends "count" ? number : K extends "flag" ? boolean : string;

/** The fields that a log line may hold: ids of ours, codes and numbers. Words of people have no field. */
export type LogFields = { [Name in FieldName]?: ValueOf<(typeof FIELDS)[Name][1]> | undefined };

const REMOVED = "[removed]";
const phoneLike = /\d{7,}/;

function check(kind: Kind, value: unknown): string | number | boolean {
  if (kind === "count") return typeof value === "number" && Number.isFinite(value) ? value : REMOVED;
  if (kind === "flag") return typeof value === "boolean" ? value : REMOVED;
  if (typeof value !== "string") return REMOVED;
  if (kind === "organization") return uuid.test(value) ? value : REMOVED;
  if (kind === "chat") return chat.test(value) ? value : REMOVED;
  if (kind === "hex") return hex.test(value) ? value : REMOVED;
  if (kind === "id" && [uuid, chat, derived].some((pattern) => pattern.test(value))) return value;
  return word.test(value) && !phoneLike.test(value) ? value : REMOVED;
}

/** Copies what is allowed under its name in the line; an unknown field is left out, a value of the wrong shape is replaced. */
export function toLogFields(fields: LogFields): Record<string, string | number | boolean> {
  const line: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as FieldName] : undefined;
    if (field !== undefined && value !== undefined) line[field[0]] = check(field[1], value);
  }
  return line;
}

/** Replaces what could be a phone in a text of ours. */
export function maskDigits(text: string): string {
  return text.replaceAll(/\+?\d[\d\s().-]{5,}\d/g, "[digits]");
}
