import { connect } from "node:tls";
import { z } from "zod";
import type { Shell } from "../shell.ts";
import type { Finding } from "./checks.ts";

const WITHIN_MS = 5_000;
const CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;

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

type Row = [name: string, check: () => Promise<Omit<Finding, "check">>, advice: string];

/** A check for each outside system, and one for its certificate. */
export function checkOutside(shell: Shell): Row[] {
  return SYSTEMS.flatMap(({ check, url, fallback, path, key, header }): Row[] => {
    const given = shell.env[url]?.trim() || fallback;
    if (given === null) return [[check, async () => ({ state: "skipped", says: `${url} is not set` }), ""]];
    const secret = key === null ? undefined : shell.env[key]?.trim();
    const own = secret === undefined ? null : header(secret);
    return [
      [check, () => reach(`${given.replace(/\/+$/, "")}${path}`, own), `Is ${url} right, and may this place call it?`],
      ...(given.startsWith("https:")
        ? [[`${check} certificate`, () => readCertificate(given), "Whoever runs that server has to renew it."] as Row]
        : []),
    ];
  });
}

async function reach(url: string, header: readonly string[] | null): Promise<Omit<Finding, "check">> {
  const headers = header === null ? {} : { [header[0] ?? ""]: header[1] ?? "" };
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(WITHIN_MS) });
  await answer.body?.cancel();
  if (header !== null && [401, 403].includes(answer.status)) {
    return { state: "wrong", says: `answers, and refuses the key (${answer.status})`, advice: "Set a valid key." };
  }
  return { state: answer.status >= 500 ? "wrong" : "good", says: `answers (${answer.status})` };
}

async function readCertificate(url: string): Promise<Omit<Finding, "check">> {
  const { hostname, port } = new URL(url);
  const until = await new Promise<string>((resolve, reject) => {
    const socket = connect(
      { host: hostname, port: Number(port) || 443, servername: hostname, timeout: WITHIN_MS },
      () => {
        resolve(socket.getPeerCertificate().valid_to);
        socket.destroy();
      },
    );
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", reject);
  });
  const days = Math.floor((z.coerce.date().parse(until).getTime() - Date.now()) / DAY_MS);
  return { state: days < CERTIFICATE_DAYS ? "wrong" : "good", says: `valid for ${days} more days` };
}
