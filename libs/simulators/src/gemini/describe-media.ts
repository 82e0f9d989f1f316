import { createHash } from "node:crypto";
import { SAMPLES } from "../gupshup/sample-media.ts";
import type { MediaRequest } from "./gemini-wire.ts";

const known = new Map<string, string>();

/** What the simulated model hears or sees: for the shipped samples what they hold, for anything else an honest general sentence. */
export function describeMedia({ mimeType, bytes, prompt }: MediaRequest): string {
  const sample = descriptions().get(hashOf(bytes));
  if (sample !== undefined) return sample;
  const kilobytes = Math.max(1, Math.round(bytes.length / 1024));
  if (mimeType.startsWith("audio/")) {
    // A simulator cannot hear, and must not put words into the customer's mouth: it says so the way the prompt wants it said.
    return /answer exactly (\[\w+\])/.exec(prompt)?.[1] ?? "[Audio que el simulador no puede transcribir.]";
  }
  return `Una imagen de unos ${kilobytes} kB que el simulador no conoce. No se lee texto.`;
}

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64url");

function descriptions(): Map<string, string> {
  if (known.size === 0) {
    for (const { bytes, description } of SAMPLES) if (description !== "") known.set(hashOf(bytes), description);
  }
  return known;
}
