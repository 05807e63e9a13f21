import type { StepProgress, WorkflowEvent } from './operations.ts';

/** One job of the workflow as the view shows it. */
interface JobLine {
  readonly job: string;
  state: string;
  step: StepProgress | undefined;
  startedAt: number;
  tookMs: number;
  result: { name: string; value: number }[];
  notes: string[];
}

const BAR = 24;
const DONE = new Set(['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED']);

/** Draws a workflow's progress: in place on a terminal, a line for each step that ends anywhere else. */
export class WorkflowView {
  readonly #out: NodeJS.WriteStream;
  readonly #lines: JobLine[] = [];
  #current: JobLine | undefined;
  #drawn = 0;
  #drawnAt = 0;
  /** How the workflow ended; undefined while it runs. */
  state = 'RUNNING';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** Takes in one item of the subscription. */
  show(event: WorkflowEvent, now: number): void {
    this.#take(event, now);
    if (!this.#out.isTTY) return;
    const urgent = event.__typename !== 'JobProgress';
    if (urgent || now - this.#drawnAt > 80) this.#draw(now);
  }

  #take(event: WorkflowEvent, now: number): void {
    if (event.__typename === 'WorkflowSnapshot') {
      this.state = event.workflow.state;
      if (this.#lines.length === 0) this.#lines.push(...event.workflow.jobs.map(newLine));
      return;
    }
    if (event.__typename === 'JobRunSnapshot') {
      this.#current = this.#lines.find((line) => line.job === event.run.job && !DONE.has(line.state));
      return;
    }
    const line = this.#current;
    if (!line) return;
    if (event.__typename === 'JobStateChanged') {
      line.state = event.state;
      const at = Date.parse(event.at);
      if (event.state === 'RUNNING') line.startedAt = at;
      line.tookMs = at - line.startedAt;
      line.result = event.result?.counts ?? [];
      if (event.error) line.notes.push(`${event.error.message} ${event.error.remedy ?? ''}`.trim());
      if (DONE.has(event.state)) this.#print(summary(line, now));
    } else if (event.__typename === 'JobItemFailed')
      line.notes.push(`${event.item}: ${event.error?.message}`);
    else if (event.__typename === 'JobLogLine') {
      if (event.level === 'warn' || event.level === 'error') line.notes.push(event.message);
    } else if ('step' in event) {
      line.step = event.step;
      const counted = event.step.done > 0 || event.step.total !== null;
      if (event.__typename === 'JobStepFinished' && counted)
        this.#print(`    ${event.step.name}: ${amount(event.step)}`);
    }
  }

  #print(text: string): void {
    if (!this.#out.isTTY) this.#out.write(`${text}\n`);
  }

  #draw(now: number): void {
    const rows = this.#lines.flatMap((line) => [
      summary(line, now),
      ...line.notes.slice(-3).map((note) => `      ${note}`),
    ]);
    const width = this.#out.columns || 100;
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    const text = rows.map((row) => `\u001b[2K${cut(row, width - 1)}\n`).join('');
    this.#out.write(`${up}\u001b[0J${text}`);
    this.#drawn = rows.length;
    this.#drawnAt = now;
  }
}

function newLine(job: string): JobLine {
  return { job, state: 'QUEUED', step: undefined, startedAt: 0, tookMs: 0, result: [], notes: [] };
}

function summary(line: JobLine, now: number): string {
  const name = line.job.toLowerCase().replaceAll('_', '-').padEnd(33);
  const mark = { SUCCEEDED: '✓', PARTIAL: '!', FAILED: '✗', CANCELLED: '✗', QUEUED: '·' }[line.state] ?? '›';
  if (DONE.has(line.state)) {
    const figures = line.result
      .filter(({ value }) => value > 0)
      .map(({ name: what, value }) => `${words(what)} ${number(value)}`);
    return `  ${mark} ${name}${seconds(line.tookMs).padStart(7)}  ${figures.join(', ') || 'nothing to do'}`;
  }
  if (!line.step) return `  ${mark} ${name}`;
  const elapsed = seconds(Math.max(0, now - line.startedAt)).padStart(7);
  return `  ${mark} ${name}${elapsed}  ${bar(line.step)} ${line.step.name}: ${amount(line.step)}${pace(line.step)}`;
}

function bar({ done, total }: StepProgress): string {
  if (!total) return ''.padEnd(BAR, '·');
  const filled = Math.min(BAR, Math.round((done / total) * BAR));
  return '━'.repeat(filled) + '┄'.repeat(BAR - filled);
}

function amount({ done, total, unit }: StepProgress): string {
  const count = total === null ? number(done) : `${number(done)}/${number(total)}`;
  return unit ? `${count} ${unit}` : count;
}

function pace({ ratePerSecond, timeLeftMs }: StepProgress): string {
  const rate = ratePerSecond ? `, ${number(Math.round(ratePerSecond))}/s` : '';
  return timeLeftMs ? `${rate}, ${seconds(timeLeftMs)} left` : rate;
}

function words(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** Shortens a row so that it never wraps: a wrapped one would break drawing in place. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
