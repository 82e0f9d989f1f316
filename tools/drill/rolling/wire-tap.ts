import { createServer, connect as dial, type Socket } from "node:net";

/** What passed between one process and the nats-server about one delivery. */
interface Passed {
  kind: "delivered" | "acked" | "given-back" | "terminated";
  durable: string;
  sequence: number;
  /** Which delivery of the message: 1 for the first. */
  delivery: number;
  /** `performance.now()` of this process. */
  at: number;
}

/** A door to the nats-server for one process that notes every delivery and what became of it. */
export interface WireTap {
  url: string;
  passed: Passed[];
  stop(): Promise<void>;
}

const DELIVERED = /H?MSG \S+ \S+ (\$JS\.ACK\.\S+) /g;
const SETTLED = /PUB (\$JS\.ACK\.\S+) (?:\S+ )?\d+\r\n(\+ACK|-NAK|\+TERM)/g;
const KINDS = { "+ACK": "acked", "-NAK": "given-back", "+TERM": "terminated" } as const;
/** No protocol line is longer. */
const LONGEST_LINE = 1_000;

/** Starts a tap in front of a nats-server: from outside, so that it measures what the product does and not what it says. */
export async function tapWire(natsUrl: string): Promise<WireTap> {
  const { hostname, port } = new URL(natsUrl);
  const sockets = new Set<Socket>();
  const passed: Passed[] = [];
  const server = createServer((client) => {
    const upstream = dial({ host: hostname, port: Number(port), noDelay: true });
    client.setNoDelay(true);
    carry(
      sockets,
      upstream,
      client,
      listen(DELIVERED, (ack) => passed.push(toPassed(ack, "delivered"))),
    );
    carry(
      sockets,
      client,
      upstream,
      listen(SETTLED, (ack, word) => passed.push(toPassed(ack, KINDS[word as keyof typeof KINDS]))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the tap has no port");
  return {
    url: `nats://127.0.0.1:${address.port}`,
    passed,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function carry(sockets: Set<Socket>, from: Socket, to: Socket, hear: (bytes: Buffer) => void): void {
  sockets.add(from);
  from.on("data", (bytes: Buffer) => {
    to.write(bytes);
    hear(bytes);
  });
  from.on("error", () => to.destroy());
  from.on("end", () => to.end());
  from.on("close", () => {
    sockets.delete(from);
    to.destroy();
  });
}

function listen(pattern: RegExp, onMatch: (...groups: string[]) => void): (bytes: Buffer) => void {
  let rest = "";
  return (bytes) => {
    const text = rest + bytes.toString("latin1");
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      end = match.index + match[0].length;
      onMatch(...match.slice(1));
    }
    rest = text.slice(Math.max(end, text.length - LONGEST_LINE));
  };
}

/** `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.…`, with domain and account in front where the server has them (ADR-15). */
function toPassed(ack: string, kind: Passed["kind"]): Passed {
  const tokens = ack.split(".");
  const [durable = "", delivery, sequence] = tokens.slice(tokens.length > 9 ? 5 : 3);
  return { kind, durable, sequence: Number(sequence), delivery: Number(delivery), at: performance.now() };
}
