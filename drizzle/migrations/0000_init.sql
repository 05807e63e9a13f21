CREATE EXTENSION IF NOT EXISTS vector;--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"user_id" integer,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "episode_copies" (
	"title_copy_id" integer NOT NULL,
	"provider_item_id" text NOT NULL,
	"episode_id" integer NOT NULL,
	"path" text,
	"content_hash" text NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "episode_copies_title_copy_id_provider_item_id_episode_id_pk" PRIMARY KEY("title_copy_id","provider_item_id","episode_id")
);
--> statement-breakpoint
CREATE TABLE "episodes" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "episodes_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"title_id" integer NOT NULL,
	"slot" text NOT NULL,
	"season_number" integer NOT NULL,
	"number" integer,
	"name" text,
	"overview" text,
	"air_date" date,
	"runtime_ms" integer,
	"added_at" timestamp with time zone,
	"content_hash" text NOT NULL,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "libraries" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "libraries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"provider_id" text NOT NULL,
	"name" text NOT NULL,
	"collection_type" text,
	"locations" text[] DEFAULT '{}'::text[] NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"is_virtual" boolean DEFAULT false NOT NULL,
	"last_complete_sync_at" timestamp with time zone,
	"listed_as" text,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "seasons" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "seasons_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"title_id" integer NOT NULL,
	"number" integer NOT NULL,
	"name" text,
	"overview" text,
	"premiere_date" date,
	"content_hash" text NOT NULL,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "title_copies" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "title_copies_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"title_id" integer NOT NULL,
	"library_id" integer NOT NULL,
	"provider_item_id" text NOT NULL,
	"path" text,
	"images" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"list_version" text,
	"removed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "titles" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "titles_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text DEFAULT 'series' NOT NULL,
	"name" text NOT NULL,
	"original_name" text,
	"sort_name" text NOT NULL,
	"match_name" text NOT NULL,
	"year" integer,
	"premiere_date" date,
	"end_date" date,
	"status" text,
	"overview" text,
	"genres" text[] DEFAULT '{}'::text[] NOT NULL,
	"keywords" text[] DEFAULT '{}'::text[] NOT NULL,
	"networks" text[] DEFAULT '{}'::text[] NOT NULL,
	"community_rating" real,
	"official_rating" text,
	"runtime_minutes" integer,
	"tvdb_id" text,
	"tmdb_id" text,
	"imdb_id" text,
	"added_at" timestamp with time zone,
	"content_hash" text NOT NULL,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple'::regconfig, name || ' ' || coalesce(original_name, '')), 'A') || setweight(to_tsvector('simple'::regconfig, coalesce(overview, '')), 'C')) STORED
);
--> statement-breakpoint
CREATE TABLE "embedding_models" (
	"model" text PRIMARY KEY NOT NULL,
	"dimensions" integer NOT NULL,
	"active" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "embeddings" (
	"title_id" integer NOT NULL,
	"model" text NOT NULL,
	"vector" halfvec NOT NULL,
	"text_hash" text NOT NULL,
	"tokens" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "embeddings_title_id_model_pk" PRIMARY KEY("title_id","model")
);
--> statement-breakpoint
CREATE TABLE "job_events" (
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	CONSTRAINT "job_events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "job_leases" (
	"resource" text PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_run_removals" (
	"id" integer PRIMARY KEY NOT NULL,
	"changed_xid" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"params" jsonb NOT NULL,
	"dedupe_key" text NOT NULL,
	"state" text NOT NULL,
	"trigger" jsonb NOT NULL,
	"workflow_run_id" uuid,
	"attempt" integer DEFAULT 0 NOT NULL,
	"max_attempts" integer NOT NULL,
	"worker_id" text,
	"heartbeat_at" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"cancel_requested_by" text,
	"not_before" timestamp with time zone DEFAULT now() NOT NULL,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"result" jsonb,
	"error" jsonb,
	"failure_count" integer DEFAULT 0 NOT NULL,
	"first_seq" integer DEFAULT 1 NOT NULL,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"changed_xid" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedule_firings" (
	"schedule" text PRIMARY KEY NOT NULL,
	"handled_until" timestamp with time zone NOT NULL,
	"fired_at" timestamp with time zone,
	"run_id" uuid,
	"workflow_run_id" uuid
);
--> statement-breakpoint
CREATE TABLE "workflow_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workflow" text NOT NULL,
	"state" text NOT NULL,
	"steps" jsonb NOT NULL,
	"step_runs" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"trigger" jsonb NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "user_libraries" (
	"user_id" integer PRIMARY KEY NOT NULL,
	"path" text NOT NULL,
	"provider_library_id" text,
	"set_id" integer,
	"file_count" integer NOT NULL,
	"shown" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"synced_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "picks" (
	"set_id" integer NOT NULL,
	"rank" integer NOT NULL,
	"title_id" integer NOT NULL,
	"score" double precision NOT NULL,
	"parts" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"explanation" text,
	"is_rewatch" boolean DEFAULT false NOT NULL,
	CONSTRAINT "picks_set_id_rank_pk" PRIMARY KEY("set_id","rank")
);
--> statement-breakpoint
CREATE TABLE "recommendation_sets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "recommendation_sets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" integer NOT NULL,
	"generated_at" timestamp with time zone NOT NULL,
	"weights_version" text NOT NULL,
	"model" text,
	"is_current" boolean NOT NULL,
	"candidate_count" integer NOT NULL,
	"history_count" integer NOT NULL,
	"input_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "media_users" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "media_users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"provider_id" text NOT NULL,
	"name" text NOT NULL,
	"is_admin" boolean DEFAULT false NOT NULL,
	"is_disabled" boolean DEFAULT false NOT NULL,
	"recommendations_enabled" boolean NOT NULL,
	"explanations_enabled" boolean DEFAULT true NOT NULL,
	"folder" text NOT NULL,
	"enable_all_folders" boolean DEFAULT true NOT NULL,
	"enabled_folders" text[] DEFAULT '{}'::text[] NOT NULL,
	"max_parental_rating" integer,
	"history_synced_at" timestamp with time zone,
	"history_full_at" timestamp with time zone,
	"history_read_to" timestamp with time zone,
	"virtual_read_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "play_states" (
	"user_id" integer NOT NULL,
	"episode_id" integer NOT NULL,
	"played" boolean NOT NULL,
	"position_ms" integer DEFAULT 0 NOT NULL,
	"percentage" real DEFAULT 0 NOT NULL,
	"play_count" integer DEFAULT 0 NOT NULL,
	"is_favorite" boolean DEFAULT false NOT NULL,
	"last_played_at" timestamp with time zone,
	"from_virtual" boolean DEFAULT false NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "play_states_user_id_episode_id_pk" PRIMARY KEY("user_id","episode_id")
);
--> statement-breakpoint
CREATE TABLE "played_counts" (
	"user_id" integer NOT NULL,
	"library_id" integer NOT NULL,
	"played" integer NOT NULL,
	CONSTRAINT "played_counts_user_id_library_id_pk" PRIMARY KEY("user_id","library_id")
);
--> statement-breakpoint
CREATE TABLE "plays" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "plays_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" integer NOT NULL,
	"episode_id" integer NOT NULL,
	"played_at" timestamp with time zone,
	"percentage" real NOT NULL,
	"position_ms" integer NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "plays_once" UNIQUE NULLS NOT DISTINCT("user_id","episode_id","played_at")
);
--> statement-breakpoint
CREATE TABLE "series_states" (
	"user_id" integer NOT NULL,
	"title_id" integer NOT NULL,
	"state" text NOT NULL,
	"watched_count" integer NOT NULL,
	"aired_count" integer NOT NULL,
	"play_count" integer DEFAULT 0 NOT NULL,
	"is_favorite" boolean DEFAULT false NOT NULL,
	"first_played_at" timestamp with time zone,
	"last_played_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "series_states_user_id_title_id_pk" PRIMARY KEY("user_id","title_id")
);
--> statement-breakpoint
CREATE TABLE "unplayed_counts" (
	"user_id" integer NOT NULL,
	"item_id" text NOT NULL,
	"is_virtual" boolean NOT NULL,
	"unplayed" integer NOT NULL,
	CONSTRAINT "unplayed_counts_user_id_item_id_pk" PRIMARY KEY("user_id","item_id")
);
--> statement-breakpoint
CREATE TABLE "virtual_play_states" (
	"user_id" integer NOT NULL,
	"item_id" text NOT NULL,
	"episode_id" integer NOT NULL,
	"played" boolean NOT NULL,
	"position_ms" integer NOT NULL,
	"percentage" real NOT NULL,
	"play_count" integer NOT NULL,
	"is_favorite" boolean NOT NULL,
	"last_played_at" timestamp with time zone,
	"is_gone" boolean DEFAULT false NOT NULL,
	CONSTRAINT "virtual_play_states_user_id_item_id_episode_id_pk" PRIMARY KEY("user_id","item_id","episode_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_secrets" (
	"id" integer PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "episode_copies" ADD CONSTRAINT "episode_copies_title_copy_id_title_copies_id_fk" FOREIGN KEY ("title_copy_id") REFERENCES "public"."title_copies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "episode_copies" ADD CONSTRAINT "episode_copies_episode_id_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "episodes" ADD CONSTRAINT "episodes_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seasons" ADD CONSTRAINT "seasons_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "title_copies" ADD CONSTRAINT "title_copies_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "title_copies" ADD CONSTRAINT "title_copies_library_id_libraries_id_fk" FOREIGN KEY ("library_id") REFERENCES "public"."libraries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_model_embedding_models_model_fk" FOREIGN KEY ("model") REFERENCES "public"."embedding_models"("model") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_events" ADD CONSTRAINT "job_events_run_id_job_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."job_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_leases" ADD CONSTRAINT "job_leases_run_id_job_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."job_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_runs" ADD CONSTRAINT "job_runs_workflow_run_id_workflow_runs_id_fk" FOREIGN KEY ("workflow_run_id") REFERENCES "public"."workflow_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule_firings" ADD CONSTRAINT "schedule_firings_run_id_job_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."job_runs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule_firings" ADD CONSTRAINT "schedule_firings_workflow_run_id_workflow_runs_id_fk" FOREIGN KEY ("workflow_run_id") REFERENCES "public"."workflow_runs"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_libraries" ADD CONSTRAINT "user_libraries_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_libraries" ADD CONSTRAINT "user_libraries_set_id_recommendation_sets_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."recommendation_sets"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "picks" ADD CONSTRAINT "picks_set_id_recommendation_sets_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."recommendation_sets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "picks" ADD CONSTRAINT "picks_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recommendation_sets" ADD CONSTRAINT "recommendation_sets_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "play_states" ADD CONSTRAINT "play_states_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "play_states" ADD CONSTRAINT "play_states_episode_id_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "played_counts" ADD CONSTRAINT "played_counts_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "played_counts" ADD CONSTRAINT "played_counts_library_id_libraries_id_fk" FOREIGN KEY ("library_id") REFERENCES "public"."libraries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plays" ADD CONSTRAINT "plays_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plays" ADD CONSTRAINT "plays_episode_id_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series_states" ADD CONSTRAINT "series_states_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "series_states" ADD CONSTRAINT "series_states_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unplayed_counts" ADD CONSTRAINT "unplayed_counts_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "virtual_play_states" ADD CONSTRAINT "virtual_play_states_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "virtual_play_states" ADD CONSTRAINT "virtual_play_states_episode_id_episodes_id_fk" FOREIGN KEY ("episode_id") REFERENCES "public"."episodes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "episode_copies_item" ON "episode_copies" USING btree ("provider_item_id");--> statement-breakpoint
CREATE INDEX "episode_copies_episode" ON "episode_copies" USING btree ("episode_id");--> statement-breakpoint
CREATE UNIQUE INDEX "episodes_slot" ON "episodes" USING btree ("title_id","slot");--> statement-breakpoint
CREATE INDEX "episodes_order" ON "episodes" USING btree ("title_id","season_number","number");--> statement-breakpoint
CREATE UNIQUE INDEX "libraries_provider_id" ON "libraries" USING btree ("provider_id");--> statement-breakpoint
CREATE UNIQUE INDEX "seasons_number" ON "seasons" USING btree ("title_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "title_copies_item" ON "title_copies" USING btree ("library_id","provider_item_id");--> statement-breakpoint
CREATE INDEX "title_copies_title" ON "title_copies" USING btree ("title_id");--> statement-breakpoint
CREATE INDEX "titles_match_name" ON "titles" USING btree ("match_name");--> statement-breakpoint
CREATE INDEX "titles_tvdb" ON "titles" USING btree ("tvdb_id");--> statement-breakpoint
CREATE INDEX "titles_tmdb" ON "titles" USING btree ("tmdb_id");--> statement-breakpoint
CREATE INDEX "titles_imdb" ON "titles" USING btree ("imdb_id");--> statement-breakpoint
CREATE INDEX "titles_sort" ON "titles" USING btree ("sort_name","id");--> statement-breakpoint
CREATE INDEX "titles_year" ON "titles" USING btree ("year","id");--> statement-breakpoint
CREATE INDEX "titles_rating" ON "titles" USING btree ("community_rating","id");--> statement-breakpoint
CREATE INDEX "titles_added" ON "titles" USING btree ("added_at","id");--> statement-breakpoint
CREATE INDEX "titles_genres" ON "titles" USING gin ("genres");--> statement-breakpoint
CREATE INDEX "titles_search" ON "titles" USING gin ("search");--> statement-breakpoint
CREATE INDEX "embeddings_model" ON "embeddings" USING btree ("model");--> statement-breakpoint
CREATE UNIQUE INDEX "job_runs_unfinished" ON "job_runs" USING btree ("dedupe_key") WHERE "job_runs"."state" in ('QUEUED', 'RUNNING', 'STOPPING', 'INTERRUPTED');--> statement-breakpoint
CREATE INDEX "job_runs_recent" ON "job_runs" USING btree ("queued_at","id");--> statement-breakpoint
CREATE INDEX "job_runs_job" ON "job_runs" USING btree ("job","queued_at");--> statement-breakpoint
CREATE INDEX "job_runs_state" ON "job_runs" USING btree ("state");--> statement-breakpoint
CREATE INDEX "job_runs_workflow" ON "job_runs" USING btree ("workflow_run_id");--> statement-breakpoint
CREATE INDEX "job_runs_changed" ON "job_runs" USING btree ("changed_xid","id");--> statement-breakpoint
CREATE INDEX "job_runs_finished" ON "job_runs" USING btree ("finished_at");--> statement-breakpoint
CREATE UNIQUE INDEX "workflow_runs_active" ON "workflow_runs" USING btree ("workflow") WHERE "workflow_runs"."state" = 'RUNNING';--> statement-breakpoint
CREATE INDEX "workflow_runs_recent" ON "workflow_runs" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "picks_title" ON "picks" USING btree ("title_id");--> statement-breakpoint
CREATE UNIQUE INDEX "recommendation_sets_current" ON "recommendation_sets" USING btree ("user_id") WHERE "recommendation_sets"."is_current";--> statement-breakpoint
CREATE INDEX "recommendation_sets_user" ON "recommendation_sets" USING btree ("user_id","generated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "media_users_provider_id" ON "media_users" USING btree ("provider_id");--> statement-breakpoint
CREATE UNIQUE INDEX "media_users_folder" ON "media_users" USING btree (lower("folder"));--> statement-breakpoint
CREATE INDEX "play_states_recent" ON "play_states" USING btree ("user_id","last_played_at");--> statement-breakpoint
CREATE INDEX "play_states_episode" ON "play_states" USING btree ("episode_id");--> statement-breakpoint
CREATE INDEX "plays_recent" ON "plays" USING btree ("user_id","played_at","id");--> statement-breakpoint
CREATE INDEX "plays_episode" ON "plays" USING btree ("episode_id");--> statement-breakpoint
CREATE INDEX "series_states_title" ON "series_states" USING btree ("title_id");--> statement-breakpoint
CREATE INDEX "virtual_play_states_episode" ON "virtual_play_states" USING btree ("episode_id");