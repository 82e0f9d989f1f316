import type { LogLine } from "./log-line.ts";

export const STAGES = ["ingest", "media", "brain", "outbound", "notifier"] as const;
type Stage = (typeof STAGES)[number];

/** What can be asked for: whose logs are read, and which of their lines are shown. */
export interface Service {
  about: string;
  stages: readonly Stage[];
  shows(line: LogLine): boolean;
}

const MEDIA_KINDS: readonly unknown[] = ["audio", "image", "video", "file", "sticker"];
const everything = () => true;

const stage = (name: Stage, about: string): Service => ({ about, stages: [name], shows: everything });

/** The services by name, as in the help. */
export const SERVICES: Readonly<Record<string, Service>> = {
  ingest: stage("ingest", "webhooks in, the CRM's changes, chat_messages"),
  gateway: stage("ingest", "the same, by its earlier name"),
  media: {
    about: "voice notes and pictures: their arrival, their size, what became of them",
    stages: ["ingest", "media"],
    shows: ({ stage, event, fields }) =>
      stage === "media" || (event === "message-received" && MEDIA_KINDS.includes(fields.kind)),
  },
  brain: stage("brain", "decisions, tools, turns"),
  python: stage("brain", "the same, by its earlier name"),
  outbound: stage("outbound", "answers sent, refused, held"),
  notifier: stage("notifier", "staff told, reminders"),
  webhooks: {
    about: "what Gupshup calls, taken in or refused",
    stages: ["ingest"],
    shows: ({ event }) => event === "message-received" || event === "receipt-received" || event.startsWith("webhook"),
  },
  errors: {
    about: "warnings and errors of every stage",
    stages: STAGES,
    shows: ({ level }) => level === "warn" || level === "error" || level === "fatal",
  },
  all: { about: "everything of every stage", stages: STAGES, shows: everything },
};
