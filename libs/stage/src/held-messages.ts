import type { BusMessage } from "@skytide/bus";

/** A delivered message that waits for its turn in this process. */
interface HeldMessage {
  message: BusMessage;
  /** Whose it is; empty where it says nobody. */
  organizationId: string;
  /** Called once, with whether it is to be handled now or goes back. */
  decide(go: boolean): void;
}

/** Messages that wait, each organization's in order, organizations in turns. */
export interface HeldMessages {
  readonly size: number;
  push(held: HeldMessage): void;
  /** Takes the next one of the organization that waits longest among those that may begin; undefined when none may. */
  next(mayBegin: (organizationId: string) => boolean): HeldMessage | undefined;
  /** Tells the server that all of them are still wanted. */
  renew(): void;
  /** Takes all of them. */
  drain(): HeldMessage[];
}

/** An empty waiting room. */
export function createHeldMessages(): HeldMessages {
  // In order of their turn: whoever was served goes to the end.
  const queues = new Map<string, HeldMessage[]>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(held) {
      const queue = queues.get(held.organizationId);
      if (queue === undefined) queues.set(held.organizationId, [held]);
      else queue.push(held);
      size += 1;
    },
    next(mayBegin) {
      for (const [organizationId, queue] of queues) {
        if (!mayBegin(organizationId)) continue;
        const found = queue.shift();
        queues.delete(organizationId);
        if (queue.length > 0) queues.set(organizationId, queue);
        if (found !== undefined) size -= 1;
        return found;
      }
      return undefined;
    },
    renew() {
      for (const queue of queues.values()) for (const { message } of queue) message.working();
    },
    drain() {
      const all = [...queues.values()].flat();
      queues.clear();
      size = 0;
      return all;
    },
  };
}
