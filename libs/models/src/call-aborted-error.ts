/** The caller's signal was aborted while a call was running: neither the provider's fault nor anyone's; `cause` is the signal's reason. */
export class CallAbortedError extends Error {
  override readonly name = "CallAbortedError";
  readonly code = "call-aborted";

  constructor(signal: AbortSignal) {
    super("the caller gave the call up", { cause: signal.reason });
  }
}
