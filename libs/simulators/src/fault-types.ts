import type { FaultTiming } from "./faults.ts";

/** Faults of an HTTP answer, the same for every simulator. */
export type HttpFault =
  /** Answers after a pause. */
  | { kind: "slow"; ms: number }
  /** Answers with this status and the vendor's error body. */
  | { kind: "status"; status: number }
  /** Never answers (until the client goes away). */
  | { kind: "hang" }
  /** Does its work, then cuts the connection in the middle of the answer's body. */
  | { kind: "cut" }
  /** Closes the connection before doing anything. */
  | { kind: "reset" };

/** Faults of the simulated Gupshup; `app` and `destination` narrow them. */
export type GupshupFault = FaultTiming & { app?: string; destination?: string } & (
    | HttpFault
    /** Answers 202 without a message id although the message was taken. */
    | { kind: "no-id" }
    /** Accepts (202) and fails the message later with this code; `at` says where in the chain. */
    | { kind: "fail"; code: number; reason?: string; at?: "gupshup" | "whatsapp" }
    /** Webhook events (one status, or customers' messages) never leave. */
    | { kind: "drop"; event: WebhookEvent }
    /** Webhook events leave twice. */
    | { kind: "duplicate"; event?: WebhookEvent }
    /** Receipts of a message leave in reverse order. */
    | { kind: "reorder" }
    /** Webhook events leave later by this. */
    | { kind: "late"; ms: number; event?: WebhookEvent }
    /** Receipts come without `gsId`, as a week after the send. */
    | { kind: "no-gs-id" }
  );
export type WebhookEvent = "message" | "enqueued" | "sent" | "delivered" | "read" | "failed";

/** Faults of the simulated OpenAI. */
export type OpenAiFault = FaultTiming & { path?: "responses" | "chat" | "embeddings" } & (
    | HttpFault
    /** 429 with `code: insufficient_quota`. */
    | { kind: "quota" }
    /** A refusal instead of an answer. */
    | { kind: "refusal" }
    /** Tool arguments that are not JSON. */
    | { kind: "invalid-json" }
    /** Arguments that break the tool's schema. */
    | { kind: "wrong-arguments" }
    /** A tool that was not offered. */
    | { kind: "wrong-tool" }
    /** Two tool calls in one answer. */
    | { kind: "two-tools" }
    /** Neither text nor tool call. */
    | { kind: "empty" }
    /** Stops at the token limit. */
    | { kind: "incomplete" }
  );

/** Faults of the simulated Gemini. */
export type GeminiFault = FaultTiming &
  (
    | HttpFault
    /** The prompt is blocked. */
    | { kind: "blocked" }
    /** The answer stops for safety, without text. */
    | { kind: "safety" }
    /** An answer without parts. */
    | { kind: "empty" }
  );
