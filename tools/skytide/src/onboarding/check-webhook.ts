import { type Finding, failed, ok, skipped } from "./findings.ts";

interface Webhook {
  url: string | undefined;
  appName: string;
  appId: string | null;
  secret: string | null;
}

const WITHIN_MS = 10_000;

/** Calls the webhook as Gupshup's connectivity check does: with the secret it must say 200, with another 401. */
export async function checkWebhook({ url, appName, appId, secret }: Webhook): Promise<Finding> {
  if (url === undefined)
    return skipped("webhook", "Set WEBHOOK_PUBLIC_URL (or --webhook-url) to where Gupshup reaches ingest.");
  const body = probe(appName, appId);
  const right = await call(url, body, secret);
  if (right.kind === "unreachable")
    return failed("webhook", `${hostOf(url)} cannot be reached: is ingest running, and is its port open to the world?`);
  if (right.text !== "")
    return failed(
      "webhook",
      "Something in front of ingest writes a body into the answer: customers may see it as a message.",
    );
  if (right.status === 404)
    return failed(
      "webhook",
      "The app is not found: another path, another fleet, or the connection was made less than 3 s ago.",
    );
  if (right.status === 401)
    return failed("webhook", "The secret is refused: ingest reads another database, or the secret was just changed.");
  if (right.status === 403)
    return failed("webhook", "This machine is none of WEBHOOK_ALLOWED_SOURCES: try from where Gupshup calls.");
  if (right.status !== 200) return failed("webhook", `It answers ${right.status}: see the log of ingest.`);
  if (secret === null) return ok("webhook", `${hostOf(url)} takes messages in.`);
  const wrong = await call(url, body, `${secret}x`);
  return wrong.kind === "answer" && wrong.status === 401
    ? ok("webhook", `${hostOf(url)} takes messages in with the secret and refuses others.`)
    : failed("webhook", "It takes messages in without the right secret: ingest reads another row or another database.");
}

function probe(app: string, appId: string | null): string {
  const payload = { type: "connectivity-check", initiator: "skytide" };
  const envelope = { app, ...(appId === null ? {} : { appId }), timestamp: Date.now(), version: 2 };
  return JSON.stringify({ ...envelope, type: "platform-event", payload });
}

type Answer = { kind: "answer"; status: number; text: string } | { kind: "unreachable" };

async function call(url: string, body: string, secret: string | null): Promise<Answer> {
  try {
    const headers = { "content-type": "application/json", ...(secret === null ? {} : { "x-webhook-secret": secret }) };
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    return { kind: "answer", status: response.status, text: await response.text() };
  } catch {
    return { kind: "unreachable" };
  }
}

/** The address without its path, which may hold the secret. */
const hostOf = (url: string) => new URL(url).host;
