import { createServer, connect as dial, type Socket } from "node:net";

/** What a Kubernetes Service is to the webhook's callers: one address, connections go round the replicas that are ready. */
export interface Service {
  add(port: number): void;
  /** No new connection goes there; open ones stay, as in Kubernetes. */
  remove(port: number): void;
  stop(): Promise<void>;
}

/** Starts a service on a port. */
export async function startService(port: number): Promise<Service> {
  const sockets = new Set<Socket>();
  let ready: number[] = [];
  let turn = 0;
  const server = createServer((client) => {
    turn += 1;
    const target = ready[turn % ready.length];
    if (target === undefined) return void client.destroy();
    const upstream = dial(target, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    add: (one) => void ready.push(one),
    remove(one) {
      ready = ready.filter((other) => other !== one);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
