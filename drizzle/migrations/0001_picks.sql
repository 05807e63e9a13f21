CREATE TABLE "sign_in_attempts" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sign_in_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name_hash" text NOT NULL,
	"address" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"succeeded" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "title_metadata" (
	"title_id" integer NOT NULL,
	"source" text NOT NULL,
	"outcome" text NOT NULL,
	"attempted_at" timestamp with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"identity_hash" text NOT NULL,
	"fetched_at" timestamp with time zone,
	"source_id" text,
	"matched_by" text,
	"confidence" double precision,
	"keywords" text[] DEFAULT '{}'::text[] NOT NULL,
	"genres" text[] DEFAULT '{}'::text[] NOT NULL,
	"networks" text[] DEFAULT '{}'::text[] NOT NULL,
	"status" text,
	"vote_average" double precision,
	"vote_count" integer,
	"popularity" double precision,
	CONSTRAINT "title_metadata_title_id_source_pk" PRIMARY KEY("title_id","source")
);
--> statement-breakpoint
CREATE TABLE "evaluation_results" (
	"evaluation_id" integer NOT NULL,
	"scorer" text NOT NULL,
	"cohort" text NOT NULL,
	"user_count" integer NOT NULL,
	"ndcg" double precision NOT NULL,
	"ndcg_error" double precision,
	"recall" double precision NOT NULL,
	"hit_rate" double precision NOT NULL,
	"coverage" double precision NOT NULL,
	"novelty" double precision NOT NULL,
	"diversity" double precision NOT NULL,
	CONSTRAINT "evaluation_results_evaluation_id_scorer_cohort_pk" PRIMARY KEY("evaluation_id","scorer","cohort")
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "evaluations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"evaluated_at" timestamp with time zone NOT NULL,
	"weights_version" text NOT NULL,
	"weights_id" integer,
	"model" text,
	"parameters" jsonb NOT NULL,
	"user_count" integer NOT NULL,
	"held_out_count" integer NOT NULL,
	"title_count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "explanations" (
	"evidence_hash" text NOT NULL,
	"model" text NOT NULL,
	"prompt_version" integer NOT NULL,
	"explanation" text,
	"used_at" timestamp with time zone NOT NULL,
	CONSTRAINT "explanations_evidence_hash_model_prompt_version_pk" PRIMARY KEY("evidence_hash","model","prompt_version")
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"user_id" integer NOT NULL,
	"title_id" integer NOT NULL,
	"rating" integer,
	"dismissed_at" timestamp with time zone,
	"snoozed_until" timestamp with time zone,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feedback_user_id_title_id_pk" PRIMARY KEY("user_id","title_id"),
	CONSTRAINT "feedback_rating" CHECK ("feedback"."rating" between 1 and 10)
);
--> statement-breakpoint
CREATE TABLE "parental_ratings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "server_opinions" (
	"user_id" integer NOT NULL,
	"title_id" integer NOT NULL,
	"rating" real,
	"likes" boolean,
	"is_favorite" boolean NOT NULL,
	CONSTRAINT "server_opinions_user_id_title_id_pk" PRIMARY KEY("user_id","title_id")
);
--> statement-breakpoint
CREATE TABLE "weights_assignments" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "weights_assignments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"version_id" integer NOT NULL,
	"user_id" integer,
	"assigned_at" timestamp with time zone NOT NULL,
	"assigned_by" text NOT NULL,
	"ended_at" timestamp with time zone,
	"previous_id" integer
);
--> statement-breakpoint
CREATE TABLE "weights_settings" (
	"id" integer PRIMARY KEY NOT NULL,
	"retrain" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "weights_versions" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "weights_versions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"origin" text NOT NULL,
	"parent_id" integer,
	"created_at" timestamp with time zone NOT NULL,
	"created_by" text NOT NULL,
	"notes" text NOT NULL,
	"weights" jsonb NOT NULL,
	"measured" jsonb
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "kind" text DEFAULT 'KEY' NOT NULL;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "scopes" text[];--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "rotated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_hash" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "previous_valid_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "titles" ADD COLUMN "merged_into_id" integer;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "provider" text;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "tokens" bigint;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "cost_micro_usd" double precision;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "activated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "used_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "embedding_models" ADD COLUMN "held_back" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "picks" ADD COLUMN "explanation_source" text;--> statement-breakpoint
ALTER TABLE "picks" ADD COLUMN "in_library_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "recommendation_sets" ADD COLUMN "weights_id" integer;--> statement-breakpoint
ALTER TABLE "media_users" ADD COLUMN "block_unrated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "media_users" ADD COLUMN "blocked_tags" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "media_users" ADD COLUMN "allowed_tags" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "media_users" ADD COLUMN "history_shared" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "series_states" ADD COLUMN "dated_plays" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "series_states" ADD COLUMN "play_days" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "title_metadata" ADD CONSTRAINT "title_metadata_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluation_results" ADD CONSTRAINT "evaluation_results_evaluation_id_evaluations_id_fk" FOREIGN KEY ("evaluation_id") REFERENCES "public"."evaluations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_weights_id_weights_versions_id_fk" FOREIGN KEY ("weights_id") REFERENCES "public"."weights_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_opinions" ADD CONSTRAINT "server_opinions_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_opinions" ADD CONSTRAINT "server_opinions_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "weights_assignments" ADD CONSTRAINT "weights_assignments_version_id_weights_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."weights_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "weights_assignments" ADD CONSTRAINT "weights_assignments_user_id_media_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."media_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "weights_assignments" ADD CONSTRAINT "weights_assignments_previous_id_weights_assignments_id_fk" FOREIGN KEY ("previous_id") REFERENCES "public"."weights_assignments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "weights_versions" ADD CONSTRAINT "weights_versions_parent_id_weights_versions_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."weights_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sign_in_attempts_name" ON "sign_in_attempts" USING btree ("name_hash","at");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_address" ON "sign_in_attempts" USING btree ("address","at");--> statement-breakpoint
CREATE INDEX "sign_in_attempts_at" ON "sign_in_attempts" USING btree ("at");--> statement-breakpoint
CREATE INDEX "evaluations_recent" ON "evaluations" USING btree ("evaluated_at","id");--> statement-breakpoint
CREATE INDEX "feedback_recent" ON "feedback" USING btree ("user_id","updated_at","title_id");--> statement-breakpoint
CREATE INDEX "feedback_title" ON "feedback" USING btree ("title_id");--> statement-breakpoint
CREATE INDEX "server_opinions_title" ON "server_opinions" USING btree ("title_id");--> statement-breakpoint
CREATE UNIQUE INDEX "weights_assignments_in_force" ON "weights_assignments" USING btree (coalesce("user_id", 0)) WHERE "weights_assignments"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "weights_assignments_version" ON "weights_assignments" USING btree ("version_id");--> statement-breakpoint
CREATE UNIQUE INDEX "weights_versions_shipped" ON "weights_versions" USING btree ("origin") WHERE "weights_versions"."origin" = 'SHIPPED';--> statement-breakpoint
ALTER TABLE "titles" ADD CONSTRAINT "titles_merged_into_id_titles_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."titles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recommendation_sets" ADD CONSTRAINT "recommendation_sets_weights_id_weights_versions_id_fk" FOREIGN KEY ("weights_id") REFERENCES "public"."weights_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_previous_hash" ON "api_keys" USING btree ("previous_hash");--> statement-breakpoint
-- The titles nearest to a title by the vectors of the active model, the nearest first, without itself and removed ones.
-- A partial index is used only where its model and dimensions stand in the statement as constants, and only a statement
-- that is put together here has them without a second round trip. Where there is no index it compares with all vectors.
-- The planner takes a distance for as cheap as an addition; without sorts it uses an index wherever there is one.
-- An index knows nothing of removed titles: when too few of the nearest 200 are left, all vectors are compared.
CREATE FUNCTION "similar_titles"(of_title integer, wanted integer)
RETURNS TABLE ("title_id" integer, "distance" double precision)
LANGUAGE plpgsql STABLE
SET hnsw.ef_search = 200
SET enable_sort = off
AS $$
DECLARE
  active record;
  own halfvec;
  ids integer[] := '{}';
  distances double precision[] := '{}';
BEGIN
  SELECT m.model, m.dimensions INTO active FROM embedding_models m WHERE m.active LIMIT 1;
  IF NOT FOUND THEN RETURN; END IF;
  SELECT e.vector INTO own FROM embeddings e WHERE e.title_id = of_title AND e.model = active.model;
  IF NOT FOUND THEN RETURN; END IF;
  IF active.dimensions <= 4000 THEN
    EXECUTE format(
      'SELECT array_agg(n.title_id ORDER BY n.distance, n.title_id), array_agg(n.distance ORDER BY n.distance, n.title_id)
       FROM (
         SELECT near.title_id, near.distance
         FROM (
           SELECT e.title_id, e.vector::halfvec(%1$s) <=> $1::halfvec(%1$s) AS distance
           FROM embeddings e WHERE e.model = %2$L
           ORDER BY e.vector::halfvec(%1$s) <=> $1::halfvec(%1$s) LIMIT 200
         ) near JOIN titles t ON t.id = near.title_id
         WHERE t.removed_at IS NULL AND near.title_id <> $2 ORDER BY near.distance, near.title_id LIMIT $3
       ) n', active.dimensions, active.model)
    INTO ids, distances USING own, of_title, wanted;
  END IF;
  IF coalesce(cardinality(ids), 0) < wanted THEN
    RETURN QUERY
      SELECT e.title_id, e.vector <=> own AS nearness
      FROM embeddings e JOIN titles t ON t.id = e.title_id
      WHERE e.model = active.model AND e.title_id <> of_title AND t.removed_at IS NULL
      ORDER BY nearness, e.title_id LIMIT wanted;
    RETURN;
  END IF;
  RETURN QUERY SELECT n.id, n.distance FROM unnest(ids, distances) AS n(id, distance);
END $$;
