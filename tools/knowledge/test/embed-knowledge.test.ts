import { RetryableError } from "@skytide/errors";
import { createStore } from "@skytide/store";
import { test as base, demo } from "@skytide/testing";
import { expect } from "vitest";
import { fillKnowledge } from "../../fleet/fill-knowledge.ts";
import { standInsOf } from "../../fleet/stand-ins.ts";
import { embedKnowledge } from "../embed-knowledge.ts";
import { EmbedSettingsError, openForEmbedding } from "../embed-settings.ts";

const { brisa } = demo;
const signal = new AbortController().signal;
const test = base
  .extend("env", async ({ database, simulators }) => {
    await database.reset();
    return {
      SUPABASE_URL: database.url,
      SUPABASE_SERVICE_ROLE_KEY: database.serviceRoleKey,
      OPENAI_BASE_URL: simulators.openaiUrl,
      OPENAI_API_KEY: "simulated",
      OPENAI_EMBEDDING_MODEL: " ",
    };
  })
  .extend("store", ({ database }) => createStore(database));

test("¿Dónde quedan? finds Brisa's address, although no word of it stands there", async ({ env, store }) => {
  const question = { organizationId: brisa.organizationId, query: "¿Dónde quedan?", limit: 1 };
  expect((await store.searchKnowledge(question)).chunks).toEqual([]);
  const { embedder, ...opened } = openForEmbedding(env);
  expect(await embedKnowledge({ ...opened, embedder, signal })).toBe(11);
  const { vectors } = await embedder.embed([question.query], { signal });
  const { chunks } = await store.searchKnowledge({ ...question, embedding: vectors[0] });
  expect(chunks[0]?.content).toContain("El Poblado");
  expect(await embedKnowledge({ ...opened, embedder, signal })).toBe(0);
});

test("a run that was cut off goes on where it stood", async ({ env, store }) => {
  const { embedder, ...opened } = openForEmbedding(env);
  const listed = await store.listUnembeddedKnowledge({ embeddedBy: opened.embeddedBy });
  const paged = {
    ...store,
    listUnembeddedKnowledge: (wanted: { embeddedBy: string }) => store.listUnembeddedKnowledge({ ...wanted, limit: 4 }),
  };
  let calls = 0;
  const failing = {
    async embed(...given: Parameters<typeof embedder.embed>) {
      calls += 1;
      if (calls === 2) throw new RetryableError("openai-away", "OpenAI is away");
      return embedder.embed(...given);
    },
  };
  await expect(embedKnowledge({ ...opened, store: paged, embedder: failing, signal })).rejects.toThrow("is away");
  const left = await store.listUnembeddedKnowledge({ embeddedBy: opened.embeddedBy });
  expect(left.length).toBeLessThan(listed.length);
  expect(await embedKnowledge({ ...opened, embedder, signal })).toBe(left.length);
});

test("a start fills its own database, again for another model, and never one that is somebody else's", async ({
  env,
  store,
}) => {
  const notes: string[] = [];
  const fill = (change: Record<string, string>, standIns: Record<string, string> = {}) =>
    fillKnowledge({
      standIns: standInsOf(standIns),
      env: { ...env, ...change },
      signal: undefined,
      note: (text) => void notes.push(text),
    });
  await fill({}, { SUPABASE_URL: "https://x.supabase.co", SUPABASE_SERVICE_ROLE_KEY: "k" });
  expect(await store.listUnembeddedKnowledge({ embeddedBy: "simulated" })).toHaveLength(11);
  await fill({});
  await fill({});
  await fill({ OPENAI_EMBEDDING_MODEL: "other" }, { OPENAI_API_KEY: "sk" });
  expect(notes).toEqual(["11 pieces can be found by meaning now", "11 pieces can be found by meaning now"]);
});

test("a start goes on when the model is away, and says that words still find", async ({ env }) => {
  const notes: string[] = [];
  await fillKnowledge({
    standIns: standInsOf({}),
    env: { ...env, OPENAI_BASE_URL: "http://127.0.0.1:1/v1" },
    signal: undefined,
    note: (text) => void notes.push(text),
  });
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(/^found by words only: .*The next start tries again\.$/);
});

test("settings that are missing are named, all at once", () => {
  expect(() => openForEmbedding({ SUPABASE_URL: "nonsense" })).toThrow(EmbedSettingsError);
  expect(() => openForEmbedding({ SUPABASE_URL: "nonsense" })).toThrow(
    /SUPABASE_URL.*SUPABASE_SERVICE_ROLE_KEY.*OPENAI_API_KEY/s,
  );
});
