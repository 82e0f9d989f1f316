import { createConnection, isIP, type Socket } from "node:net";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Shell } from "../shell.ts";
import type { Found, Row } from "./finding.ts";

const WITHIN_MS = 5_000;
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

interface Place {
  host: string;
  port: number;
}

/** A check for the certificate of everything that is reached over TLS. */
export function checkCertificates(
  shell: Pick<Shell, "env">,
  urls: readonly (readonly [name: string, url: string | undefined])[],
): Row[] {
  const secure = urls.filter(([, url]) => url?.startsWith("https:"));
  return [
    ...natsPlaces(shell.env.NATS_URL).map((place) => ({
      ...row(`nats ${place.host}`, () => readOfNats(place)),
      advice: "Renew the certificate of NATS (cert-manager, or the Secret of its chart) and reload its servers.",
    })),
    ...secure.map(([name, url = ""]) => row(name, () => readOfUrl(url))),
  ];
}

function row(check: string, read: () => Promise<TLSSocket | null>): Row {
  const run = async (): Promise<Found> => {
    const socket = await read();
    if (socket === null) return { state: "skipped", says: "speaks without TLS" };
    const certificate = socket.getPeerCertificate();
    socket.destroy();
    return judge(certificate, socket.authorizationError);
  };
  return { group: "certificates", check, run, advice: "Whoever runs that server has to renew its certificate." };
}

function judge({ valid_from, valid_to }: PeerCertificate, refusal: Error | undefined): Found {
  const days = Math.floor((Date.parse(valid_to) - Date.now()) / DAY_MS);
  const until = new Date(valid_to).toISOString().slice(0, 10);
  if (Date.parse(valid_to) <= Date.now()) return { state: "wrong", says: `expired on ${until}` };
  if (Date.parse(valid_from) > Date.now()) {
    return {
      state: "wrong",
      says: `not valid before ${new Date(valid_from).toISOString()}`,
      advice: "Is this machine's clock right?",
    };
  }
  if (refusal) {
    return {
      state: "wrong",
      says: `is not believed here: ${String(refusal)}`,
      advice:
        "A certificate of an own authority: give its file as NODE_EXTRA_CA_CERTS. Otherwise somebody else answers there.",
    };
  }
  return { state: days < SOON_DAYS ? "warning" : "good", says: `valid until ${until}, ${days} more days` };
}

/** Also what is expired or unknown has to be looked at. */
function dial({ host, port }: Place, over?: Socket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const where = over ? { socket: over } : { host, port };
    const socket = connect(
      { ...where, servername: isIP(host) ? "" : host, rejectUnauthorized: false, timeout: WITHIN_MS },
      () => resolve(socket),
    );
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", reject);
  });
}

function readOfUrl(url: string): Promise<TLSSocket> {
  const { hostname, port } = new URL(url);
  return dial({ host: hostname, port: Number(port) || 443 });
}

function natsPlaces(urls = ""): Place[] {
  return urls
    .split(",")
    .filter((url) => url.trim() !== "")
    .map((url) => {
      const { hostname, port } = new URL(url.includes("://") ? url.trim() : `nats://${url.trim()}`);
      return { host: hostname, port: Number(port) || 4222 };
    });
}

/** NATS says in plain words whether it speaks TLS; then the same connection goes on in it. */
async function readOfNats(place: Place): Promise<TLSSocket | null> {
  const socket = createConnection({ ...place, timeout: WITHIN_MS });
  const info = await new Promise<string>((resolve, reject) => {
    socket.once("data", (bytes) => resolve(bytes.toString("latin1")));
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", reject);
  });
  if (/"tls_(?:required|available)":true/.test(info)) return await dial(place, socket);
  socket.destroy();
  return null;
}
