import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectBus, inboxPrefixOf } from "@skytide/bus";
import type { TestFleet } from "./fleet-fixture.ts";

/** What people said and who they are: none of it may stand where only ids, codes and numbers belong. */
export interface Marks {
  phones: readonly string[];
  names: readonly string[];
  texts: readonly string[];
}

/** Where something was found, and what. */
interface Hit {
  place: string;
  mark: string;
}

/** What was looked through, so that a sweep that saw nothing cannot pass for a clean one. */
export interface Sweep {
  hits: Hit[];
  /** Characters by kind of place. */
  seen: Record<"logs" | "metrics" | "traces" | "subjects", number>;
}

// Streams whose bodies are the conversation itself show their subjects and headers only.
const STREAMS = {
  CONVERSATIONS: false,
  DEADLETTERS: false,
  KV_JOURNAL: false,
  KV_DESCRIPTIONS: false,
  KV_ATTEMPTS: true,
  KV_LEASES: true,
  KV_LIMITS: true,
  TIMERS: true,
  OPERATIONS: true,
};

/** Looks for the marks in everything of a fleet that operators, dashboards and other systems see: logs, metrics, traces, subjects. */
export async function sweep({ fleet }: TestFleet, marks: Marks): Promise<Sweep> {
  const wanted = spellings(marks);
  const result: Sweep = { hits: [], seen: { logs: 0, metrics: 0, traces: 0, subjects: 0 } };
  const look = (kind: keyof Sweep["seen"], place: string, text: string) => {
    result.seen[kind] += text.length;
    for (const [mark, spelled] of wanted) {
      const at = text.indexOf(spelled);
      if (at >= 0) result.hits.push({ place: `${place}: …${text.slice(Math.max(0, at - 60), at + 60)}…`, mark });
    }
  };
  for (const file of await readdir(fleet.logs)) {
    // The simulators are the outside: the real Gupshup and WhatsApp know their customers.
    if (!file.startsWith("simulators")) look("logs", file, await readFile(join(fleet.logs, file), "utf8"));
  }
  for (const [name, url] of Object.entries(fleet.urls.admin)) {
    for (const path of ["/metrics", "/readyz"]) look("metrics", name + path, await (await fetch(url + path)).text());
  }
  look("traces", "traces", await (await fetch(`${fleet.urls.simulators}/simulator/langfuse/traces`)).text());
  await lookAtStreams(fleet, (place, text) => look("subjects", place, text));
  return result;
}

async function lookAtStreams(
  { urls, natsUsers }: TestFleet["fleet"],
  look: (place: string, text: string) => void,
): Promise<void> {
  const bus = await connectBus({
    servers: urls.nats,
    name: "sweep",
    nkeySeed: natsUsers?.seeds.operator,
    inboxPrefix: inboxPrefixOf("operator"),
  });
  try {
    for (const [stream, withBody] of Object.entries(STREAMS)) {
      for await (const message of bus.follow({ stream, filters: [">"], from: "first", live: false })) {
        look(
          stream,
          `${message.subject} ${JSON.stringify(message.headers)} ${withBody ? JSON.stringify(message.json()) : ""}`,
        );
      }
    }
  } finally {
    await bus.drain();
  }
}

/** Each mark as it is, as JSON and URLs write it, and as WhatsApp's ids hide a phone: in base64 and in hexadecimal. */
function spellings({ phones, names, texts }: Marks): [mark: string, spelled: string][] {
  const plain = [...phones.flatMap((phone) => [phone, phone.replace(/^57/, "")]), ...names, ...texts];
  const written = plain.flatMap((mark) => [
    mark,
    encodeURIComponent(mark),
    JSON.stringify(mark).slice(1, -1),
    escapeAll(mark),
  ]);
  const hidden = phones.flatMap((phone) => [...base64Of(phone), Buffer.from(phone).toString("hex")]);
  return [...new Set([...written, ...hidden])].map((spelled) => [spelled, spelled]);
}

const escapeAll = (text: string) =>
  text.replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The part of its base64 that does not depend on what stands around it, wherever it begins. */
function base64Of(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(" ".repeat(shift) + text)
      .toString("base64")
      .replaceAll("=", "");
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
}
