/** Ends a command with a sentence that says what is wrong and what to do next; no stack is shown. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** 1 failed or refused, 2 called wrongly. */
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}
