import type { Shell } from "../shell.ts";
import type { Found, Row } from "./finding.ts";

const WITHIN_MS = 5_000;

/** Where each outside system is asked; any answer proves that it is reached, 401 and 403 that the key is wrong. */
const SYSTEMS = [
  {
    check: "openai",
    url: "OPENAI_BASE_URL",
    fallback: "https://api.openai.com/v1",
    path: "/models",
    key: "OPENAI_API_KEY",
    header: (key: string) => ["authorization", `Bearer ${key}`],
  },
  {
    check: "gemini",
    url: "GEMINI_BASE_URL",
    fallback: "https://generativelanguage.googleapis.com",
    path: "/v1beta/models",
    key: "GEMINI_API_KEY",
    header: (key: string) => ["x-goog-api-key", key],
  },
  {
    check: "gupshup",
    url: "GUPSHUP_API_URL",
    fallback: "https://api.gupshup.io",
    path: "/",
    key: null,
    header: () => null,
  },
  {
    check: "langfuse",
    url: "LANGFUSE_HOST",
    fallback: null,
    path: "/api/public/health",
    key: null,
    header: () => null,
  },
] as const;

/** The outside systems by name, and where they are asked; undefined where one is not used. */
export function outsideUrls(shell: Shell): [name: string, url: string | undefined][] {
  return SYSTEMS.map(({ check, url, fallback }) => [check, shell.env[url]?.trim() || (fallback ?? undefined)]);
}

/** A check for each outside system. */
export function checkOutside(shell: Shell): Row[] {
  return SYSTEMS.map(({ check, url, fallback, path, key, header }): Row => {
    const given = shell.env[url]?.trim() || fallback;
    const row = { group: "outside", check, advice: `Is ${url} right, and may this place call it?` } as const;
    if (given === null) return { ...row, run: async () => ({ state: "skipped", says: `${url} is not set` }) };
    const secret = key === null ? undefined : shell.env[key]?.trim();
    const own = secret === undefined ? null : header(secret);
    return { ...row, run: () => reach(`${given.replace(/\/+$/, "")}${path}`, own, key) };
  });
}

async function reach(url: string, header: readonly string[] | null, key: string | null): Promise<Found> {
  const headers = header === null ? {} : { [header[0] ?? ""]: header[1] ?? "" };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(WITHIN_MS) });
  await answer.body?.cancel();
  if (header !== null && [401, 403].includes(answer.status)) {
    return { state: "wrong", says: `answers, and refuses the key (${answer.status})`, advice: `Set a valid ${key}.` };
  }
  return { state: answer.status >= 500 ? "wrong" : "good", says: `answers (${answer.status})` };
}
