import { createHmac, timingSafeEqual } from "node:crypto";

/** Who asks: a role of the database and what its token says. */
export interface Caller {
  role: "anon" | "authenticated" | "service_role";
  claims: Record<string, unknown>;
}

const roles = ["anon", "authenticated", "service_role"] as const;

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(text: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

/** Makes a token (HS256) as Supabase's own keys are. */
export function createToken(claims: Record<string, unknown>, secret: string): string {
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${sign(text, secret).toString("base64url")}`;
}

/** Reads a token; null where it is none of ours or has expired. */
export function readToken(token: string, secret: string, now = Date.now()): Caller | null {
  const [header, payload, signature, ...rest] = token.split(".");
  if (!header || !payload || !signature || rest.length > 0) return null;
  const given = Buffer.from(signature, "base64url");
  const right = sign(`${header}.${payload}`, secret);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const claims = parseObject(payload);
  if (parseObject(header)?.alg !== "HS256" || claims === null) return null;
  if (typeof claims.exp === "number" && claims.exp * 1000 < now) return null;
  const role = roles.find((name) => name === claims.role);
  return role === undefined ? null : { role, claims };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
