/** What a test opens for itself is deferred here, and closed in reverse order when the test ends, however it ends. */
export async function stackFixture(
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  {}: object,
  { onCleanup }: { onCleanup(stop: () => Promise<void>): void },
): Promise<AsyncDisposableStack> {
  const stack = new AsyncDisposableStack();
  onCleanup(() => stack.disposeAsync());
  return stack;
}
