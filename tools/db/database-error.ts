/** A person can do something about it: the message is a sentence that says what. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
}
