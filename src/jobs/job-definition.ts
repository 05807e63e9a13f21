import { z } from 'zod';
import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import type { JobServices } from './job-services.ts';

/** What jobs write. Two jobs that write the same resource never run at the same time. */
type Resource =
  | 'catalog'
  | 'metadata'
  | 'watch'
  | 'embeddings'
  | 'recommendations'
  | 'libraries'
  | 'evaluation';

/** Flat counts a job ends with, e.g. `{ seriesAdded: 12 }`. */
export type RunResult = Record<string, number>;

/** Parameters as stored with a run: plain JSON. */
export type RunParams = Record<string, unknown>;

/** A job as the engine sees it; made by `defineJob`. */
export interface JobDefinition {
  /** Kebab form, as in the CLI and the scheduler; the API's enum is its upper-case form. */
  readonly name: string;
  readonly description: string;
  readonly resources: readonly Resource[];
  /** Jobs that must have succeeded once before this one makes sense. */
  readonly prerequisites: readonly string[];
  /**
   * What makes the outcome of this job outdated: jobs before it, with the figures of their results that say so when
   * they are above 0. A job that needs this one is told when such a run ended after this job last began.
   */
  readonly outdatedBy: Readonly<Record<string, readonly string[]>>;
  /** How often a run is started at most, crashes and retried outside failures included. */
  readonly maxAttempts: number;
  /** Wait before the second attempt in ms; it doubles with each further one. */
  readonly backoffMs: number;
  /** Names of the parameters it takes. */
  readonly parameters: readonly string[];
  /** The figures it ends with: what each of them counts, by name. */
  readonly results: Readonly<Record<string, string>>;
  /** Those of them that a run may not know: it leaves them out, and they are shown as null. */
  readonly unknownResults: readonly string[];
  /** Checks parameters and fills in defaults; throws `BAD_INPUT` naming the parameter. */
  parse(params: RunParams): RunParams;
  run(context: VerbContext, services: JobServices, params: RunParams): Promise<RunResult>;
}

/** A parameter that narrows a job to some items, by their ids in our database. An empty list would do nothing at all. */
export const someIds = z.array(z.number().int()).min(1, 'At least one id is needed.').optional();

/** The data of a job: everything but the one call is policy. */
interface JobSpec<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly resources: readonly Resource[];
  readonly prerequisites?: readonly string[];
  readonly outdatedBy?: Readonly<Record<string, readonly string[]>>;
  readonly maxAttempts?: number;
  readonly backoffMs?: number;
  readonly params: z.ZodObject<Shape>;
  readonly results?: Readonly<Record<string, string>>;
  readonly unknownResults?: readonly string[];
  run(context: VerbContext, services: JobServices, params: z.output<z.ZodObject<Shape>>): Promise<RunResult>;
}

/** Makes a job of one verb: its parameters are checked when it is asked for and again when it runs. */
export function defineJob<Shape extends z.ZodRawShape>(spec: JobSpec<Shape>): JobDefinition {
  const schema = spec.params.strict();
  const parse = (params: RunParams) => {
    const parsed = schema.safeParse(params);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const field =
      issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.map((part) => String(part)).join('.');
    const accepted = Object.keys(spec.params.shape).join(', ') || 'none';
    throw new ShowrunnerError(
      'BAD_INPUT',
      `${spec.name} does not accept this parameter: ${issue?.message ?? ''}`,
      {
        ...(field && { field, value: JSON.stringify(params[field.split('.')[0] ?? field]) ?? 'undefined' }),
        remedy:
          issue?.code === 'unrecognized_keys'
            ? `Parameters of ${spec.name}: ${accepted}.`
            : `Change ${field}, or leave it out.`,
      },
    );
  };
  return {
    name: spec.name,
    description: spec.description,
    resources: spec.resources,
    prerequisites: spec.prerequisites ?? [],
    outdatedBy: spec.outdatedBy ?? {},
    maxAttempts: spec.maxAttempts ?? 3,
    backoffMs: spec.backoffMs ?? 5_000,
    parameters: Object.keys(spec.params.shape),
    results: spec.results ?? {},
    unknownResults: spec.unknownResults ?? [],
    parse: (params) => ({ ...parse(params) }),
    run: (context, services, params) => spec.run(context, services, parse(params)),
  };
}

/** All jobs by name. Start-up fails on a name that is defined twice or a prerequisite that does not exist. */
export type JobRegistry = ReadonlyMap<string, JobDefinition>;

/** Builds the registry and checks that it is whole. */
export function createRegistry(definitions: readonly JobDefinition[]): JobRegistry {
  const registry = new Map<string, JobDefinition>();
  for (const definition of definitions) {
    if (registry.has(definition.name))
      throw new Error(`The job ${definition.name} is defined twice: remove one of its definitions.`);
    registry.set(definition.name, definition);
  }
  for (const definition of definitions)
    for (const name of definition.prerequisites)
      if (!registry.has(name))
        throw new Error(
          `${definition.name} needs the job ${name}, which is not defined: add it to job-list.ts.`,
        );
  for (const definition of definitions) checkFigures(registry, definition);
  return registry;
}

/** A figure with a slip in its name would never say that anything is outdated. */
function checkFigures(registry: JobRegistry, { name, outdatedBy }: JobDefinition): void {
  for (const [job, figures] of Object.entries(outdatedBy)) {
    const known = registry.get(job)?.results ?? {};
    const unknown = figures.find((figure) => known[figure] === undefined);
    if (unknown !== undefined)
      throw new Error(`${name} looks at ${unknown} of the job ${job}, which has no such result.`);
  }
}
