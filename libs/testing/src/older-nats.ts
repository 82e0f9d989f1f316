import { createServer, connect as dial } from "node:net";
import { onTestFinished } from "vitest";

/** A nats-server as one of another version would say it is: a proxy that rewrites the version in what the server says of itself. */
export async function natsSaying(version: string, url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname);
    upstream.on("data", (bytes) => {
      // The server says it at once and again whenever something changes.
      const said = bytes.toString("latin1").replaceAll(/^(INFO .*"version":")[^"]*/gm, `$1${version}`);
      client.write(said, "latin1");
    });
    client.pipe(upstream);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return `nats://127.0.0.1:${address.port}`;
}
