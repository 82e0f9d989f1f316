/** A queue with one reader that waits for what comes. */
export interface MessageQueue<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** Ends the reading; what nobody has read is returned. */
  end(): T[];
  /** Ends the reading with an error, after what is there has been read. */
  fail(error: Error): void;
}

/** An empty queue. */
export function createMessageQueue<T>(): MessageQueue<T> {
  const items: T[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  async function* read(): AsyncGenerator<T> {
    for (;;) {
      const next = items.shift();
      if (next !== undefined) yield next;
      else if (ended) return;
      else if (failure) throw failure;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    [Symbol.asyncIterator]: read,
    push(item) {
      items.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
      return items.splice(0);
    },
    fail(error) {
      failure = error;
      wake();
    },
  };
}
