import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Answer = (response: ServerResponse) => unknown;

/** The provider's files, Gemini, the database and its storage, on one port. */
export interface Outside {
  url: string;
  /** What stands at a path of the file host. */
  files: Map<string, Buffer>;
  /** What Gemini answers to a file's bytes (base64), in order; then a transcript. */
  gemini: Map<string, Answer[]>;
  /** The bytes (base64) that Gemini was asked about. */
  asked: string[];
  /** Our copies by path. */
  stored: Map<string, { bytes: Buffer; mimeType: string | undefined }>;
  stop(): Promise<void>;
}

type State = Omit<Outside, "url" | "stop">;

export const IDENTITY = "10000000-0000-4000-8000-000000000009";
export const TRANSCRIPT = "Quiero una limpieza facial mañana";

/** Answers with JSON. */
export const json =
  (body: unknown, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

const transcript = json({ candidates: [{ finishReason: "STOP", content: { parts: [{ text: TRANSCRIPT }] } }] });

/** Starts everything that media speaks with, except the log. */
export async function startOutside(): Promise<Outside> {
  const outside: State = {
    files: new Map(),
    gemini: new Map(),
    asked: [],
    stored: new Map(),
  };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => answerTo(request, body, outside)(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { ...outside, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answerTo({ url: path = "", headers }: IncomingMessage, body: Buffer, outside: State): Answer {
  if (path.endsWith(":generateContent")) {
    const data: string = JSON.parse(body.toString()).contents[0].parts[1].inlineData.data;
    outside.asked.push(data);
    return outside.gemini.get(data)?.shift() ?? transcript;
  }
  if (path.endsWith("/rpc/health")) return json({ ok: true, schemaVersion: "1" });
  if (path.endsWith("/rpc/begin_media")) return json({ ok: true, chatIdentityId: IDENTITY });
  const stored = /^\/storage\/v1\/object\/chat-media\/(.+)$/.exec(path)?.[1];
  if (stored) {
    outside.stored.set(stored, { bytes: body, mimeType: headers["content-type"] });
    return json({ Key: `chat-media/${stored}`, Id: IDENTITY });
  }
  const file = outside.files.get(path);
  if (file === undefined) return json({ status: "error", message: "Invalid Media Id" }, 404);
  return (response) => response.end(file);
}
