import { lookup as resolve } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { PermanentError, RetryableError } from "@skytide/errors";
import { type AllowedHosts, reachOf } from "./allowed-hosts.ts";
import { isPublicAddress } from "./public-address.ts";

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// Gupshup's answers to an id that is wrong or a week old. Asking again counts towards its block of all media of the app.
const GONE = new Set([400, 404, 410]);
// That block lasts an hour; its end stands in the body, which is not worth reading beside our deadline.
const BLOCKED_RETRY_MS = 60_000;

export type Download =
  | { kind: "file"; bytes: Buffer }
  /** The provider has it no more, or its address is none of the provider's. */
  | { kind: "expired" }
  | { kind: "refused" }
  | { kind: "too_large" };

export interface DownloadOptions {
  allowed: AllowedHosts;
  maxBytes: number;
  /** Limit of the whole download, redirects included. */
  timeoutMs: number;
  resolve?: typeof resolve;
}

/**
 * Fetches a customer's file from the provider and from nowhere else: every hop must be allowed, every address it resolves to
 * public, every byte within the limit. Throws RetryableError for what may pass; the address never stands in an error.
 */
export function createDownload(options: DownloadOptions) {
  return async (address: string, caller: AbortSignal): Promise<Download> => {
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      return await follow(address, options, AbortSignal.any([caller, limit]));
    } catch (error) {
      caller.throwIfAborted();
      if (limit.aborted) throw new RetryableError("download-timeout", "the media did not come in time");
      if (error instanceof PermanentError && error.code === REFUSED) return { kind: "refused" };
      if (error instanceof RetryableError) throw error;
      throw new RetryableError("download-unreachable", "the connection to the media's host failed");
    }
  };
}

async function follow(address: string, options: DownloadOptions, signal: AbortSignal): Promise<Download> {
  let url = URL.parse(address);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (url === null) return { kind: "refused" };
    const reach = reachOf(url, options.allowed);
    if (reach === "refused") return { kind: "refused" };
    const response = await open(url, reach === "public" ? publicLookup(options.resolve ?? resolve) : undefined, signal);
    const status = response.statusCode ?? 0;
    if (!REDIRECTS.has(status)) return await readAnswer(response, status, options.maxBytes);
    response.destroy();
    url = URL.parse(response.headers.location ?? "", url.href);
  }
  return { kind: "refused" };
}

const REFUSED = "address-refused";

/** Resolves and judges in one step, and the connection goes to what was judged: a name that changes in between gains nothing. */
function publicLookup(resolveHost: typeof resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(new PermanentError(REFUSED, "the host is not on the public internet"), "");
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function open(url: URL, lookup: LookupFunction | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((opened, failed) => {
    const headers = { "user-agent": "skytide-media", "accept-encoding": "identity" };
    // No agent: a connection is never shared with, or taken from, a request whose address was not judged.
    const request = send(url, { signal, agent: false, headers, ...(lookup ? { lookup } : {}) }, opened);
    request.on("error", failed).end();
  });
}

async function readAnswer(response: IncomingMessage, status: number, maxBytes: number): Promise<Download> {
  if (GONE.has(status)) return close(response, { kind: "expired" });
  if (status === 429) {
    close(response, null);
    throw new RetryableError("download-rate-limited", "the media's host counts too many requests", {
      retryAfterMs: BLOCKED_RETRY_MS,
    });
  }
  if (status !== 200) {
    close(response, null);
    throw new RetryableError("download-failed", `the media's host answered with status ${status}`);
  }
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) return close(response, { kind: "too_large" });
  return await readBytes(response, maxBytes);
}

async function readBytes(response: IncomingMessage, maxBytes: number): Promise<Download> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > maxBytes) return { kind: "too_large" };
    chunks.push(chunk);
  }
  if (size === 0) throw new RetryableError("download-failed", "the media's host sent an empty file");
  return { kind: "file", bytes: Buffer.concat(chunks) };
}

function close<T>(response: IncomingMessage, answer: T): T {
  response.destroy();
  return answer;
}
