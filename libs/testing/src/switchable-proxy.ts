import { createServer, connect as dial, type NetConnectOpts, type Socket } from "node:net";

/** A TCP proxy that can stop carrying anything, the way a partition does: connections stay open, bytes do not pass. */
export interface SwitchableProxy {
  port: number;
  block(): void;
  unblock(): void;
  stop(): Promise<void>;
}

/** Starts a proxy in front of a port or a Unix socket. */
export async function switchableProxy(target: NetConnectOpts): Promise<SwitchableProxy> {
  const sockets = new Set<Socket>();
  let blocked = false;
  const server = createServer((client) => {
    const upstream = dial(target);
    const pairs = [
      [client, upstream],
      [upstream, client],
    ] as const;
    for (const [from, to] of pairs) {
      sockets.add(from);
      from.on("data", (bytes) => {
        if (!blocked) to.write(bytes);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    port: address.port,
    block() {
      blocked = true;
    },
    unblock() {
      blocked = false;
      // What was swallowed is gone: both sides begin anew.
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
