import { PermanentError } from "@skytide/errors";
import { expect } from "vitest";
import { createEmbedder } from "../src/index.ts";
import { fixture, json, test } from "./provider.ts";

const open = (url: string) =>
  createEmbedder({ baseUrl: `${url}/v1`, apiKey: "key-1", model: "text-embedding-3-small", maxRetries: 0 });
const { signal } = new AbortController();

test("one vector per text, in the order of the texts", async ({ provider }) => {
  provider.replies.push(json(fixture("embeddings")));
  expect(await open(provider.url).embed(["precio", " "], { signal })).toEqual({
    vectors: [
      [0.25, 0.5, -0.5],
      [0, 1, 0.5],
    ],
    usage: { model: "text-embedding-3-small", inputTokens: 8, cachedInputTokens: 0, outputTokens: 0 },
  });
  expect(provider.requests[0]).toMatchObject({
    path: "/v1/embeddings",
    body: { model: "text-embedding-3-small", input: ["precio", "-"], encoding_format: "float" },
  });
});

test("no texts are no call", async ({ provider }) => {
  expect(await open(provider.url).embed([], { signal })).toMatchObject({ vectors: [] });
  expect(provider.requests).toHaveLength(0);
});

test("another number of vectors than texts is a broken reply", async ({ provider }) => {
  provider.replies.push(json(fixture("embeddings")));
  await expect(open(provider.url).embed(["uno"], { signal })).rejects.toMatchObject({ code: "openai-broken-reply" });
});

test("more texts than one call takes are refused", async ({ provider }) => {
  await expect(open(provider.url).embed(Array(2049).fill("x"), { signal })).rejects.toBeInstanceOf(PermanentError);
});
