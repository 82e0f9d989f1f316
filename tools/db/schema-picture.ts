import { join } from "node:path";
import { ROOT } from "./root.ts";
import type { SchemaFacts } from "./schema-facts.ts";

/** The page that shows the pictures. */
export const picturePage = join(ROOT, "docs", "data.md");

/** One picture per area: all tables in one could not be read. */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  house: [
    "organizations",
    "platform_connections",
    "members",
    "services",
    "service_assignments",
    "organization_availability",
    "organization_special_dates",
    "member_availability",
    "member_special_dates",
    "internal_notifications_config",
    "knowledge_base",
    "model_spend",
    "model_usage",
    "usage_writes",
    "turn_counts",
  ],
  appointments: [
    "contacts",
    "contact_authorizations",
    "appointments",
    "appointment_history",
    "appointment_requests",
    "reminders",
  ],
  conversations: [
    "chat_identities",
    "chat_messages",
    "message_receipts",
    "recorder_backlog",
    "erased_chats",
    "escalations",
    "reply_drafts",
    "agent_pauses",
    "paused_chats",
  ],
  leaving: ["outbound_sends", "send_circuits", "notice_sends", "outbox"],
};

/** The tables that no picture shows. */
export function tablesWithoutArea(facts: SchemaFacts): string[] {
  const shown = new Set(Object.values(AREAS).flat());
  return facts.tables.map(({ name }) => name).filter((name) => !shown.has(name));
}

/** Puts the pictures between the page's marks. */
export function drawInto(page: string, facts: SchemaFacts): string {
  return Object.entries(AREAS).reduce((text, [area, tables]) => {
    const [start, end] = [`<!-- picture: ${area} -->`, `<!-- end of picture: ${area} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/data.md has lost its marks for the picture "${area}".`);
    return `${text.slice(0, from + start.length)}\n\`\`\`mermaid\n${picture(facts, tables)}\n\`\`\`\n${text.slice(to)}`;
  }, page);
}

function picture(facts: SchemaFacts, tables: readonly string[]): string {
  const known = tables.filter((name) => facts.tables.some((table) => table.name === name));
  return ["erDiagram", ...relations(facts, known), ...known.flatMap((name) => entity(facts, name))].join("\n");
}

/** Relations to the organization are left out: every table has one. */
function relations({ relationships, columns }: SchemaFacts, tables: readonly string[]): string[] {
  const lines = relationships
    .filter(({ relation, referenced_relation: to }) => tables.includes(relation) && to !== "organizations")
    .map(({ relation, referenced_relation: to, columns: names }) => {
      const own = names.filter((name) => name !== "organization_id").join(", ");
      const optional = columns.some(
        ({ table, name, is_nullable: nullable }) => table === relation && name === own && nullable,
      );
      return `  ${to} ${optional ? "|o" : "||"}--o{ ${relation} : "${own}"`;
    });
  // A plain and a composite foreign key on the same columns are one relation.
  return [...new Set(lines)].sort();
}

function entity({ columns, tables, primaryKeys }: SchemaFacts, name: string): string[] {
  const id = tables.find((table) => table.name === name)?.id;
  const keys = new Set(primaryKeys.filter((key) => key.table_id === id).map((key) => key.name));
  const own = columns
    .filter((column) => column.table === name)
    .sort((one, other) => one.ordinal_position - other.ordinal_position);
  const lines = own.map(({ name: column, format, is_nullable: nullable }) => {
    const marks = keys.has(column) ? " PK" : "";
    return `    ${format.replace(/^_(.*)$/, "$1-list")} ${column}${marks}${nullable ? ' "optional"' : ""}`;
  });
  return [`  ${name} {`, ...lines, "  }"];
}
