import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  Kind,
  type VariableNode,
  visit,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Principal } from '../../schema/principal.ts';

/** What tells callers apart. */
interface CallerContext {
  readonly principal: Principal;
}

type Rendered = ExecutionResult | Promise<ExecutionResult>;

/** Subscriptions that show the same event in the same way. */
interface Group {
  subscribers: number;
  readonly rendered: WeakMap<object, Rendered>;
}

/** The groups of one document. */
interface Sharing {
  readonly cursors: ReadonlySet<string>;
  readonly groups: Map<string, Group>;
}

/** The argument of a subscription that says where it begins; it has no say in how an event looks. */
const CURSOR_ARGUMENT = 'after';
/** Renderings kept over all groups; a subscriber so far behind that its event is no longer there renders it again. */
const MOST_RENDERED = 2_048;

/**
 * Executes the result of an event once for all subscriptions that would get the same: those with the same document,
 * operation, variables (but for the cursor) and rights. What a key may see follows from all of its principal but the
 * name, id and expiry of the key itself. It takes effect for sources that give every subscriber the very same event object; how
 * fast each subscriber goes, and when it ends, stays its own affair. A field that tells the time tells that of the first
 * rendering.
 */
export function sharedExecution(): Plugin<CallerContext> {
  const documents = new WeakMap<DocumentNode, Sharing>();
  const recent: { group: Group; event: object }[] = [];
  let oldest = 0;

  const keep = (group: Group, event: object, rendered: Rendered) => {
    const evicted = recent[oldest];
    evicted?.group.rendered.delete(evicted.event);
    recent[oldest] = { group, event };
    oldest = (oldest + 1) % MOST_RENDERED;
    group.rendered.set(event, rendered);
  };

  const render = (group: Group, args: ExecutionArgs, event: unknown): Rendered => {
    const once = () => execute({ ...args, rootValue: event });
    if (group.subscribers < 2 || typeof event !== 'object' || event === null) return once();
    const known = group.rendered.get(event);
    if (known) return known;
    const result = once();
    const rendered = result instanceof Promise ? result.then(toBeWrittenOnce) : toBeWrittenOnce(result);
    keep(group, event, rendered);
    return rendered;
  };

  const join = (args: ExecutionArgs, principal: Principal) => {
    const { document } = args;
    const sharing = documents.get(document) ?? { cursors: cursorVariables(document), groups: new Map() };
    documents.set(document, sharing);
    const key = groupKey(args, principal, sharing.cursors);
    const group = sharing.groups.get(key) ?? { subscribers: 0, rendered: new WeakMap() };
    sharing.groups.set(key, group);
    group.subscribers += 1;
    let isIn = true;
    const leave = () => {
      if (!isIn) return;
      isIn = false;
      group.subscribers -= 1;
      if (group.subscribers === 0) sharing.groups.delete(key);
    };
    return { group, leave };
  };

  return {
    onSubscribe: ({ args: { contextValue }, setSubscribeFn }) =>
      setSubscribeFn(async (args) => {
        const source = await createSourceEventStream(args);
        if (!isAsyncIterable(source)) return source;
        const { group, leave } = join(args, contextValue.principal);
        return mapped(source, (event) => render(group, args, event), leave);
      }),
  };
}

function groupKey(
  { operationName, variableValues }: ExecutionArgs,
  { id, name, expiresAt, ...rights }: Principal,
  cursors: ReadonlySet<string>,
): string {
  const variables = Object.entries(variableValues ?? {}).filter(([variable]) => !cursors.has(variable));
  return JSON.stringify([operationName ?? null, variables, rights]);
}

/** Variables that stand for the cursor of a root field and are used nowhere else. */
function cursorVariables(document: DocumentNode): ReadonlySet<string> {
  const cursors = new Set<VariableNode>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const field of definition.selectionSet.selections) {
      if (field.kind !== Kind.FIELD) continue;
      for (const { name, value } of field.arguments ?? [])
        if (name.value === CURSOR_ARGUMENT && value.kind === Kind.VARIABLE) cursors.add(value);
    }
  }
  const names = new Set([...cursors].map(({ name }) => name.value));
  visit(document, {
    VariableDefinition: () => false,
    Variable: (node) => {
      if (!cursors.has(node)) names.delete(node.name.value);
    },
  });
  return names;
}

/** The source's events as results, each when it is asked for. */
function mapped(
  source: AsyncIterable<unknown>,
  render: (event: unknown) => Rendered,
  onEnd: () => void,
): AsyncIterableIterator<ExecutionResult, undefined> {
  const events = source[Symbol.asyncIterator]();
  const end = (): IteratorResult<never, undefined> => {
    onEnd();
    return { done: true, value: undefined };
  };
  const fail = (error: unknown): never => {
    onEnd();
    throw error;
  };
  const toItem = (value: ExecutionResult): IteratorResult<ExecutionResult, undefined> => ({
    done: false,
    value,
  });
  const onEvent = ({ done, value }: IteratorResult<unknown>) => {
    if (done) return end();
    const rendered = render(value);
    return rendered instanceof Promise ? rendered.then(toItem) : toItem(rendered);
  };
  return {
    next: () => events.next().then(onEvent, fail),
    return: async () => {
      onEnd();
      await events.return?.();
      return end();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The JSON of shared results, once somebody has written it. */
const texts = new WeakMap<ExecutionResult, { json?: string }>();

function toBeWrittenOnce(result: ExecutionResult): ExecutionResult {
  texts.set(result, {});
  return result;
}

/** The JSON of a result, written once however many subscribers share it. */
export function resultText(result: ExecutionResult): string {
  const shared = texts.get(result);
  if (!shared) return JSON.stringify(result);
  shared.json ??= JSON.stringify(result);
  return shared.json;
}
