/** Requests remembered one by one; older ones are only counted. */
const KEPT = 10_000;

/** One request that the demo server got. */
export interface RequestRecord {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** The query string without credentials. */
  readonly query: string;
  /** Null while it is under way, and when it was never answered. */
  status: number | null;
  durationMs: number | null;
}

/** Counts and remembers requests; control requests are not among them. */
export class RequestLog {
  #total = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  #records: RequestRecord[] = [];

  /** Notes the begin of a request; call `end` once with the status, or null when it got no answer. */
  begin(at: Date, method: string, url: URL): { end(status: number | null): void } {
    const parameters = new URLSearchParams(url.searchParams);
    for (const name of ['ApiKey', 'api_key']) parameters.delete(name);
    const record: RequestRecord = {
      at: at.toISOString(),
      method,
      path: url.pathname,
      query: parameters.toString(),
      status: null,
      durationMs: null,
    };
    const start = performance.now();
    this.#total++;
    this.#inFlight++;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records = this.#records.slice(KEPT / 2);
    return {
      end: (status) => {
        this.#inFlight--;
        record.status = status;
        record.durationMs = Math.round((performance.now() - start) * 10) / 10;
      },
    };
  }

  /** What `GET /demo/requests` answers; `match` is a regular expression on `method path?query`. */
  report(match: string | null) {
    const pattern = match === null ? null : new RegExp(match, 'i');
    const requests = pattern
      ? this.#records.filter((one) => pattern.test(`${one.method} ${one.path}?${one.query}`))
      : this.#records;
    return {
      total: this.#total,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      count: requests.length,
      requests,
    };
  }

  /** Forgets everything but what is under way. */
  clear(): void {
    this.#total = 0;
    this.#maxInFlight = this.#inFlight;
    this.#records = [];
  }
}
