import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One webhook call as the business got it. */
interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  body: {
    app?: string;
    type?: string;
    payload?: { id?: string; gsId?: string; type?: string; payload?: Record<string, unknown>; [key: string]: unknown };
    [key: string]: unknown;
  };
}

/** A business with a webhook: it keeps what it gets, and answers what it is told to. */
export interface Business {
  url: string;
  received: Received[];
  /** The answers to the next calls; 200 and an empty body when there are none left, `null` for no answer at all. */
  answers: ({ status: number; body?: string } | null)[];
  /** Waits until as many calls have come. */
  atLeast(count: number): Promise<Received[]>;
  stop(): Promise<void>;
}

/** Starts a business that listens for webhooks. */
export async function startBusiness(): Promise<Business> {
  const received: Received[] = [];
  const answers: Business["answers"] = [];
  const waiters = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      path: request.url ?? "",
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    for (const waiter of waiters) waiter();
    const answer = answers.length > 0 ? answers.shift() : { status: 200 };
    if (answer) response.writeHead(answer.status).end(answer.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/gupshup`,
    received,
    answers,
    atLeast: (count) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`${received.length} calls instead of ${count}`)), 15_000);
        const look = () => {
          if (received.length < count) return;
          clearTimeout(limit);
          waiters.delete(look);
          resolve(received);
        };
        waiters.add(look);
        look();
      }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
