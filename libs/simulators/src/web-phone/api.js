const base = "/simulator/gupshup";

async function call(path, options) {
  const response = await fetch(`${base}${path}`, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.message ?? `HTTP ${response.status}`);
  return body;
}

/** Businesses, people and samples of this simulator. */
export const readSetup = () => call("");

/** All conversations so far. */
export const readConversations = async () => (await call("/conversations")).conversations;

/** A customer does something: writes, taps, sends a sample. */
export const act = (phone, action) =>
  call(`/customers/${phone}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(action),
  });

/** Listens to everything that happens; the browser reconnects by itself, and every connection begins with `onHello`. */
export function listen({ onHello, onChange, onState }) {
  const stream = new EventSource(`${base}/stream`);
  stream.addEventListener("hello", () => {
    onState("open");
    onHello();
  });
  stream.addEventListener("change", (event) => onChange(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    onState("connecting");
    // After some answers (a proxy's 502, say) the browser gives up: begin anew.
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen({ onHello, onChange, onState }), 1500);
  });
}
