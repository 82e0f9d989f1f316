/** More than processes of a stage read at one moment; one that finds its name taken takes another. */
const READERS = 24;

/** The short-lived consumers by which whoever owns a durable reads again what stands on its lanes: a wildcard would open others'. */
export function readersOf(durable: string): string[] {
  return Array.from({ length: READERS }, (_, index) => `${durable}-read-${index}`);
}
