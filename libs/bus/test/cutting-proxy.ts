import { createServer, connect as dial, type Socket } from "node:net";

/** A TCP proxy that, once, cuts the connection after the server got `word` and before its answer comes back. */
export async function cuttingProxy(port: number, word: string) {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = dial(port, "127.0.0.1");
    let cutting = false;
    const close = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", close).on("close", close);
    }
    client.on("data", (bytes) => {
      if (cuts === 0 && bytes.includes(word)) {
        cuts += 1;
        cutting = true;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (cutting) close();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `nats://127.0.0.1:${address.port}`,
    cuts: () => cuts,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
