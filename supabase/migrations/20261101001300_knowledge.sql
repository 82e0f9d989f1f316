-- needs extension: vector
-- What an organization wrote about itself, found by words and by meaning.

create extension if not exists vector with schema extensions;

-- Spanish search that ignores accents. A configuration, because the function unaccent() is not immutable and could not
-- stand in a generated column.
do $$
begin
  if not exists (select 1 from pg_ts_config where cfgname = 'spanish_unaccent' and cfgnamespace = 'public'::regnamespace) then
    create text search configuration public.spanish_unaccent (copy = pg_catalog.spanish);
    alter text search configuration public.spanish_unaccent alter mapping for hword, hword_part, word with extensions.unaccent, pg_catalog.spanish_stem;
  end if;
end $$;

create table if not exists public.knowledge_base (
  id         uuid primary key default gen_random_uuid(),
  content    text not null,
  metadata   jsonb not null default '{}',   -- organization_id, service_id, source_type, title, requires_assessment; embedded_by where we made the vector
  embedding  extensions.vector(1536)
);
alter table public.knowledge_base
  add column if not exists organization_id uuid generated always as ((metadata ->> 'organization_id')::uuid) stored,
  add column if not exists service_id uuid generated always as ((metadata ->> 'service_id')::uuid) stored,
  add column if not exists words tsvector generated always as (
    setweight(to_tsvector('public.spanish_unaccent', coalesce(metadata ->> 'title', '')), 'A') ||
    setweight(to_tsvector('public.spanish_unaccent', content), 'B')) stored,
  add column if not exists updated_at timestamptz not null default now();
call private.add_constraint('public.knowledge_base', 'knowledge_base_organization',
  'foreign key (organization_id) references public.organizations (id) on delete cascade');
call private.add_constraint('public.knowledge_base', 'knowledge_base_service',
  'foreign key (organization_id, service_id) references public.services (organization_id, id) on delete cascade');
call private.add_constraint('public.knowledge_base', 'knowledge_base_owned', 'check (organization_id is not null)');
create index if not exists knowledge_base_organization on public.knowledge_base (organization_id, service_id);
create index if not exists knowledge_base_words on public.knowledge_base using gin (words);
-- No index on the vectors: the search is within one organization, where an exact scan is fast and misses nothing.

-- Reciprocal rank fusion of words and meaning. Any word may match, the rank decides; without an embedding words alone
-- answer. With a service, its own chunks and those of no service count.
create or replace function public.search_knowledge(
  p_organization_id uuid, p_query text, p_embedding extensions.vector default null, p_service_id uuid default null, p_limit int default 6
) returns jsonb language sql stable set search_path = public, extensions, pg_temp as $$
  select case when vector_dims(p_embedding) <> 1536 then private.refuse('invalid_embedding') else (
    with wanted as (
      select (select string_agg(quote_literal(lexeme), ' | ') from unnest(to_tsvector('public.spanish_unaccent', left(p_query, 2000))))::tsquery as words
    ), by_words as (
      select k.id, row_number() over (order by ts_rank_cd(k.words, w.words, 1) desc, k.id) as place
      from wanted w join knowledge_base k on k.words @@ w.words
      where k.organization_id = p_organization_id and (p_service_id is null or k.service_id is null or k.service_id = p_service_id)
      order by place limit 30
    ), by_meaning as (
      select k.id, row_number() over (order by k.embedding <=> p_embedding, k.id) as place
      from knowledge_base k
      where p_embedding is not null and k.embedding is not null and k.organization_id = p_organization_id
        and (p_service_id is null or k.service_id is null or k.service_id = p_service_id)
      order by place limit 30
    ), fused as (
      select id, coalesce(1.0 / (60 + a.place), 0) + coalesce(1.0 / (60 + b.place), 0) as score
      from by_words a full join by_meaning b using (id)
      order by score desc, id limit greatest(least(p_limit, 50), 0)
    )
    select jsonb_build_object('ok', true, 'chunks', coalesce(jsonb_agg(jsonb_build_object(
        'id', k.id, 'title', k.metadata ->> 'title', 'content', k.content, 'serviceId', k.service_id) order by f.score desc, k.id), '[]'))
    from fused f join knowledge_base k on k.id = f.id) end
$$;

-- Why chunks cannot be written; null where they can. A vector of another length would break every search by meaning.
create or replace function private.chunks_refusal(p_source text, p_chunks jsonb) returns jsonb
language plpgsql immutable set search_path = public, extensions, pg_temp as $$
begin
  if coalesce(length(p_source), 0) not between 1 and 500 then return private.refuse('invalid_source'); end if;
  if jsonb_typeof(p_chunks) is distinct from 'array'
     or exists (select 1 from jsonb_array_elements(p_chunks) c where jsonb_typeof(c) <> 'object' or coalesce(btrim(c ->> 'content'), '') = '') then
    return private.refuse('invalid_chunks');
  end if;
  if exists (select 1 from jsonb_array_elements(p_chunks) c where vector_dims((c ->> 'embedding')::vector) <> 1536) then
    return private.refuse('invalid_embedding');
  end if;
  return null;
end $$;

-- A document is replaced as a whole where its text, title or vectors changed.
create or replace function public.ingest_knowledge(
  p_organization_id uuid, p_source text, p_source_type text, p_title text, p_chunks jsonb, p_service_id uuid default null, p_requires_assessment boolean default null
) returns jsonb language plpgsql set search_path = public, extensions, pg_temp as $$
declare v_checksum text := md5(concat_ws('|', p_source_type, p_title, p_service_id, p_requires_assessment, p_chunks)); v_count int; v_refusal jsonb;
begin
  if not exists (select 1 from organizations where id = p_organization_id) then return private.refuse('organization_not_found'); end if;
  if p_service_id is not null and not exists (select 1 from services where organization_id = p_organization_id and id = p_service_id) then
    return private.refuse('service_not_found');
  end if;
  v_refusal := private.chunks_refusal(p_source, p_chunks);
  if v_refusal is not null then return v_refusal; end if;
  v_count := jsonb_array_length(p_chunks);
  perform pg_advisory_xact_lock(hashtextextended(p_organization_id || ' knowledge ' || p_source, 0));
  if v_count = (select count(*) from knowledge_base where organization_id = p_organization_id and metadata ->> 'source' = p_source and metadata ->> 'checksum' = v_checksum)
     and v_count = (select count(*) from knowledge_base where organization_id = p_organization_id and metadata ->> 'source' = p_source) then
    return jsonb_build_object('ok', true, 'changed', false, 'chunks', v_count);
  end if;
  delete from knowledge_base where organization_id = p_organization_id and metadata ->> 'source' = p_source;
  insert into knowledge_base (content, metadata, embedding)
  select t.chunk ->> 'content',
    jsonb_strip_nulls(jsonb_build_object('organization_id', p_organization_id, 'service_id', p_service_id, 'source_type', p_source_type, 'title', p_title,
      'requires_assessment', p_requires_assessment, 'source', p_source, 'part', t.n, 'checksum', v_checksum)),
    (t.chunk ->> 'embedding')::vector
  from jsonb_array_elements(p_chunks) with ordinality t(chunk, n);
  return jsonb_build_object('ok', true, 'changed', true, 'chunks', v_count);
end $$;

-- What a chunk's vector is made from, and its checksum: a chunk that was edited meanwhile does not get the old text's.
create or replace function private.embedded_text(k public.knowledge_base) returns text
language sql immutable set search_path = pg_catalog as $$ select concat_ws(E'\n', k.metadata ->> 'title', k.content) $$;

-- Chunks of all organizations that a search by meaning misses: those without a vector, and those whose vector another
-- model wrote through write_embeddings. Vectors that the CRM wrote are left as they are.
create or replace function public.list_unembedded_knowledge(p_embedded_by text, p_limit int default 32, p_after uuid default null) returns jsonb
language sql stable set search_path = public, extensions, pg_temp as $$
  select jsonb_build_object('ok', true, 'chunks', coalesce(jsonb_agg(jsonb_build_object(
      'id', k.id, 'organizationId', k.organization_id, 'text', private.embedded_text(k), 'checksum', md5(private.embedded_text(k))) order by k.id), '[]'))
  from (select * from knowledge_base
        where organization_id is not null and (embedding is null or metadata ->> 'embedded_by' <> p_embedded_by) and (p_after is null or id > p_after)
        order by id limit greatest(least(p_limit, 200), 0)) k
$$;

create or replace function public.write_embeddings(p_embedded_by text, p_vectors jsonb) returns jsonb
language plpgsql set search_path = public, extensions, pg_temp as $$
declare v_written int;
begin
  if coalesce(length(p_embedded_by), 0) not between 1 and 200 or jsonb_typeof(p_vectors) is distinct from 'array' then
    return private.refuse('invalid_vectors');
  end if;
  if exists (select 1 from jsonb_array_elements(p_vectors) v where vector_dims((v ->> 'embedding')::vector) is distinct from 1536) then
    return private.refuse('invalid_embedding');
  end if;
  update knowledge_base k set embedding = (v ->> 'embedding')::vector, metadata = k.metadata || jsonb_build_object('embedded_by', p_embedded_by), updated_at = now()
  from jsonb_array_elements(p_vectors) v
  where k.id = (v ->> 'id')::uuid and k.organization_id = (v ->> 'organizationId')::uuid and md5(private.embedded_text(k)) = v ->> 'checksum'
    and (k.embedding is null or k.metadata ->> 'embedded_by' <> p_embedded_by);
  get diagnostics v_written = row_count;
  return jsonb_build_object('ok', true, 'written', v_written);
end $$;

-- The CRM's own search. Where it has one already, that one stays.
do $$
begin
  if private.is_adopted('match_documents_by_org') then return; end if;
  execute $create$
    create or replace function public.match_documents_by_org(
      query_embedding extensions.vector, match_threshold double precision, match_count int, org_id uuid, p_service_id uuid default null
    ) returns table (id uuid, content text, metadata jsonb, similarity double precision)
    language sql stable set search_path = public, extensions, pg_temp as $body$
      select k.id, k.content, k.metadata, 1 - (k.embedding <=> query_embedding)
      from knowledge_base k
      where k.organization_id = org_id and (p_service_id is null or k.service_id = p_service_id)
        and k.embedding is not null and 1 - (k.embedding <=> query_embedding) > match_threshold
      order by k.embedding <=> query_embedding, k.id limit match_count
    $body$ $create$;
end $$;

call private.protect('knowledge_base', true, 'admin');
call private.lock_down_functions();
