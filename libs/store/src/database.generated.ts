// Made from supabase/migrations by npm run db:types. Do not edit.

/** The migration that these types are of. */
export const SCHEMA_VERSION = "20261122090100";

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      agent_pauses: {
        Row: {
          key: string
          organization_id: string
          paused_at: string
          paused_by: string
          reason: string
          scope: string
          until: string | null
        }
        Insert: {
          key?: string
          organization_id: string
          paused_at?: string
          paused_by: string
          reason: string
          scope: string
          until?: string | null
        }
        Update: {
          key?: string
          organization_id?: string
          paused_at?: string
          paused_by?: string
          reason?: string
          scope?: string
          until?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "agent_pauses_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      appointment_history: {
        Row: {
          appointment_id: string
          at: string
          event: string
          id: number
          new_member_id: string | null
          new_starts_at: string
          new_status: string
          old_member_id: string | null
          old_starts_at: string | null
          old_status: string | null
          organization_id: string
        }
        Insert: {
          appointment_id: string
          at?: string
          event: string
          id?: never
          new_member_id?: string | null
          new_starts_at: string
          new_status: string
          old_member_id?: string | null
          old_starts_at?: string | null
          old_status?: string | null
          organization_id: string
        }
        Update: {
          appointment_id?: string
          at?: string
          event?: string
          id?: never
          new_member_id?: string | null
          new_starts_at?: string
          new_status?: string
          old_member_id?: string | null
          old_starts_at?: string | null
          old_status?: string | null
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "appointment_history_organization_id_appointment_id_fkey"
            columns: ["organization_id", "appointment_id"]
            referencedRelation: "appointments"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      appointment_requests: {
        Row: {
          appointment_id: string
          created_at: string
          fingerprint: string
          idempotency_key: string
          organization_id: string
        }
        Insert: {
          appointment_id: string
          created_at?: string
          fingerprint: string
          idempotency_key: string
          organization_id: string
        }
        Update: {
          appointment_id?: string
          created_at?: string
          fingerprint?: string
          idempotency_key?: string
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "appointment_requests_organization_id_appointment_id_fkey"
            columns: ["organization_id", "appointment_id"]
            referencedRelation: "appointments"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      appointments: {
        Row: {
          appointment_date: string
          assessment_waived: boolean
          blocked_from: string | null
          blocked_until: string | null
          contact_id: string
          created_at: string
          created_by: string
          end_time: string
          ends_at: string | null
          id: string
          member_id: string | null
          notes: string | null
          organization_id: string
          overlap_exemption: string | null
          service_id: string | null
          start_time: string
          starts_at: string | null
          status: string
          updated_at: string
          version: number
        }
        Insert: {
          appointment_date: string
          assessment_waived?: boolean
          blocked_from?: string | null
          blocked_until?: string | null
          contact_id: string
          created_at?: string
          created_by: string
          end_time: string
          ends_at?: string | null
          id?: string
          member_id?: string | null
          notes?: string | null
          organization_id: string
          overlap_exemption?: string | null
          service_id?: string | null
          start_time: string
          starts_at?: string | null
          status?: string
          updated_at?: string
          version?: number
        }
        Update: {
          appointment_date?: string
          assessment_waived?: boolean
          blocked_from?: string | null
          blocked_until?: string | null
          contact_id?: string
          created_at?: string
          created_by?: string
          end_time?: string
          ends_at?: string | null
          id?: string
          member_id?: string | null
          notes?: string | null
          organization_id?: string
          overlap_exemption?: string | null
          service_id?: string | null
          start_time?: string
          starts_at?: string | null
          status?: string
          updated_at?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "appointments_contact"
            columns: ["organization_id", "contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "appointments_contact_id_fkey"
            columns: ["contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "appointments_member"
            columns: ["organization_id", "member_id"]
            referencedRelation: "members"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "appointments_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "appointments_service"
            columns: ["organization_id", "service_id"]
            referencedRelation: "services"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "appointments_service_id_fkey"
            columns: ["service_id"]
            referencedRelation: "services"
            referencedColumns: ["id"]
          },
        ]
      }
      chat_identities: {
        Row: {
          bot_enabled: boolean
          bot_paused_at: string | null
          bot_paused_reason: string | null
          bot_resumed_at: string | null
          bot_resumes_at: string | null
          chat: string | null
          contact_id: string | null
          first_seen: string
          gupshup_app_name: string | null
          id: string
          last_inbound_at: string | null
          last_seen: string
          organization_id: string
          phone: string | null
          platform: Database["public"]["Enums"]["chat_platform"]
          platform_user_id: string
          profile_name: string | null
          profile_name_at: string | null
        }
        Insert: {
          bot_enabled?: boolean
          bot_paused_at?: string | null
          bot_paused_reason?: string | null
          bot_resumed_at?: string | null
          bot_resumes_at?: string | null
          chat?: string | null
          contact_id?: string | null
          first_seen?: string
          gupshup_app_name?: string | null
          id?: string
          last_inbound_at?: string | null
          last_seen?: string
          organization_id: string
          phone?: string | null
          platform?: Database["public"]["Enums"]["chat_platform"]
          platform_user_id: string
          profile_name?: string | null
          profile_name_at?: string | null
        }
        Update: {
          bot_enabled?: boolean
          bot_paused_at?: string | null
          bot_paused_reason?: string | null
          bot_resumed_at?: string | null
          bot_resumes_at?: string | null
          chat?: string | null
          contact_id?: string | null
          first_seen?: string
          gupshup_app_name?: string | null
          id?: string
          last_inbound_at?: string | null
          last_seen?: string
          organization_id?: string
          phone?: string | null
          platform?: Database["public"]["Enums"]["chat_platform"]
          platform_user_id?: string
          profile_name?: string | null
          profile_name_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "chat_identities_contact"
            columns: ["organization_id", "contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "chat_identities_contact_id_fkey"
            columns: ["contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "chat_identities_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      chat_messages: {
        Row: {
          chat_identity_id: string
          deleted_at: string | null
          direction: Database["public"]["Enums"]["message_direction"]
          event_id: string | null
          id: string
          media_mime_type: string | null
          media_path: string | null
          media_type: Database["public"]["Enums"]["media_type"] | null
          media_url: string | null
          message: string | null
          message_status: string | null
          organization_id: string | null
          platform_message_id: string | null
          processed_text: string | null
          received_via: Database["public"]["Enums"]["chat_platform"]
          reply_id: string | null
          reply_index: number | null
          sent_by: string | null
          timestamp: string
        }
        Insert: {
          chat_identity_id: string
          deleted_at?: string | null
          direction: Database["public"]["Enums"]["message_direction"]
          event_id?: string | null
          id?: string
          media_mime_type?: string | null
          media_path?: string | null
          media_type?: Database["public"]["Enums"]["media_type"] | null
          media_url?: string | null
          message?: string | null
          message_status?: string | null
          organization_id?: string | null
          platform_message_id?: string | null
          processed_text?: string | null
          received_via?: Database["public"]["Enums"]["chat_platform"]
          reply_id?: string | null
          reply_index?: number | null
          sent_by?: string | null
          timestamp?: string
        }
        Update: {
          chat_identity_id?: string
          deleted_at?: string | null
          direction?: Database["public"]["Enums"]["message_direction"]
          event_id?: string | null
          id?: string
          media_mime_type?: string | null
          media_path?: string | null
          media_type?: Database["public"]["Enums"]["media_type"] | null
          media_url?: string | null
          message?: string | null
          message_status?: string | null
          organization_id?: string | null
          platform_message_id?: string | null
          processed_text?: string | null
          received_via?: Database["public"]["Enums"]["chat_platform"]
          reply_id?: string | null
          reply_index?: number | null
          sent_by?: string | null
          timestamp?: string
        }
        Relationships: [
          {
            foreignKeyName: "chat_messages_chat_identity_id_fkey"
            columns: ["chat_identity_id"]
            referencedRelation: "chat_identities"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "chat_messages_identity"
            columns: ["organization_id", "chat_identity_id"]
            referencedRelation: "chat_identities"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      contact_authorizations: {
        Row: {
          authorization_type: string
          channel: string
          contact_id: string
          created_at: string
          created_by: string
          evidence: Json | null
          id: string
          is_active: boolean
          organization_id: string
          user_agent: string | null
        }
        Insert: {
          authorization_type: string
          channel?: string
          contact_id: string
          created_at?: string
          created_by: string
          evidence?: Json | null
          id?: string
          is_active?: boolean
          organization_id: string
          user_agent?: string | null
        }
        Update: {
          authorization_type?: string
          channel?: string
          contact_id?: string
          created_at?: string
          created_by?: string
          evidence?: Json | null
          id?: string
          is_active?: boolean
          organization_id?: string
          user_agent?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "contact_authorizations_contact"
            columns: ["organization_id", "contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "contact_authorizations_contact_id_fkey"
            columns: ["contact_id"]
            referencedRelation: "contacts"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "contact_authorizations_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      contacts: {
        Row: {
          address: string | null
          birth_date: string | null
          city: string | null
          country_code: string
          created_at: string
          created_by: string
          document_number: string | null
          document_type: string | null
          email: string | null
          erased_at: string | null
          first_name: string
          gender: string | null
          id: string
          last_name: string
          organization_id: string
          phone: string
          phone_digits: string | null
          updated_at: string
        }
        Insert: {
          address?: string | null
          birth_date?: string | null
          city?: string | null
          country_code?: string
          created_at?: string
          created_by: string
          document_number?: string | null
          document_type?: string | null
          email?: string | null
          erased_at?: string | null
          first_name: string
          gender?: string | null
          id?: string
          last_name?: string
          organization_id: string
          phone?: string
          phone_digits?: never
          updated_at?: string
        }
        Update: {
          address?: string | null
          birth_date?: string | null
          city?: string | null
          country_code?: string
          created_at?: string
          created_by?: string
          document_number?: string | null
          document_type?: string | null
          email?: string | null
          erased_at?: string | null
          first_name?: string
          gender?: string | null
          id?: string
          last_name?: string
          organization_id?: string
          phone?: string
          phone_digits?: never
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "contacts_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      erased_chats: {
        Row: {
          appointment_ids: string[]
          chat: string
          contact_id: string | null
          erased_at: string
          finished_at: string | null
          identity_ids: string[]
          organization_id: string
        }
        Insert: {
          appointment_ids?: string[]
          chat: string
          contact_id?: string | null
          erased_at?: string
          finished_at?: string | null
          identity_ids?: string[]
          organization_id: string
        }
        Update: {
          appointment_ids?: string[]
          chat?: string
          contact_id?: string | null
          erased_at?: string
          finished_at?: string | null
          identity_ids?: string[]
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "erased_chats_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      escalations: {
        Row: {
          chat_identity_id: string
          closed_at: string | null
          id: string
          idempotency_key: string
          last_told_at: string | null
          notified_at: string | null
          organization_id: string
          raised_at: string
          reason: string
          rounds: number
          status: string
          summary: string
          unanswered_at: string | null
        }
        Insert: {
          chat_identity_id: string
          closed_at?: string | null
          id?: string
          idempotency_key: string
          last_told_at?: string | null
          notified_at?: string | null
          organization_id: string
          raised_at?: string
          reason: string
          rounds?: number
          status?: string
          summary?: string
          unanswered_at?: string | null
        }
        Update: {
          chat_identity_id?: string
          closed_at?: string | null
          id?: string
          idempotency_key?: string
          last_told_at?: string | null
          notified_at?: string | null
          organization_id?: string
          raised_at?: string
          reason?: string
          rounds?: number
          status?: string
          summary?: string
          unanswered_at?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "escalations_organization_id_chat_identity_id_fkey"
            columns: ["organization_id", "chat_identity_id"]
            referencedRelation: "chat_identities"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      internal_notifications_config: {
        Row: {
          country_code: string
          created_at: string
          id: string
          is_alternative: boolean
          is_enabled: boolean
          organization_id: string
          recipient_phone: string
        }
        Insert: {
          country_code?: string
          created_at?: string
          id?: string
          is_alternative?: boolean
          is_enabled?: boolean
          organization_id: string
          recipient_phone: string
        }
        Update: {
          country_code?: string
          created_at?: string
          id?: string
          is_alternative?: boolean
          is_enabled?: boolean
          organization_id?: string
          recipient_phone?: string
        }
        Relationships: [
          {
            foreignKeyName: "internal_notifications_config_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      knowledge_base: {
        Row: {
          content: string
          embedding: string | null
          id: string
          metadata: NonNullable<Json>
          organization_id: string | null
          service_id: string | null
          updated_at: string
          words: unknown
        }
        Insert: {
          content: string
          embedding?: string | null
          id?: string
          metadata?: NonNullable<Json>
          organization_id?: never
          service_id?: never
          updated_at?: string
          words?: never
        }
        Update: {
          content?: string
          embedding?: string | null
          id?: string
          metadata?: NonNullable<Json>
          organization_id?: never
          service_id?: never
          updated_at?: string
          words?: never
        }
        Relationships: [
          {
            foreignKeyName: "knowledge_base_organization"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "knowledge_base_service"
            columns: ["organization_id", "service_id"]
            referencedRelation: "services"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      member_availability: {
        Row: {
          break_end_time: string | null
          break_start_time: string | null
          created_at: string
          created_by: string
          day_of_week: number
          end_time: string
          id: string
          is_available: boolean
          member_id: string
          organization_id: string
          start_time: string
          updated_at: string
        }
        Insert: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by: string
          day_of_week: number
          end_time: string
          id?: string
          is_available?: boolean
          member_id: string
          organization_id: string
          start_time: string
          updated_at?: string
        }
        Update: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by?: string
          day_of_week?: number
          end_time?: string
          id?: string
          is_available?: boolean
          member_id?: string
          organization_id?: string
          start_time?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "member_availability_member"
            columns: ["organization_id", "member_id"]
            referencedRelation: "members"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "member_availability_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      member_special_dates: {
        Row: {
          break_end_time: string | null
          break_start_time: string | null
          created_at: string
          created_by: string
          date: string
          end_time: string | null
          id: string
          is_available: boolean
          member_id: string
          organization_id: string
          reason: string | null
          start_time: string | null
          updated_at: string
        }
        Insert: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by: string
          date: string
          end_time?: string | null
          id?: string
          is_available?: boolean
          member_id: string
          organization_id: string
          reason?: string | null
          start_time?: string | null
          updated_at?: string
        }
        Update: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by?: string
          date?: string
          end_time?: string | null
          id?: string
          is_available?: boolean
          member_id?: string
          organization_id?: string
          reason?: string | null
          start_time?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "member_special_dates_member"
            columns: ["organization_id", "member_id"]
            referencedRelation: "members"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "member_special_dates_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      members: {
        Row: {
          created_at: string
          email: string | null
          first_name: string
          id: string
          is_active: boolean
          is_system: boolean
          last_name: string
          organization_id: string
          role: Database["public"]["Enums"]["app_role"]
          updated_at: string
        }
        Insert: {
          created_at?: string
          email?: string | null
          first_name: string
          id?: string
          is_active?: boolean
          is_system?: boolean
          last_name?: string
          organization_id: string
          role?: Database["public"]["Enums"]["app_role"]
          updated_at?: string
        }
        Update: {
          created_at?: string
          email?: string | null
          first_name?: string
          id?: string
          is_active?: boolean
          is_system?: boolean
          last_name?: string
          organization_id?: string
          role?: Database["public"]["Enums"]["app_role"]
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "members_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      message_receipts: {
        Row: {
          at: string
          chat: string
          code: string | null
          ids: string[]
          organization_id: string
          platform_message_id: string
          status: string
        }
        Insert: {
          at: string
          chat: string
          code?: string | null
          ids: string[]
          organization_id: string
          platform_message_id: string
          status: string
        }
        Update: {
          at?: string
          chat?: string
          code?: string | null
          ids?: string[]
          organization_id?: string
          platform_message_id?: string
          status?: string
        }
        Relationships: [
          {
            foreignKeyName: "message_receipts_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      model_spend: {
        Row: {
          cached_tokens: number
          calls: number
          ceiling_reached_at: string | null
          day: string
          input_tokens: number
          organization_id: string
          output_tokens: number
          updated_at: string
          usd: number
        }
        Insert: {
          cached_tokens?: number
          calls?: number
          ceiling_reached_at?: string | null
          day: string
          input_tokens?: number
          organization_id: string
          output_tokens?: number
          updated_at?: string
          usd?: number
        }
        Update: {
          cached_tokens?: number
          calls?: number
          ceiling_reached_at?: string | null
          day?: string
          input_tokens?: number
          organization_id?: string
          output_tokens?: number
          updated_at?: string
          usd?: number
        }
        Relationships: [
          {
            foreignKeyName: "model_spend_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      model_usage: {
        Row: {
          cached_tokens: number
          calls: number
          chat: string
          day: string
          input_tokens: number
          model: string
          operation: string
          organization_id: string
          output_tokens: number
          unpriced_calls: number
          usd: number
        }
        Insert: {
          cached_tokens?: number
          calls?: number
          chat: string
          day: string
          input_tokens?: number
          model: string
          operation: string
          organization_id: string
          output_tokens?: number
          unpriced_calls?: number
          usd?: number
        }
        Update: {
          cached_tokens?: number
          calls?: number
          chat?: string
          day?: string
          input_tokens?: number
          model?: string
          operation?: string
          organization_id?: string
          output_tokens?: number
          unpriced_calls?: number
          usd?: number
        }
        Relationships: [
          {
            foreignKeyName: "model_usage_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      notice_sends: {
        Row: {
          attempts: number
          claimed_at: string
          code: string | null
          escalation_id: string
          organization_id: string
          phone: string
          provider_message_id: string | null
          reached: boolean
          round: number
          settled_at: string | null
          state: string
        }
        Insert: {
          attempts?: number
          claimed_at?: string
          code?: string | null
          escalation_id: string
          organization_id: string
          phone: string
          provider_message_id?: string | null
          reached?: boolean
          round?: number
          settled_at?: string | null
          state?: string
        }
        Update: {
          attempts?: number
          claimed_at?: string
          code?: string | null
          escalation_id?: string
          organization_id?: string
          phone?: string
          provider_message_id?: string | null
          reached?: boolean
          round?: number
          settled_at?: string | null
          state?: string
        }
        Relationships: [
          {
            foreignKeyName: "notice_sends_organization_id_escalation_id_fkey"
            columns: ["organization_id", "escalation_id"]
            referencedRelation: "escalations"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      organization_availability: {
        Row: {
          break_end_time: string | null
          break_start_time: string | null
          created_at: string
          created_by: string
          day_of_week: number
          end_time: string
          id: string
          is_available: boolean
          organization_id: string
          start_time: string
          updated_at: string
        }
        Insert: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by: string
          day_of_week: number
          end_time: string
          id?: string
          is_available?: boolean
          organization_id: string
          start_time: string
          updated_at?: string
        }
        Update: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by?: string
          day_of_week?: number
          end_time?: string
          id?: string
          is_available?: boolean
          organization_id?: string
          start_time?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "organization_availability_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      organization_special_dates: {
        Row: {
          break_end_time: string | null
          break_start_time: string | null
          created_at: string
          created_by: string
          date: string
          end_time: string | null
          id: string
          is_available: boolean
          organization_id: string
          reason: string | null
          start_time: string | null
          updated_at: string
        }
        Insert: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by: string
          date: string
          end_time?: string | null
          id?: string
          is_available?: boolean
          organization_id: string
          reason?: string | null
          start_time?: string | null
          updated_at?: string
        }
        Update: {
          break_end_time?: string | null
          break_start_time?: string | null
          created_at?: string
          created_by?: string
          date?: string
          end_time?: string | null
          id?: string
          is_available?: boolean
          organization_id?: string
          reason?: string | null
          start_time?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "organization_special_dates_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      organizations: {
        Row: {
          agent_enabled: boolean
          agent_greeting: string | null
          agent_instructions: string | null
          agent_languages: string[]
          agent_name: string | null
          agent_policies: string | null
          agent_tone: string | null
          booking_horizon_days: number
          buffer_after_minutes: number
          buffer_before_minutes: number
          cancel_notice_minutes: number
          chat_model: string | null
          created_at: string
          daily_spend_usd: number | null
          debounce_ms: number | null
          draft_mode: boolean
          handoff_give_up_minutes: number | null
          handoff_words: string[]
          id: string
          locale: string
          max_concurrency: number | null
          max_failed_turns: number
          message_retention_days: number | null
          min_notice_minutes: number
          name: string
          nudge_minutes: number | null
          opt_out_words: string[]
          prompt_version: string | null
          quiet_hours_end: string | null
          quiet_hours_start: string | null
          quiet_minutes: number | null
          reminder_minutes: number | null
          reminder_template_id: string | null
          renotify_minutes: number | null
          reply_template_id: string | null
          rollout: Json | null
          slot_step_minutes: number
          slot_ttl_minutes: number
          timezone: string
          trace_content: boolean
          updated_at: string
        }
        Insert: {
          agent_enabled?: boolean
          agent_greeting?: string | null
          agent_instructions?: string | null
          agent_languages?: string[]
          agent_name?: string | null
          agent_policies?: string | null
          agent_tone?: string | null
          booking_horizon_days?: number
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          cancel_notice_minutes?: number
          chat_model?: string | null
          created_at?: string
          daily_spend_usd?: number | null
          debounce_ms?: number | null
          draft_mode?: boolean
          handoff_give_up_minutes?: number | null
          handoff_words?: string[]
          id?: string
          locale?: string
          max_concurrency?: number | null
          max_failed_turns?: number
          message_retention_days?: number | null
          min_notice_minutes?: number
          name: string
          nudge_minutes?: number | null
          opt_out_words?: string[]
          prompt_version?: string | null
          quiet_hours_end?: string | null
          quiet_hours_start?: string | null
          quiet_minutes?: number | null
          reminder_minutes?: number | null
          reminder_template_id?: string | null
          renotify_minutes?: number | null
          reply_template_id?: string | null
          rollout?: Json | null
          slot_step_minutes?: number
          slot_ttl_minutes?: number
          timezone?: string
          trace_content?: boolean
          updated_at?: string
        }
        Update: {
          agent_enabled?: boolean
          agent_greeting?: string | null
          agent_instructions?: string | null
          agent_languages?: string[]
          agent_name?: string | null
          agent_policies?: string | null
          agent_tone?: string | null
          booking_horizon_days?: number
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          cancel_notice_minutes?: number
          chat_model?: string | null
          created_at?: string
          daily_spend_usd?: number | null
          debounce_ms?: number | null
          draft_mode?: boolean
          handoff_give_up_minutes?: number | null
          handoff_words?: string[]
          id?: string
          locale?: string
          max_concurrency?: number | null
          max_failed_turns?: number
          message_retention_days?: number | null
          min_notice_minutes?: number
          name?: string
          nudge_minutes?: number | null
          opt_out_words?: string[]
          prompt_version?: string | null
          quiet_hours_end?: string | null
          quiet_hours_start?: string | null
          quiet_minutes?: number | null
          reminder_minutes?: number | null
          reminder_template_id?: string | null
          renotify_minutes?: number | null
          reply_template_id?: string | null
          rollout?: Json | null
          slot_step_minutes?: number
          slot_ttl_minutes?: number
          timezone?: string
          trace_content?: boolean
          updated_at?: string
        }
        Relationships: []
      }
      outbound_sends: {
        Row: {
          app_name: string | null
          as_template: boolean
          attempts: number
          chat_identity_id: string
          claimed_at: string
          code: string | null
          earlier_ids: string[]
          first_claimed_at: string
          is_reminder: boolean
          message_index: number
          organization_id: string
          parts: number
          provider_message_id: string | null
          reply_id: string
          resends: number
          sequence: number
          settled_at: string | null
          state: string
        }
        Insert: {
          app_name?: string | null
          as_template?: boolean
          attempts?: number
          chat_identity_id: string
          claimed_at?: string
          code?: string | null
          earlier_ids?: string[]
          first_claimed_at?: string
          is_reminder?: boolean
          message_index: number
          organization_id: string
          parts?: number
          provider_message_id?: string | null
          reply_id: string
          resends?: number
          sequence?: number
          settled_at?: string | null
          state?: string
        }
        Update: {
          app_name?: string | null
          as_template?: boolean
          attempts?: number
          chat_identity_id?: string
          claimed_at?: string
          code?: string | null
          earlier_ids?: string[]
          first_claimed_at?: string
          is_reminder?: boolean
          message_index?: number
          organization_id?: string
          parts?: number
          provider_message_id?: string | null
          reply_id?: string
          resends?: number
          sequence?: number
          settled_at?: string | null
          state?: string
        }
        Relationships: [
          {
            foreignKeyName: "outbound_sends_organization_id_chat_identity_id_fkey"
            columns: ["organization_id", "chat_identity_id"]
            referencedRelation: "chat_identities"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      outbox: {
        Row: {
          chat: string | null
          chat_identity_id: string | null
          claimed_until: string | null
          contact_id: string | null
          data: NonNullable<Json>
          id: number
          occurred_at: string
          organization_id: string
          published_at: string | null
          type: string
        }
        Insert: {
          chat?: string | null
          chat_identity_id?: string | null
          claimed_until?: string | null
          contact_id?: string | null
          data: NonNullable<Json>
          id?: never
          occurred_at?: string
          organization_id: string
          published_at?: string | null
          type: string
        }
        Update: {
          chat?: string | null
          chat_identity_id?: string | null
          claimed_until?: string | null
          contact_id?: string | null
          data?: NonNullable<Json>
          id?: never
          occurred_at?: string
          organization_id?: string
          published_at?: string | null
          type?: string
        }
        Relationships: [
          {
            foreignKeyName: "outbox_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      paused_chats: {
        Row: {
          chat: string
          key: string
          organization_id: string
          scope: string
          since: string
          taken_until: string | null
        }
        Insert: {
          chat: string
          key: string
          organization_id: string
          scope: string
          since?: string
          taken_until?: string | null
        }
        Update: {
          chat?: string
          key?: string
          organization_id?: string
          scope?: string
          since?: string
          taken_until?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "paused_chats_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      platform_connections: {
        Row: {
          created_at: string
          gupshup_api_key: string | null
          gupshup_app_id: string | null
          gupshup_app_name: string | null
          id: string
          is_active: boolean
          organization_id: string
          phone_number_id: string | null
          platform: Database["public"]["Enums"]["chat_platform"]
          updated_at: string
          webhook_secret: string | null
          whatsapp_business_number: string | null
        }
        Insert: {
          created_at?: string
          gupshup_api_key?: string | null
          gupshup_app_id?: string | null
          gupshup_app_name?: string | null
          id?: string
          is_active?: boolean
          organization_id: string
          phone_number_id?: string | null
          platform?: Database["public"]["Enums"]["chat_platform"]
          updated_at?: string
          webhook_secret?: string | null
          whatsapp_business_number?: string | null
        }
        Update: {
          created_at?: string
          gupshup_api_key?: string | null
          gupshup_app_id?: string | null
          gupshup_app_name?: string | null
          id?: string
          is_active?: boolean
          organization_id?: string
          phone_number_id?: string | null
          platform?: Database["public"]["Enums"]["chat_platform"]
          updated_at?: string
          webhook_secret?: string | null
          whatsapp_business_number?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "platform_connections_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      recorder_backlog: {
        Row: {
          chat: string
          created_at: string
          event: NonNullable<Json>
          event_id: string
          organization_id: string
        }
        Insert: {
          chat: string
          created_at?: string
          event: NonNullable<Json>
          event_id: string
          organization_id: string
        }
        Update: {
          chat?: string
          created_at?: string
          event?: NonNullable<Json>
          event_id?: string
          organization_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "recorder_backlog_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      reminders: {
        Row: {
          appointment_id: string
          organization_id: string
          reply_id: string
          requested_at: string
          starts_at: string
        }
        Insert: {
          appointment_id: string
          organization_id: string
          reply_id: string
          requested_at?: string
          starts_at: string
        }
        Update: {
          appointment_id?: string
          organization_id?: string
          reply_id?: string
          requested_at?: string
          starts_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "reminders_organization_id_appointment_id_fkey"
            columns: ["organization_id", "appointment_id"]
            referencedRelation: "appointments"
            referencedColumns: ["organization_id", "id"]
          },
        ]
      }
      reply_drafts: {
        Row: {
          actions: NonNullable<Json>
          chat_identity_id: string
          closed_at: string | null
          created_at: string
          id: string
          messages: NonNullable<Json>
          model: string
          organization_id: string
          prompt_version: string
        }
        Insert: {
          actions?: NonNullable<Json>
          chat_identity_id: string
          closed_at?: string | null
          created_at?: string
          id: string
          messages: NonNullable<Json>
          model: string
          organization_id: string
          prompt_version: string
        }
        Update: {
          actions?: NonNullable<Json>
          chat_identity_id?: string
          closed_at?: string | null
          created_at?: string
          id?: string
          messages?: NonNullable<Json>
          model?: string
          organization_id?: string
          prompt_version?: string
        }
        Relationships: [
          {
            foreignKeyName: "reply_drafts_chat_identity_id_fkey"
            columns: ["chat_identity_id"]
            referencedRelation: "chat_identities"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reply_drafts_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      send_circuits: {
        Row: {
          app_name: string
          code: string
          failed_at: string
          failures: number
          first_failed_at: string
          late: boolean
          opened_at: string | null
          organization_id: string
          pause_ms: number
          retry_at: string
          setting: string
          trial_at: string | null
          waits: boolean
        }
        Insert: {
          app_name: string
          code: string
          failed_at?: string
          failures?: number
          first_failed_at?: string
          late: boolean
          opened_at?: string | null
          organization_id: string
          pause_ms: number
          retry_at: string
          setting: string
          trial_at?: string | null
          waits: boolean
        }
        Update: {
          app_name?: string
          code?: string
          failed_at?: string
          failures?: number
          first_failed_at?: string
          late?: boolean
          opened_at?: string | null
          organization_id?: string
          pause_ms?: number
          retry_at?: string
          setting?: string
          trial_at?: string | null
          waits?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "send_circuits_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      service_assignments: {
        Row: {
          assigned_at: string
          assigned_by: string | null
          id: string
          member_id: string
          organization_id: string | null
          service_id: string
        }
        Insert: {
          assigned_at?: string
          assigned_by?: string | null
          id?: string
          member_id: string
          organization_id?: string | null
          service_id: string
        }
        Update: {
          assigned_at?: string
          assigned_by?: string | null
          id?: string
          member_id?: string
          organization_id?: string | null
          service_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "service_assignments_member"
            columns: ["organization_id", "member_id"]
            referencedRelation: "members"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "service_assignments_service"
            columns: ["organization_id", "service_id"]
            referencedRelation: "services"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "service_assignments_service_id_fkey"
            columns: ["service_id"]
            referencedRelation: "services"
            referencedColumns: ["id"]
          },
        ]
      }
      services: {
        Row: {
          assessment_service_id: string | null
          buffer_after_minutes: number
          buffer_before_minutes: number
          created_at: string
          created_by: string
          description: string | null
          duration_minutes: number
          id: string
          is_active: boolean
          is_bookable: boolean
          name: string
          organization_id: string
          price_cop: number
          requires_assessment: boolean
          updated_at: string
        }
        Insert: {
          assessment_service_id?: string | null
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          created_at?: string
          created_by: string
          description?: string | null
          duration_minutes: number
          id?: string
          is_active?: boolean
          is_bookable?: boolean
          name: string
          organization_id: string
          price_cop?: number
          requires_assessment?: boolean
          updated_at?: string
        }
        Update: {
          assessment_service_id?: string | null
          buffer_after_minutes?: number
          buffer_before_minutes?: number
          created_at?: string
          created_by?: string
          description?: string | null
          duration_minutes?: number
          id?: string
          is_active?: boolean
          is_bookable?: boolean
          name?: string
          organization_id?: string
          price_cop?: number
          requires_assessment?: boolean
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "services_assessment"
            columns: ["organization_id", "assessment_service_id"]
            referencedRelation: "services"
            referencedColumns: ["organization_id", "id"]
          },
          {
            foreignKeyName: "services_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      turn_counts: {
        Row: {
          failed: number
          hour: string
          organization_id: string
          turns: number
        }
        Insert: {
          failed?: number
          hour: string
          organization_id: string
          turns?: number
        }
        Update: {
          failed?: number
          hour?: string
          organization_id?: string
          turns?: number
        }
        Relationships: [
          {
            foreignKeyName: "turn_counts_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
      usage_writes: {
        Row: {
          at: string
          id: string
          organization_id: string
          reached: boolean
        }
        Insert: {
          at?: string
          id: string
          organization_id: string
          reached?: boolean
        }
        Update: {
          at?: string
          id?: string
          organization_id?: string
          reached?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "usage_writes_organization_id_fkey"
            columns: ["organization_id"]
            referencedRelation: "organizations"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      begin_media: {
        Args: {
          p_chat: string
          p_organization_id: string
          p_platform: Database["public"]["Enums"]["chat_platform"]
          p_platform_user_id: string
        }
        Returns: Json
      }
      begin_notice: {
        Args: { p_escalation_id: string; p_organization_id: string }
        Returns: Json
      }
      begin_send: {
        Args: {
          p_after?: string
          p_as_template?: boolean
          p_chat: string
          p_closing: boolean
          p_index: number
          p_organization_id: string
          p_parts: number
          p_reminder?: boolean
          p_reopen?: boolean
          p_reply_id: string
          p_resend?: boolean
          p_sequence: number
        }
        Returns: Json
      }
      begin_turn: {
        Args: {
          p_chat: string
          p_last_message_at?: string
          p_organization_id: string
          p_phone?: string
          p_platform: Database["public"]["Enums"]["chat_platform"]
          p_platform_user_id: string
          p_profile_name?: string
        }
        Returns: Json
      }
      book_appointment: {
        Args: {
          p_chat_identity_id: string
          p_first_name?: string
          p_idempotency_key: string
          p_last_name?: string
          p_member_id?: string
          p_organization_id: string
          p_service_id: string
          p_starts_at: string
        }
        Returns: Json
      }
      cancel_appointment: {
        Args: {
          p_appointment_id: string
          p_chat_identity_id: string
          p_organization_id: string
          p_reason?: string
        }
        Returns: Json
      }
      check_availability: {
        Args: {
          p_chat_identity_id?: string
          p_except_appointment_id?: string
          p_from: string
          p_limit?: number
          p_member_id?: string
          p_near?: string
          p_organization_id: string
          p_part_of_day?: string
          p_service_id: string
          p_to?: string
        }
        Returns: Json
      }
      claim_notice: {
        Args: {
          p_escalation_id: string
          p_organization_id: string
          p_phone: string
          p_resend?: boolean
          p_round?: number
        }
        Returns: Json
      }
      claim_outbox: {
        Args: { p_lease_ms?: number; p_limit?: number }
        Returns: Json
      }
      claim_send: {
        Args: {
          p_after?: string
          p_chat: string
          p_closing: boolean
          p_index: number
          p_organization_id: string
          p_parts: number
          p_reopen?: boolean
          p_reply_id: string
          p_resend?: boolean
          p_sequence: number
        }
        Returns: Json
      }
      close_send_circuit: {
        Args: { p_app_name: string; p_organization_id: string }
        Returns: Json
      }
      compare_with_log: {
        Args: { p_appointments: string[]; p_limit?: number; p_since: string }
        Returns: Json
      }
      confirm_appointment: {
        Args: {
          p_appointment_id: string
          p_chat_identity_id: string
          p_organization_id: string
        }
        Returns: Json
      }
      connect_organization: {
        Args: {
          p_connection: Json
          p_create_as?: string
          p_organization_id: string
        }
        Returns: Json
      }
      erase_contact: {
        Args: { p_contact_id: string; p_organization_id: string }
        Returns: Json
      }
      erase_customer: {
        Args: {
          p_chat?: string
          p_contact_id?: string
          p_organization_id: string
        }
        Returns: Json
      }
      escalate_unsent: {
        Args: { p_chat: string; p_organization_id: string; p_summary: string }
        Returns: Json
      }
      fail_notice: {
        Args: { p_code: string; p_provider_message_id: string }
        Returns: Json
      }
      find_customer: {
        Args: {
          p_chat?: string
          p_contact_id?: string
          p_organization_id: string
        }
        Returns: Json
      }
      find_identity: {
        Args: { p_chat: string; p_organization_id: string }
        Returns: Json
      }
      find_invoked_identity: {
        Args: { p_chat_identity_id: string; p_organization_id: string }
        Returns: Json
      }
      find_pause: {
        Args: { p_key?: string; p_organization_id: string; p_scope: string }
        Returns: Json
      }
      find_send: {
        Args: { p_chat: string; p_ids: string[]; p_organization_id: string }
        Returns: Json
      }
      find_unmatched_receipt: {
        Args: { p_chat: string; p_organization_id: string; p_since: string }
        Returns: Json
      }
      finish_erasure: {
        Args: { p_chats: Json; p_organization_id: string }
        Returns: Json
      }
      health: { Args: Record<PropertyKey, never>; Returns: Json }
      ingest_knowledge: {
        Args: {
          p_chunks: Json
          p_organization_id: string
          p_requires_assessment?: boolean
          p_service_id?: string
          p_source: string
          p_source_type: string
          p_title: string
        }
        Returns: Json
      }
      is_paused: {
        Args: { p_chat: string; p_organization_id: string }
        Returns: Json
      }
      last_receipt_at: { Args: { p_organization_id: string }; Returns: Json }
      list_connections: { Args: Record<PropertyKey, never>; Returns: Json }
      list_handoffs: {
        Args: { p_after_id?: string; p_limit?: number }
        Returns: Json
      }
      list_organization_settings: { Args: { p_since?: string }; Returns: Json }
      list_pauses: { Args: { p_limit?: number }; Returns: Json }
      list_reminders_due: {
        Args: {
          p_after_id?: string
          p_after_starts_at?: string
          p_horizon_minutes: number
          p_limit?: number
        }
        Returns: Json
      }
      list_retentions: { Args: Record<PropertyKey, never>; Returns: Json }
      list_send_circuits: { Args: Record<PropertyKey, never>; Returns: Json }
      list_tenants: { Args: Record<PropertyKey, never>; Returns: Json }
      list_unembedded_knowledge: {
        Args: { p_after?: string; p_embedded_by: string; p_limit?: number }
        Returns: Json
      }
      list_unknown_sends: { Args: { p_limit: number }; Returns: Json }
      list_usage: {
        Args: {
          p_after?: Json
          p_by?: string
          p_from: string
          p_limit?: number
          p_organization_id?: string
          p_to: string
        }
        Returns: Json
      }
      look_at_handoff: {
        Args: { p_chat: string; p_organization_id: string }
        Returns: Json
      }
      mark_outbox_published: { Args: { p_ids: number[] }; Returns: Json }
      match_documents_by_org: {
        Args: {
          match_count: number
          match_threshold: number
          org_id: string
          p_service_id?: string
          query_embedding: string
        }
        Returns: {
          content: string
          id: string
          metadata: Json
          similarity: number
        }[]
      }
      onboarding_facts: { Args: { p_organization_id: string }; Returns: Json }
      pause_agent: {
        Args: {
          p_by: string
          p_key: string
          p_organization_id: string
          p_reason: string
          p_scope: string
          p_until?: string
        }
        Returns: Json
      }
      publish_outbox_again: { Args: { p_since: string }; Returns: Json }
      purge_expired: { Args: { p_batch?: number }; Returns: Json }
      raise_escalation: {
        Args: {
          p_chat_identity_id: string
          p_idempotency_key: string
          p_organization_id: string
          p_reason: string
          p_summary: string
        }
        Returns: Json
      }
      record_consent: {
        Args: {
          p_channel: string
          p_contact_id: string
          p_evidence?: Json
          p_organization_id: string
          p_type: string
        }
        Returns: Json
      }
      record_events: {
        Args: { p_events: Json; p_media_base_url?: string }
        Returns: Json
      }
      record_spend: {
        Args: {
          p_cached_tokens?: number
          p_calls?: number
          p_input_tokens?: number
          p_organization_id: string
          p_output_tokens?: number
          p_usd: number
        }
        Returns: Json
      }
      record_usage: {
        Args: {
          p_at: string
          p_calls?: Json
          p_failed_turns?: number
          p_organization_id: string
          p_tells?: boolean
          p_turns?: number
          p_write_id: string
        }
        Returns: Json
      }
      remember_reminder: {
        Args: {
          p_appointment_id: string
          p_organization_id: string
          p_reply_id: string
          p_starts_at: string
        }
        Returns: Json
      }
      reminder_facts: {
        Args: { p_appointment_id: string; p_organization_id: string }
        Returns: Json
      }
      reopen_send: {
        Args: {
          p_code: string
          p_ids: string[]
          p_index: number
          p_organization_id: string
          p_reply_id: string
        }
        Returns: Json
      }
      report_send_refusal: {
        Args: {
          p_app_name: string
          p_code: string
          p_late: boolean
          p_organization_id: string
          p_patience_ms: number
          p_pause_ms: number
          p_sent_at?: string
          p_setting: string
          p_waits: boolean
        }
        Returns: Json
      }
      reschedule_appointment: {
        Args: {
          p_appointment_id: string
          p_chat_identity_id: string
          p_idempotency_key: string
          p_member_id?: string
          p_organization_id: string
          p_starts_at: string
        }
        Returns: Json
      }
      resolve_unknown_send: {
        Args: {
          p_decision: string
          p_index: number
          p_organization_id: string
          p_provider_message_id?: string
          p_reply_id: string
        }
        Returns: Json
      }
      resume_agent: {
        Args: { p_key?: string; p_organization_id: string; p_scope: string }
        Returns: Json
      }
      resume_due_bots: { Args: { p_limit?: number }; Returns: Json }
      said_elsewhere: {
        Args: { p_chat: string; p_organization_id: string; p_since: string }
        Returns: Json
      }
      save_draft: {
        Args: {
          p_actions: Json
          p_chat_identity_id: string
          p_id: string
          p_messages: Json
          p_model: string
          p_organization_id: string
          p_prompt_version: string
        }
        Returns: Json
      }
      search_knowledge: {
        Args: {
          p_embedding?: string
          p_limit?: number
          p_organization_id: string
          p_query: string
          p_service_id?: string
        }
        Returns: Json
      }
      set_bot_enabled: {
        Args: {
          p_chat_identity_id: string
          p_enabled: boolean
          p_organization_id: string
          p_reason: string
          p_resumes_at?: string
        }
        Returns: Json
      }
      settle_escalation: {
        Args: {
          p_escalation_id: string
          p_organization_id: string
          p_outcome: string
        }
        Returns: Json
      }
      settle_notice: {
        Args: {
          p_code?: string
          p_escalation_id: string
          p_organization_id: string
          p_outcome: string
          p_phone: string
          p_provider_message_id?: string
        }
        Returns: Json
      }
      settle_notice_round: {
        Args: {
          p_escalation_id: string
          p_organization_id: string
          p_round: number
        }
        Returns: Json
      }
      settle_resumed_chat: {
        Args: { p_chat: string; p_organization_id: string }
        Returns: Json
      }
      settle_send: {
        Args: {
          p_chat: string
          p_code?: string
          p_index: number
          p_organization_id: string
          p_outcome: string
          p_provider_message_id?: string
          p_reply_id: string
        }
        Returns: Json
      }
      settle_unanswered: {
        Args: {
          p_escalation_id: string
          p_organization_id: string
          p_undelivered?: boolean
        }
        Returns: Json
      }
      take_resumed_chats: { Args: { p_limit?: number }; Returns: Json }
      typing_target: {
        Args: { p_chat: string; p_organization_id: string }
        Returns: Json
      }
      write_embeddings: {
        Args: { p_embedded_by: string; p_vectors: Json }
        Returns: Json
      }
    }
    Enums: {
      app_role: "superadmin" | "admin" | "member"
      chat_platform: "whatsapp" | "messenger" | "instagram"
      media_type: "image" | "audio" | "video" | "file"
      message_direction: "incoming" | "outgoing"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      app_role: ["superadmin", "admin", "member"],
      chat_platform: ["whatsapp", "messenger", "instagram"],
      media_type: ["image", "audio", "video", "file"],
      message_direction: ["incoming", "outgoing"],
    },
  },
} as const
