import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { startNatsServer } from "@skytide/embedded";
import { expect, onTestFinished, test } from "vitest";
import { checkCertificates } from "../src/doctor/certificates.ts";
import { runRows } from "../src/doctor/finding.ts";

const noOpenssl = opensslMissing();
test.skipIf(noOpenssl).for([
  { days: -1, believed: true, state: "wrong", says: /^expired on \d{4}-\d\d-\d\d$/ },
  { days: 5, believed: false, state: "wrong", says: /^is not believed here: / },
  { days: 5, believed: true, state: "warning", says: /^valid until \d{4}-\d\d-\d\d, 4 more days$/ },
  { days: 90, believed: true, state: "good", says: /, 89 more days$/ },
] as const)(
  `a certificate of $days more days, believed here: $believed, is $state${noOpenssl ? " (skipped: no openssl here)" : ""}`,
  async ({ days, believed, state, says }) => {
    const { key, certificate, dataDir } = await makeCertificate(days);
    const pem = { key: await readFile(key), cert: await readFile(certificate) };
    const usual = getCACertificates();
    if (believed) setDefaultCACertificates([...usual, pem.cert.toString()]);
    onTestFinished(() => setDefaultCACertificates(usual));
    const nats = await startNatsServer({
      ...{ dataDir, port: "free", monitorPort: "free" },
      accounts: { "tls.conf": `tls { cert_file: "${certificate}", key_file: "${key}" }\n` },
    });
    onTestFinished(() => nats.stop());
    const port = await listen(pem);
    const urls = [["webhook", `https://127.0.0.1:${port}/webhooks`]] as const;
    const findings = await runRows(checkCertificates({ env: { NATS_URL: nats.url } }, urls));
    const of = (check: string) => findings.find((one) => one.check === check);
    for (const check of ["nats 127.0.0.1", "webhook"]) {
      expect(of(check)).toMatchObject({ group: "certificates", state, says: expect.stringMatching(says) });
      expect(typeof of(check)?.advice, check).toBe(state === "good" ? "undefined" : "string");
    }
  },
);

async function listen(pem: { key: Buffer; cert: Buffer }): Promise<number> {
  const server = createServer(pem, (_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function ownFolder() {
  const dataDir = await mkdtemp(join(tmpdir(), "skytide-doctor-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  return { dataDir };
}

function opensslMissing(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "pipe" });
    return false;
  } catch {
    return true;
  }
}

async function makeCertificate(days: number) {
  const { dataDir } = await ownFolder();
  const path = (name: string) => join(dataDir, name);
  const [key, certificate, request] = [path("key.pem"), path("certificate.pem"), path("request.pem")];
  await writeFile(path("names"), "subjectAltName=IP:127.0.0.1\n");
  const openssl = (...given: string[]) => execFileSync("openssl", given, { stdio: "pipe" });
  const make = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost".split(" ");
  openssl(...make, "-keyout", key, "-out", request);
  // This form alone makes a certificate that has expired.
  const sign = ["x509", "-req", "-in", request, "-signkey", key, "-days", `${days}`, "-extfile", path("names")];
  openssl(...sign, "-out", certificate);
  return { key, certificate, dataDir };
}

test("a server that speaks without TLS has no certificate to look at", async () => {
  const { dataDir } = await ownFolder();
  const nats = await startNatsServer({ dataDir, port: "free", monitorPort: "free" });
  onTestFinished(() => nats.stop());
  const findings = await runRows(
    checkCertificates({ env: { NATS_URL: nats.url } }, [["database", "http://127.0.0.1:1"]]),
  );
  expect(findings).toMatchObject([{ check: "nats 127.0.0.1", state: "skipped" }]);
});
