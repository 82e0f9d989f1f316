import type { Usage } from "./usage.ts";

export interface DescribeRequest {
  kind: "audio" | "image";
  mimeType: string;
  bytes: Uint8Array;
  signal: AbortSignal;
}

export type Description =
  /** Untrusted text: what was said in the audio, or what the picture shows. */
  | { kind: "text"; text: string /** The model stopped at its limit. */; truncated: boolean; usage: Usage }
  /** The provider refuses to look at it. */
  | { kind: "blocked"; usage: Usage }
  /** There is nothing to tell: no voice, no answer. */
  | { kind: "empty"; usage: Usage };

/** Says in words what a customer's audio or picture holds; throws as LanguageModel does. */
export interface Describer {
  describe(request: DescribeRequest): Promise<Description>;
}
