import { BlockList, isIP } from "node:net";

/** An address, or a range of them. */
interface Source {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
}

/** An address or a range in CIDR notation; undefined where it is neither. */
export function parseSource(text: string): Source | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  if (version === 0 || rest.length > 0 || !/^\d+$/.test(length ?? "0") || prefix > most) return undefined;
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" };
}

/** Whether an address is one of the sources. */
export function createSourceList(sources: readonly Source[]): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix, family } of sources) list.addSubnet(address, prefix, family);
  return (address) => {
    // How a socket that listens on both writes an IPv4 address.
    const plain = address.startsWith("::ffff:") && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? "ipv4" : "ipv6");
  };
}
