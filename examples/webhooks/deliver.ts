import { signedHeaders } from "./sign.ts";

/** How one delivery ended: taken, worth another try, or refused for good. */
export type Verdict = "taken" | "again" | "refused";

const WITHIN_MS = 10_000;
/** Worth another try besides 5xx: timeout, conflict, too early, too many. */
const AGAIN: readonly number[] = [408, 409, 425, 429];

/** Posts one event as structured CloudEvents JSON, signed. */
export async function deliver(url: string, secret: string, event: { id: string }): Promise<Verdict> {
  const body = JSON.stringify(event);
  const headers = { "content-type": "application/cloudevents+json", ...signedHeaders(secret, event.id, body) };
  try {
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(WITHIN_MS) });
    await response.body?.cancel();
    if (response.ok) return "taken";
    return response.status >= 500 || AGAIN.includes(response.status) ? "again" : "refused";
  } catch {
    return "again";
  }
}
