import { nkeys } from "nats";
import { USERS, type User } from "./permissions.ts";

/** A user's key pair: the seed signs in and stays secret, the public key stands in the server's configuration. */
export interface UserKey {
  seed: string;
  publicKey: string;
}

const text = new TextDecoder();

/** A new NKEY for a user. */
export function createUserKey(): UserKey {
  const pair = nkeys.createUser();
  return { seed: text.decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** A new seed for every user of the fleet. */
export function createUserSeeds(): Record<User, string> {
  return Object.fromEntries(USERS.map((user) => [user, createUserKey().seed])) as Record<User, string>;
}

/** The public key of a seed. Throws RangeError when it is none. */
export function publicKeyOf(seed: string): string {
  try {
    return nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey();
  } catch (cause) {
    throw new RangeError("that is no NKEY seed", { cause });
  }
}
