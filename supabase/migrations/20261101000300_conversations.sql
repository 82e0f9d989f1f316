-- Customers and what they wrote and read; people who take over; what was sent, and what the provider said about it.

create table if not exists public.contacts (
  id               uuid primary key default gen_random_uuid(),
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  first_name       text not null,
  last_name        text not null default '',
  phone            text not null default '',    -- national number; '' for who has none
  country_code     text not null default '+57',
  email            text,
  document_type    text,
  document_number  text,
  birth_date       date,
  address          text,
  city             text,
  gender           text,
  created_by       uuid not null,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now()
);
alter table public.contacts
  -- The full number as WhatsApp writes it; the one thing a contact is recognized by.
  add column if not exists phone_digits text generated always as (regexp_replace(country_code || phone, '[^0-9]', '', 'g')) stored,
  add column if not exists erased_at timestamptz;
call private.add_constraint('public.contacts', 'contacts_tenant', 'unique (organization_id, id)');
call private.add_constraint('public.contacts', 'contacts_sane', 'check (length(first_name) <= 200 and length(last_name) <= 200)');
-- Not unique: a family may share a number, and the CRM allows it.
create index if not exists contacts_phone on public.contacts (organization_id, phone_digits);
create or replace trigger contacts_created_by before insert on public.contacts for each row execute function private.fill_created_by();

create table if not exists public.contact_authorizations (
  id                  uuid primary key default gen_random_uuid(),
  contact_id          uuid not null references public.contacts (id) on delete cascade,
  organization_id     uuid not null references public.organizations (id) on delete cascade,
  authorization_type  text not null,
  channel             text not null default 'whatsapp',
  is_active           boolean not null default true,
  evidence            jsonb,
  user_agent          text,
  created_by          uuid not null,
  created_at          timestamptz not null default now()
);
call private.add_constraint('public.contact_authorizations', 'contact_authorizations_type', $$check (authorization_type in ('opt_in', 'opt_out'))$$);
call private.add_constraint('public.contact_authorizations', 'contact_authorizations_contact',
  'foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete cascade');
create index if not exists contact_authorizations_contact on public.contact_authorizations (contact_id, channel, created_at desc) where is_active;
create or replace trigger contact_authorizations_created_by before insert on public.contact_authorizations for each row execute function private.fill_created_by();

create table if not exists public.chat_identities (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null references public.organizations (id) on delete cascade,
  platform          public.chat_platform not null default 'whatsapp',
  platform_user_id  text not null,
  contact_id        uuid references public.contacts (id) on delete set null,
  bot_enabled       boolean not null default true,
  first_seen        timestamptz not null default now(),
  last_seen         timestamptz not null default now()
);
alter table public.chat_identities
  add column if not exists chat text,                 -- the log's keyed hash of this conversation
  add column if not exists phone text,                -- digits that the platform vouches for; null for who has only a user id
  add column if not exists profile_name text,
  add column if not exists profile_name_at timestamptz,
  add column if not exists gupshup_app_name text,     -- the app that the customer last wrote to
  add column if not exists last_inbound_at timestamptz,
  add column if not exists bot_paused_at timestamptz,
  add column if not exists bot_paused_reason text,
  add column if not exists bot_resumes_at timestamptz; -- the deadline of a hand-off
call private.add_constraint('public.chat_identities', 'chat_identities_tenant', 'unique (organization_id, id)');
call private.add_constraint('public.chat_identities', 'chat_identities_customer', 'unique (organization_id, platform, platform_user_id)');
call private.add_constraint('public.chat_identities', 'chat_identities_contact',
  'foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete set null (contact_id)');
create unique index if not exists chat_identities_chat on public.chat_identities (organization_id, chat) where chat is not null;
create index if not exists chat_identities_contact on public.chat_identities (contact_id) where contact_id is not null;
create index if not exists chat_identities_due on public.chat_identities (bot_resumes_at) where not bot_enabled and bot_resumes_at is not null;

create table if not exists public.chat_messages (
  id                uuid primary key default gen_random_uuid(),
  chat_identity_id  uuid not null references public.chat_identities (id) on delete cascade,
  direction         public.message_direction not null,
  message           text,
  media_type        public.media_type,
  media_url         text,
  media_mime_type   text,
  received_via      public.chat_platform not null default 'whatsapp',
  sent_by           uuid,                             -- the staff member who wrote it; null: the customer or the agent
  timestamp         timestamptz not null default now()
);
alter table public.chat_messages
  add column if not exists organization_id uuid,
  add column if not exists processed_text text,       -- what the agent reads: transcript, description
  add column if not exists platform_message_id text,
  add column if not exists message_status text,
  add column if not exists event_id text,             -- the log's event behind an incoming message
  add column if not exists reply_id text,             -- the log's reply behind an outgoing one, and which of its messages
  add column if not exists reply_index int,
  add column if not exists media_path text,           -- in bucket chat-media
  add column if not exists deleted_at timestamptz;    -- the customer took it back: its words are gone
-- The CRM's pages insert without the organization; the identity tells it.
create or replace function private.fill_message_organization() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.organization_id := (select organization_id from chat_identities where id = new.chat_identity_id);
  return new;
end $$;
create or replace trigger chat_messages_organization before insert or update of chat_identity_id, organization_id on public.chat_messages
  for each row execute function private.fill_message_organization();
update public.chat_messages m set organization_id = i.organization_id
  from public.chat_identities i where i.id = m.chat_identity_id and m.organization_id is null;
call private.add_constraint('public.chat_messages', 'chat_messages_identity',
  'foreign key (organization_id, chat_identity_id) references public.chat_identities (organization_id, id) on delete cascade');
call private.add_constraint('public.chat_messages', 'chat_messages_status',
  $$check (message_status in ('pending', 'sent', 'delivered', 'read', 'failed'))$$);
-- One row per message of the platform. Rows that were here before the recorder are left out: they may repeat.
create unique index if not exists chat_messages_platform on public.chat_messages (organization_id, platform_message_id)
  where event_id is not null or reply_id is not null;
create unique index if not exists chat_messages_event on public.chat_messages (organization_id, event_id) where event_id is not null;
create unique index if not exists chat_messages_reply on public.chat_messages (organization_id, reply_id, reply_index) where reply_id is not null;
create index if not exists chat_messages_known on public.chat_messages (organization_id, platform_message_id) where platform_message_id is not null;
create index if not exists chat_messages_conversation on public.chat_messages (chat_identity_id, timestamp desc);
create index if not exists chat_messages_age on public.chat_messages (organization_id, timestamp);

create table if not exists public.internal_notifications_config (
  id               uuid primary key default gen_random_uuid(),
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  is_enabled       boolean not null default true,
  recipient_phone  text not null,
  country_code     text not null default '+57',
  created_at       timestamptz not null default now()
);
create index if not exists internal_notifications_config_organization on public.internal_notifications_config (organization_id);

-- ------------------------------------------------------------ ours alone

-- What the provider said about a message, kept apart: it may come before we know the message's id.
create table if not exists public.message_receipts (
  organization_id      uuid not null references public.organizations (id) on delete cascade,
  platform_message_id  text not null,
  status               text not null check (status in ('sent', 'delivered', 'read', 'failed')),
  ids                  text[] not null,              -- every id that the receipt gave the message
  chat                 text not null,
  at                   timestamptz not null,
  code                 text,
  primary key (organization_id, platform_message_id, status)
);
create index if not exists message_receipts_ids on public.message_receipts using gin (ids);
create index if not exists message_receipts_chat on public.message_receipts (organization_id, chat, at);
create index if not exists message_receipts_at on public.message_receipts (organization_id, at desc);

-- Events that came before what they speak of; taken up when that comes, so that any order ends in the same rows.
create table if not exists public.recorder_backlog (
  organization_id  uuid not null references public.organizations (id) on delete cascade,
  chat             text not null,
  event_id         text not null,
  event            jsonb not null,
  created_at       timestamptz not null default now(),
  primary key (organization_id, chat, event_id)
);

-- One row per message of a reply, claimed before the call that sends it. A claim without an end is a send of which
-- nobody knows how it went.
create table if not exists public.outbound_sends (
  organization_id      uuid not null,
  reply_id             text not null,
  message_index        int not null check (message_index >= 0),
  chat_identity_id     uuid not null,
  parts                int not null default 1,       -- how many messages the reply has
  sequence             bigint not null default 0,    -- the reply's place on the log
  state                text not null default 'claimed' check (state in ('claimed', 'unknown', 'accepted', 'rejected', 'suppressed', 'released', 'held')),
  attempts             int not null default 1,       -- how often it may have been sent
  first_claimed_at     timestamptz not null default now(),
  claimed_at           timestamptz not null default now(),
  settled_at           timestamptz,
  provider_message_id  text,
  code                 text,
  primary key (organization_id, reply_id, message_index),
  foreign key (organization_id, chat_identity_id) references public.chat_identities (organization_id, id) on delete cascade
);
create index if not exists outbound_sends_identity on public.outbound_sends (chat_identity_id, sequence);
create index if not exists outbound_sends_provider on public.outbound_sends (organization_id, provider_message_id) where provider_message_id is not null;
create index if not exists outbound_sends_open on public.outbound_sends (state, claimed_at) where state in ('claimed', 'unknown', 'held');

create table if not exists public.escalations (
  id                uuid primary key default gen_random_uuid(),
  organization_id   uuid not null,
  chat_identity_id  uuid not null,
  idempotency_key   text not null,
  reason            text not null check (reason in ('user_asked', 'low_confidence', 'policy', 'tool_failure', 'limit', 'error')),
  summary           text not null default '',        -- in people's words: stays here, never on the log
  status            text not null default 'raised' check (status in ('raised', 'notified', 'failed', 'resolved')),
  raised_at         timestamptz not null default now(),
  notified_at       timestamptz,
  closed_at         timestamptz,
  check ((closed_at is not null) = (status in ('failed', 'resolved'))),
  unique (organization_id, id),
  unique (organization_id, idempotency_key),
  foreign key (organization_id, chat_identity_id) references public.chat_identities (organization_id, id) on delete cascade
);
create unique index if not exists escalations_one_open on public.escalations (chat_identity_id) where closed_at is null;

-- One row per escalation and person to notify, claimed before the call like a send.
create table if not exists public.notice_sends (
  organization_id      uuid not null,
  escalation_id        uuid not null,
  phone                text not null,
  state                text not null default 'claimed' check (state in ('claimed', 'unknown', 'accepted', 'rejected', 'released')),
  attempts             int not null default 1,       -- how often it may have been sent
  claimed_at           timestamptz not null default now(),
  settled_at           timestamptz,
  provider_message_id  text,
  code                 text,
  primary key (organization_id, escalation_id, phone),
  foreign key (organization_id, escalation_id) references public.escalations (organization_id, id) on delete cascade
);

-- Names that come from outside and stand in an index, which has no room for a book.
call private.add_constraint('public.message_receipts', 'message_receipts_sane', 'check (length(platform_message_id) <= 500 and length(chat) <= 200)');
call private.add_constraint('public.recorder_backlog', 'recorder_backlog_sane', 'check (length(chat) <= 200 and length(event_id) <= 500)');
call private.add_constraint('public.outbound_sends', 'outbound_sends_sane', 'check (length(reply_id) between 1 and 200 and length(provider_message_id) <= 500)');
call private.add_constraint('public.escalations', 'escalations_sane', 'check (length(idempotency_key) between 1 and 500)');
call private.add_constraint('public.notice_sends', 'notice_sends_sane', 'check (length(phone) between 1 and 40 and length(provider_message_id) <= 500)');

-- Where Supabase Storage is, the bucket for what customers send; private unless it is there already.
do $$
begin
  if to_regclass('storage.buckets') is not null then
    insert into storage.buckets (id, name, public) values ('chat-media', 'chat-media', false) on conflict do nothing;
  end if;
end $$;

call private.lock_down_functions();
