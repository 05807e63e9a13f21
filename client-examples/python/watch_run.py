"""Starts a job, or takes the id of a run, and follows it over server-sent events.

Standard library only:

    python3 client-examples/python/watch_run.py SYNC_SERIES
"""

import http.client
import json
import os
import sys
import time
from urllib.parse import urlsplit

ENDPOINT = urlsplit(os.environ.get("SHOWRUNNER_URL", "http://127.0.0.1:4400/graphql"))
KEY = os.environ.get("SHOWRUNNER_KEY", "")
FINAL = ("SUCCEEDED", "PARTIAL", "FAILED", "CANCELLED")
RETRY_SECONDS = 1
# Longer than the server's silence on a quiet stream; a dead connection is noticed after this.
TIMEOUT_SECONDS = 60

START = """
mutation ($job: JobName!) {
  runJob(input: { job: $job }) {
    ... on StartedRun { run { id } }
    ... on Failure { message remedy }
  }
}"""

WATCH = """
subscription ($runId: ID!, $after: String) {
  jobRunEvents(runId: $runId, after: $after) {
    __typename at cursor
    ... on JobRunSnapshot { run { job state } }
    ... on JobStateChanged { state reason error { message remedy } result { counts { name value } } }
    ... on JobStepFinished { step { name unit done total } }
    ... on JobProgress { step { name unit done total } }
    ... on JobLogLine { level message }
    ... on JobItemFailed { item failure: error { message remedy } }
  }
}"""


class Refused(Exception):
    """The server answered, and trying again would change nothing."""


def post(query, variables, accept):
    """Sends an operation and returns the answer, open for reading."""
    make = http.client.HTTPSConnection if ENDPOINT.scheme == "https" else http.client.HTTPConnection
    connection = make(ENDPOINT.netloc, timeout=TIMEOUT_SECONDS)
    body = json.dumps({"query": query, "variables": variables})
    headers = {"Content-Type": "application/json", "Accept": accept, "Authorization": f"Bearer {KEY}"}
    connection.request("POST", ENDPOINT.path, body, headers)
    response = connection.getresponse()
    if response.status >= 500:
        raise http.client.HTTPException(f"The server answered with status {response.status}.")
    if response.status != 200:
        data_of(json.load(response))
        raise Refused(f"The server answered with status {response.status}.")
    return response


def data_of(answer):
    """The data of an answer, or Refused with the server's message."""
    if answer.get("errors"):
        raise Refused(answer["errors"][0]["message"])
    return answer.get("data")


def items(response):
    """The results in a stream: lines `event:` and `data:`, an empty line after each event, comments begin with `:`."""
    event = ""
    while line := response.readline():
        text = line.decode("utf-8").rstrip("\r\n")
        if text.startswith("event:"):
            event = text[6:].strip()
        elif text.startswith("data:") and event == "next":
            yield data_of(json.loads(text[5:]))
        elif event == "complete":
            return


def start(job):
    payload = data_of(json.load(post(START, {"job": job}, "application/json")))["runJob"]
    if "run" not in payload:
        raise Refused(" ".join(filter(None, (payload["message"], payload["remedy"]))))
    return payload["run"]["id"]


def follow(run_id):
    """Prints the events of a run to its end and returns its final state. A lost connection is taken up where it was."""
    after, state = None, ""
    while state not in FINAL:
        reason = "the stream ended"
        try:
            for data in items(post(WATCH, {"runId": run_id, "after": after}, "text/event-stream")):
                event = data["jobRunEvents"]
                after = event["cursor"] or after
                state = event.get("state") or event.get("run", {}).get("state") or state
                show(event)
        except (OSError, http.client.HTTPException) as error:
            reason = error
        if state not in FINAL:
            print(f"There is no connection to the server ({reason}), trying again.", file=sys.stderr)
            time.sleep(RETRY_SECONDS)
    return state


def show(event):
    text = describe(event)
    if text:
        print(f"{event['at'][11:19]}  {text}", flush=True)


def describe(event):
    kind = event["__typename"]
    if kind == "JobRunSnapshot":
        return f"{event['run']['job']}: {event['run']['state']} as we look"
    if kind == "JobStateChanged":
        error = event["error"] or {}
        counts = " ".join(f"{count['name']}={count['value']}" for count in (event["result"] or {}).get("counts", []))
        parts = (event["state"], event["reason"], error.get("message"), error.get("remedy"), counts)
        return "  ".join(filter(None, parts))
    if kind in ("JobStepFinished", "JobProgress"):
        step = event["step"]
        total = "" if step["total"] is None else f"/{step['total']}"
        return f"  {step['name']}: {step['done']}{total} {step['unit'] or ''}".rstrip()
    if kind == "JobLogLine":
        return f"  {event['level']}: {event['message']}"
    if kind == "JobItemFailed":
        failure = event["failure"]
        return "  failed: " + " – ".join(filter(None, (event["item"], failure["message"], failure["remedy"])))
    return None


def main():
    if len(sys.argv) != 2 or not KEY:
        sys.exit("Set SHOWRUNNER_KEY, and give a job such as SYNC_SERIES or the id of a run.")
    argument = sys.argv[1]
    try:
        state = follow(start(argument) if argument.isupper() else argument)
    except (Refused, OSError) as error:
        sys.exit(str(error))
    sys.exit(0 if state == "SUCCEEDED" else 1)


if __name__ == "__main__":
    main()
