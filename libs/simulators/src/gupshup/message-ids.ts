import { randomBytes } from "node:crypto";

/** A WhatsApp message id: base64 around the customer's phone and random hex, as the true ones are. */
export function createWhatsappId(phone: string, direction: "in" | "out"): string {
  const digits = Buffer.from(phone, "ascii");
  const [marker, length] = direction === "in" ? [0x12, 20] : [0x11, 18];
  const hex = randomBytes(length / 2)
    .toString("hex")
    .toUpperCase();
  const bytes = Buffer.concat([
    Buffer.from([0x1c, 0x18, digits.length]),
    digits,
    Buffer.from([0x15, 0x02, 0x00, marker, 0x18, length]),
    Buffer.from(hex, "ascii"),
    Buffer.from([0x00]),
  ]);
  return `wamid.${bytes.toString("base64")}`;
}
