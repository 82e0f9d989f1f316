/** A public and a secret key, both present. */
export function isBasicAuth(header: string | undefined): boolean {
  const [, encoded = ""] = /^Basic (.+)$/.exec(header ?? "") ?? [];
  return /^[^:]+:.+$/.test(Buffer.from(encoded, "base64").toString());
}
