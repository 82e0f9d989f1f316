import { test as base, demo } from "@skytide/testing";
import { createClient } from "@supabase/supabase-js";
import { beforeEach, describe, expect } from "vitest";
import { createStore } from "../src/index.ts";

const { aurora, brisa } = demo;
const organizationId: string = aurora.organizationId;
const test = base
  .extend("store", ({ database }) => createStore(database))
  .extend("client", ({ database }) =>
    createClient(database.url, database.serviceRoleKey, { auth: { persistSession: false } }),
  );

beforeEach<{ database: { reset(): Promise<void> } }>(({ database }) => database.reset());

/** A unit vector between two axes: the cosine to axis `n` is `share`. */
function towards(n: number, share = 1): number[] {
  const vector = new Array<number>(1536).fill(0);
  vector[n] = share;
  if (share < 1) vector[1535] = Math.sqrt(1 - share * share);
  return vector;
}

const pets = { content: "Mascotas bienvenidas", embedding: towards(1) };
const wifi = { content: "Wifi gratis", embedding: towards(2) };
const document = {
  organizationId,
  source: "faq.md",
  sourceType: "faq",
  title: "Preguntas",
  chunks: [pets, wifi],
};

describe("a search in what an organization wrote", () => {
  test("finds words without accents, in one organization alone", async ({ store }) => {
    const { chunks } = await store.searchKnowledge({ organizationId, query: "cuanto vale la depilacion laser" });
    expect(chunks[0]?.content).toMatch(/depilación láser/i);
    const where = await store.searchKnowledge({ organizationId, query: "¿Dónde quedan? dirección" });
    expect(where.chunks.some(({ content }) => content.includes("Calle 93"))).toBe(true);
    expect(where.chunks.some(({ content }) => content.includes("El Poblado"))).toBe(false);
    expect((await store.searchKnowledge({ organizationId, query: "¿?" })).chunks).toEqual([]);
  });

  test("finds meaning where there are vectors, and a document is replaced as a whole", async ({ store }) => {
    expect(await store.ingestKnowledge(document)).toEqual({ changed: true, chunks: 2 });
    expect(await store.ingestKnowledge(document)).toEqual({ changed: false, chunks: 2 });
    const found = await store.searchKnowledge({ organizationId, query: "zzz", embedding: towards(2), limit: 1 });
    expect(found.chunks).toMatchObject([{ content: "Wifi gratis", title: "Preguntas" }]);
    await store.ingestKnowledge({ ...document, chunks: [pets] });
    const after = await store.searchKnowledge({ organizationId, query: "wifi gratis", embedding: towards(2) });
    expect(after.chunks.some(({ content }) => content === "Wifi gratis")).toBe(false);
    const foreign = await store.searchKnowledge({
      organizationId: brisa.organizationId,
      query: "mascotas",
      embedding: towards(1),
    });
    expect(foreign.chunks.some(({ content }) => content.includes("Mascotas"))).toBe(false);
  });

  test("puts first what both words and meaning name, then what one of them does", async ({ store }) => {
    const both = { content: "Aceptamos gatos en la sala", embedding: towards(5, 0.9) };
    const meaning = { content: "Se permite la entrada con animales", embedding: towards(5, 0.8) };
    const words = { content: "Gatos de bronce en la fachada", embedding: towards(6) };
    await store.ingestKnowledge({ ...document, chunks: [words, meaning, both] });
    const { chunks } = await store.searchKnowledge({ organizationId, query: "gatos", embedding: towards(5), limit: 3 });
    expect(chunks.map(({ content }) => content)[0]).toBe(both.content);
    expect(new Set(chunks.map(({ content }) => content))).toEqual(
      new Set([both.content, meaning.content, words.content]),
    );
  });

  test("with a service sees its own pieces and those of no service, none of another", async ({ store }) => {
    const about = (serviceId: string | undefined, source: string, n: number) =>
      store.ingestKnowledge({
        ...document,
        source,
        serviceId,
        chunks: [{ content: `Pieza ${source}`, embedding: towards(7, 0.9 - n / 10) }],
      });
    await about(aurora.services.laser, "laser", 0);
    await about(aurora.services.facial, "facial", 1);
    await about(undefined, "todas", 2);
    const { chunks } = await store.searchKnowledge({
      organizationId,
      query: "zzz",
      embedding: towards(7),
      serviceId: aurora.services.facial,
    });
    expect(chunks.map(({ content }) => content)).toEqual(["Pieza facial", "Pieza todas"]);
  });
});

describe("the CRM's own search (match_documents_by_org)", () => {
  test("keeps to threshold, count, organization and service, nearest first", async ({ store, client }) => {
    for (const owner of [aurora, brisa])
      await store.ingestKnowledge({
        ...document,
        organizationId: owner.organizationId,
        chunks: [0.5, 0.95, 0.8, 0.7].map((share) => ({
          content: `${owner.app} ${share}`,
          embedding: towards(3, share),
        })),
      });
    await store.ingestKnowledge({
      ...document,
      source: "laser",
      serviceId: aurora.services.laser,
      chunks: [{ content: "laser", embedding: towards(3, 0.6) }],
    });
    const match = async (change: Record<string, unknown>) => {
      const { data, error } = await client.rpc("match_documents_by_org", {
        query_embedding: towards(3),
        match_threshold: 0.55,
        match_count: 10,
        org_id: organizationId,
        ...change,
      });
      expect(error).toBeNull();
      return data as { id: string; content: string; metadata: Record<string, unknown>; similarity: number }[];
    };
    const all = await match({});
    expect(all.map(({ content }) => content)).toEqual(["AuroraDemo 0.95", "AuroraDemo 0.8", "AuroraDemo 0.7", "laser"]);
    expect(all.map(({ similarity }) => Math.round(similarity * 100))).toEqual([95, 80, 70, 60]);
    expect(all.every(({ metadata }) => metadata.organization_id === organizationId)).toBe(true);
    expect((await match({ match_threshold: 0.75 })).map(({ content }) => content)).toEqual([
      "AuroraDemo 0.95",
      "AuroraDemo 0.8",
    ]);
    expect(await match({ match_count: 1 })).toHaveLength(1);
    expect(await match({ match_count: 0 })).toEqual([]);
    expect((await match({ p_service_id: aurora.services.laser })).map(({ content }) => content)).toEqual(["laser"]);
    expect(await match({ p_service_id: brisa.services.cleaning })).toEqual([]);
    expect((await match({ org_id: brisa.organizationId })).every(({ content }) => content.startsWith("Brisa"))).toBe(
      true,
    );
    expect(await match({ org_id: crypto.randomUUID() })).toEqual([]);
    expect(await match({ match_threshold: 1 })).toEqual([]);
  });
});

describe("a vector of another length", () => {
  test("is refused with a code, searching, writing a document and filling one up", async ({ store, client }) => {
    const wrong = [1, 2, 3];
    const refused = { name: "PermanentError", code: "invalid-embedding" };
    // Whether there is anything to compare it with or not.
    for (const chunks of [[], [pets]]) {
      await store.ingestKnowledge({ ...document, chunks });
      await expect(store.searchKnowledge({ organizationId, query: "x", embedding: wrong })).rejects.toMatchObject(
        refused,
      );
    }
    const half = [wifi, { content: "Tres números", embedding: wrong }];
    await expect(store.ingestKnowledge({ ...document, chunks: half })).rejects.toMatchObject(refused);
    expect((await store.searchKnowledge({ organizationId, query: "mascotas" })).chunks).toHaveLength(1);
    const [chunk] = await store.listUnembeddedKnowledge({ embeddedBy: "test", limit: 1 });
    await expect(store.writeEmbeddings("test", [{ ...chunk, embedding: wrong } as never])).rejects.toMatchObject(
      refused,
    );
    const crm = { query_embedding: wrong, match_threshold: 0, match_count: 1, org_id: organizationId };
    expect((await client.rpc("match_documents_by_org", crm)).error?.code).toBe("22000");
  });

  test.for([
    ["no list", "nonsense", "invalid-chunks"],
    ["nothing", null, "invalid-chunks"],
    ["a piece without text", [{ content: "  " }], "invalid-chunks"],
    ["a piece that is none", [7], "invalid-chunks"],
  ] as const)("as little as chunks that are %s removes what was there", async ([, chunks, code], { store }) => {
    await store.ingestKnowledge(document);
    const attempt = store.ingestKnowledge({ ...document, chunks: chunks as never });
    await expect(attempt).rejects.toMatchObject({ name: "PermanentError", code });
    expect((await store.searchKnowledge({ organizationId, query: "mascotas wifi" })).chunks).toHaveLength(2);
  });
});

describe("pieces without a vector", () => {
  test("are listed in pages over all organizations, and found by meaning once theirs is written", async ({ store }) => {
    const first = await store.listUnembeddedKnowledge({ embeddedBy: "m1", limit: 4 });
    const rest = await store.listUnembeddedKnowledge({ embeddedBy: "m1", limit: 200, after: first.at(-1)?.id });
    expect(first).toHaveLength(4);
    expect(rest).toHaveLength(7);
    const all = [...first, ...rest];
    expect(new Set(all.map((chunk) => chunk.organizationId)).size).toBe(2);
    const vectors = all.map(({ id, checksum, ...chunk }, n) => ({
      id,
      checksum,
      organizationId: chunk.organizationId,
      embedding: towards(n),
    }));
    expect(await store.writeEmbeddings("m1", vectors)).toEqual({ written: 11 });
    expect(await store.writeEmbeddings("m1", vectors)).toEqual({ written: 0 });
    expect(await store.listUnembeddedKnowledge({ embeddedBy: "m1" })).toEqual([]);
    // Another model's vectors cannot be compared with these.
    expect(await store.listUnembeddedKnowledge({ embeddedBy: "m2" })).toHaveLength(11);
    const own = all.findIndex((chunk) => chunk.organizationId === organizationId);
    const { chunks } = await store.searchKnowledge({ organizationId, query: "zzz", embedding: towards(own), limit: 1 });
    expect(chunks[0]?.id).toBe(all[own]?.id);
  });

  test("get no vector of a text that changed meanwhile, nor one in another organization's name", async ({
    store,
    database,
  }) => {
    const chunks = await store.listUnembeddedKnowledge({ embeddedBy: "m1" });
    const [edited, foreign] = chunks.filter((chunk) => chunk.organizationId === organizationId);
    await database.sql("update knowledge_base set content = content || ' (nuevo)' where id = $1", [edited?.id]);
    const vectors = [edited, { ...foreign, organizationId: brisa.organizationId }].map(
      (chunk) => ({ ...chunk, embedding: towards(1) }) as never,
    );
    expect(await store.writeEmbeddings("m1", vectors)).toEqual({ written: 0 });
  });

  test("keep the vectors that the CRM wrote, whatever the model is called", async ({ store, database }) => {
    await database.sql("update knowledge_base set embedding = $1", [JSON.stringify(towards(1))]);
    expect(await store.listUnembeddedKnowledge({ embeddedBy: "m1" })).toEqual([]);
  });
});
