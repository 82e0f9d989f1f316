import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer that ends a request early, in PostgREST's shape of an error. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly code: string;
  readonly details: string | null;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, more: { details?: string; hint?: string } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details ?? null;
    this.hint = more.hint ?? null;
  }
}

/** Reads a body up to a limit; a longer one is 413. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpProblem(413, "PGRST413", `The body is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Sends JSON that is text already. */
export function sendJson(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(json);
}

/** Sends a problem. */
export function sendProblem(response: ServerResponse, { status, code, details, hint, message }: HttpProblem): void {
  sendJson(response, status, JSON.stringify({ code, details, hint, message }));
}
