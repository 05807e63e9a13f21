import { z } from 'zod';

const ruleSchema = z
  .object({
    /** Regular expression that path and query must match. */
    match: z.string().default('.'),
    kind: z.enum(['status', 'timeout', 'cut', 'garbage', 'empty', 'rate-limit', 'page-shift']),
    /** For `status`; 503 when left out. */
    status: z.number().int().min(400).max(599).default(503),
    /** For `status` and `rate-limit`. */
    retryAfterSeconds: z.number().int().min(0).optional(),
    /** For `page-shift`: 1 as if an item had been added in front, so that one repeats; -1 removed, so that one is skipped. */
    shift: z.union([z.literal(1), z.literal(-1)]).default(1),
    /** Requests that it meets; all when left out. */
    times: z.number().int().positive().optional(),
    /** Matching requests to let pass first. */
    after: z.number().int().min(0).default(0),
  })
  .refine((rule) => isPattern(rule.match), { path: ['match'], message: 'is not a regular expression' });

/** Body of `POST /demo/faults`. What is left out is off: an empty object ends all faults. */
export const faultsSchema = z.object({
  /** Waited before every answer. */
  latencyMs: z.number().min(0).default(0),
  rules: z.array(ruleSchema).default([]),
});

/** Faults as a caller writes them. */
export type FaultsInput = z.input<typeof faultsSchema>;
/** One fault. */
export type FaultRule = z.output<typeof ruleSchema>;

/** The faults in force. */
export interface Faults {
  readonly latencyMs: number;
  /** Replaces all rules and the latency; counting starts anew. */
  set(input: z.output<typeof faultsSchema>): void;
  /** The first rule that meets this request, which is counted; null when it goes through unharmed. */
  next(pathAndQuery: string): FaultRule | null;
}

/** Faults that start as `initial`. */
export function createFaults(initial: z.output<typeof faultsSchema>): Faults {
  let latencyMs = initial.latencyMs;
  let rules = compile(initial.rules);
  return {
    get latencyMs() {
      return latencyMs;
    },
    set: (input) => {
      latencyMs = input.latencyMs;
      rules = compile(input.rules);
    },
    next: (pathAndQuery) => {
      for (const entry of rules) {
        if (!entry.pattern.test(pathAndQuery)) continue;
        entry.seen++;
        const isOver = entry.rule.times !== undefined && entry.seen > entry.rule.after + entry.rule.times;
        if (entry.seen > entry.rule.after && !isOver) return entry.rule;
      }
      return null;
    },
  };
}

function compile(rules: readonly FaultRule[]) {
  return rules.map((rule) => ({ rule, pattern: new RegExp(rule.match, 'i'), seen: 0 }));
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
