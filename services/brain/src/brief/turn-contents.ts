/** What one model call was given and gave, for the traces of an organization that allowed it. */
interface CallContent {
  input: string;
  output: string;
}

export interface TurnContents {
  note(startedAt: Date, request: object, result: object): void;
  /** The content of the call that began then; calls that were replayed from the journal have none. */
  of(startedAt: string): CallContent | undefined;
}

/** A prompt with its tools can be long; Langfuse's reader needs the beginning. */
const MAX_CHARACTERS = 20_000;

/** Remembers the contents of a turn's calls until its trace is sent. */
export function createTurnContents(): TurnContents {
  const calls = new Map<string, CallContent>();
  return {
    note(startedAt, request, result) {
      const { tools: _tools, signal: _signal, ...given } = request as Record<string, unknown>;
      const { usage: _usage, ...gave } = result as Record<string, unknown>;
      calls.set(startedAt.toISOString(), { input: text(given), output: text(gave) });
    },
    of: (startedAt) => calls.get(startedAt),
  };
}

function text(value: unknown): string {
  return JSON.stringify(value).slice(0, MAX_CHARACTERS);
}
