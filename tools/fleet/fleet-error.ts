/** The fleet cannot start and a person can do something about it: the message is a sentence. */
export class FleetError extends Error {
  override readonly name = "FleetError";
}
