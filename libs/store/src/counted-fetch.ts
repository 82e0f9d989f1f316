import { type DependencyMetrics, outcomeOfStatus } from "@skytide/telemetry";

/** The same `fetch`, with every call to the database or the file storage counted. */
export function createCountedFetch(
  dependencies: Pick<DependencyMetrics, "requests">,
  doFetch: typeof fetch = fetch,
): typeof fetch {
  const database = dependencies.requests("postgres");
  const storage = dependencies.requests("storage");
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    const told = url.includes("/storage/v1/") ? storage : database;
    const started = performance.now();
    try {
      const response = await doFetch(input, init);
      told(outcomeOfStatus(response.status), performance.now() - started);
      return response;
    } catch (error) {
      // Nobody aborts a call but its own limit.
      told(init?.signal?.aborted ? "timeout" : "network", performance.now() - started);
      throw error;
    }
  };
}
