/** A call that OpenAI would refuse, with the fields of its error body. */
export class OpenAiRefusal extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(message: string, details: { status?: number; param?: string; code?: string } = {}) {
    super(message);
    this.status = details.status ?? 400;
    this.param = details.param ?? null;
    this.code = details.code ?? null;
  }

  /** The account has no money left: a 429 that no waiting helps. */
  static quota(): OpenAiRefusal {
    const message = "You exceeded your current quota, please check your plan and billing details.";
    return new OpenAiRefusal(message, { status: 429, code: "insufficient_quota" });
  }
}

const KINDS: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  403: ["invalid_request_error", null, "You are not allowed to use this model."],
  404: ["invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."],
  429: ["requests", "rate_limit_exceeded", "Rate limit reached for requests."],
};

/** The error body of a status. */
export function errorBodyOf(status: number): object {
  const fallback = status >= 500 ? "server_error" : "invalid_request_error";
  const [type, code, message] = KINDS[status] ?? [fallback, null, "The server had an error processing your request."];
  return { error: { message, type, param: null, code } };
}

/** The error body of a refused call. */
export function refusalBody({ message, param, code, status }: OpenAiRefusal): object {
  const type = code === "insufficient_quota" ? code : status >= 500 ? "server_error" : "invalid_request_error";
  return { error: { message, type, param, code } };
}
