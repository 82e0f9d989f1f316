import { z } from "zod";

export interface AllowedHosts {
  /** Reached by https on its own port, at public addresses. */
  hosts: ReadonlySet<string>;
  /** Reached as written, wherever they are. */
  origins: ReadonlySet<string>;
}

// The last label has a letter in front: an address in numbers is no host name, its own origin can be listed.
const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * Parses `MEDIA_ALLOWED_HOSTS`: host names (https, public addresses) or origins such as `http://127.0.0.1:8081` (as written,
 * private addresses too), separated by commas.
 */
export const allowedHostsSchema = z.string().transform((text, context): AllowedHosts => {
  const entries = text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  const origins = entries.filter((entry) => entry.includes("://"));
  const hosts = entries.filter((entry) => !entry.includes("://"));
  const wrong = entries.length === 0 || !hosts.every((host) => HOST.test(host)) || !origins.every(isOrigin);
  if (wrong) {
    context.addIssue({ code: "custom", message: "expected host names or http(s)://host:port, separated by commas" });
    return z.NEVER;
  }
  return { hosts: new Set(hosts), origins: new Set(origins.map((origin) => new URL(origin).origin)) };
});

function isOrigin(entry: string): boolean {
  const url = URL.parse(entry);
  return url !== null && /^https?:$/.test(url.protocol) && (entry === url.origin || entry === `${url.origin}/`);
}

/** How a URL may be reached: not at all, at public addresses only, or wherever it points because it is listed as it stands. */
export function reachOf(url: URL, allowed: AllowedHosts): "refused" | "public" | "anywhere" {
  if (url.username !== "" || url.password !== "") return "refused";
  if (allowed.origins.has(url.origin)) return "anywhere";
  const plain = url.protocol === "https:" && url.port === "";
  return plain && allowed.hosts.has(url.hostname) ? "public" : "refused";
}
