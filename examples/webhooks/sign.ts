import { createHmac, timingSafeEqual } from "node:crypto";

/** The headers of a signed delivery, as https://www.standardwebhooks.com has them. */
export function signedHeaders(secret: string, id: string, body: string, now = new Date()): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${digest(secret, id, timestamp, body)}`,
  };
}

/** What the receiver does: true when the body is ours and not older than five minutes. */
export function isSigned(secret: string, headers: Record<string, string>, body: string, now = new Date()): boolean {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signature = "" } = headers;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > 300) return false;
  const wanted = Buffer.from(`v1,${digest(secret, id, timestamp, body)}`);
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function digest(secret: string, id: string, timestamp: string, body: string): string {
  return createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
}
