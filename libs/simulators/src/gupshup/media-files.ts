import { randomUUID } from "node:crypto";
import { BadRequest } from "../read-body.ts";
import { SAMPLES, type Sample } from "./sample-media.ts";

const SEVEN_DAYS_MS = 7 * 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** More than this many calls for invalid media in an hour block all media of the app for an hour (gupshup.md §7). */
const INVALID_CALLS_PER_HOUR = 20;

/** A link to a file that a customer sent. */
export interface MediaLink {
  mediaId: string;
  sample: string;
  expiresAt: Date;
}

/** What a call for a file gets. */
type MediaAnswer =
  | { kind: "file"; sample: Sample }
  | { kind: "invalid" }
  | { kind: "blocked"; untilEpochSeconds: number };

/** The simulated file manager: links die after seven days, and asking for dead ones too often blocks the app. */
export interface MediaFiles {
  create(kind: Sample["kind"], sampleName: string | undefined): MediaLink & { contentType: string };
  read(appId: string, mediaId: string): MediaAnswer;
  /** Moves the end of every link into the past. */
  expireAll(): void;
  dump(): MediaLink[];
  load(links: readonly MediaLink[]): void;
  clear(): void;
}

/** Creates the file manager. */
export function createMediaFiles(now: () => Date): MediaFiles {
  const links = new Map<string, MediaLink>();
  const invalidCalls = new Map<string, number[]>();

  const countInvalid = (appId: string): MediaAnswer => {
    const since = now().getTime() - HOUR_MS;
    const calls = [...(invalidCalls.get(appId) ?? []).filter((at) => at > since), now().getTime()];
    invalidCalls.set(appId, calls);
    return { kind: "invalid" };
  };
  const blockedUntil = (appId: string): number | undefined => {
    const since = now().getTime() - HOUR_MS;
    const calls = (invalidCalls.get(appId) ?? []).filter((at) => at > since);
    const last = calls.at(-1);
    return calls.length > INVALID_CALLS_PER_HOUR && last ? Math.ceil((last + HOUR_MS) / 1000) : undefined;
  };

  return {
    create: (kind, sampleName) => {
      const sample = SAMPLES.find((one) => one.kind === kind && one.name === (sampleName ?? one.name));
      if (!sample) throw new BadRequest(`there is no ${kind} sample named ${sampleName}`);
      const link = { mediaId: randomUUID(), sample: sample.name, expiresAt: new Date(now().getTime() + SEVEN_DAYS_MS) };
      links.set(link.mediaId, link);
      return { ...link, contentType: sample.contentType };
    },
    read: (appId, mediaId) => {
      const untilEpochSeconds = blockedUntil(appId);
      if (untilEpochSeconds !== undefined) return { kind: "blocked", untilEpochSeconds };
      const link = links.get(mediaId);
      const sample = SAMPLES.find((one) => one.name === link?.sample);
      if (!link || !sample || link.expiresAt <= now()) return countInvalid(appId);
      return { kind: "file", sample };
    },
    expireAll: () => {
      for (const link of links.values()) link.expiresAt = now();
    },
    dump: () => [...links.values()],
    load: (saved) => {
      for (const link of saved) links.set(link.mediaId, link);
    },
    clear: () => {
      links.clear();
      invalidCalls.clear();
    },
  };
}
