"""A host in another language: makes every decision call over the decision socket, as a service would."""

import grpc
from google.protobuf import json_format
from health.v1 import health_pb2, health_pb2_grpc
from postern.v1 import authorization_pb2 as pb
from postern.v1 import authorization_pb2_grpc as rpc

from wire import DEADLINE_S, as_json, details_of, failure_of, read_job, tell


def check_each(sidecar, requests):
    return {
        name: as_json(sidecar.Check(json_format.ParseDict(request, pb.CheckRequest()), timeout=DEADLINE_S))
        for name, request in requests.items()
    }


def check_together(sidecar, api_key):
    """One batch of a good item, one of another company, and one that is no item."""
    items = [
        pb.BatchItem(request_id="b-1", operation="payments.create"),
        pb.BatchItem(request_id="b-2", operation="payments.create", claimed_company_ids=["cmp_borealis"]),
        pb.BatchItem(request_id="b-3"),
    ]
    source = pb.Source(ip="2001:db8::10", user_agent="python")
    request = pb.BatchCheckRequest(api_key=api_key, source=source, items=items)
    results = sidecar.BatchCheck(request, timeout=DEADLINE_S).results
    return [
        {"response": as_json(result.response)}
        if result.WhichOneof("result") == "response"
        else {"error": details_of(result.error)}
        for result in results
    ]


def check_streamed(sidecar, api_key, decision_id):
    """Everything is sent before anything is read; answers are matched by their id."""
    messages = [
        pb.StreamCheckRequest(check=pb.CheckRequest(request_id=f"s-{n}", api_key=api_key, operation="banks.read"))
        for n in range(100)
    ]
    messages.append(pb.StreamCheckRequest(check=pb.CheckRequest(request_id="s-bad", api_key=api_key)))
    messages.append(pb.StreamCheckRequest(check=pb.CheckRequest(request_id="s-none", operation="banks.read")))
    success = pb.Outcome.STATUS_SUCCESS
    messages.append(pb.StreamCheckRequest(outcome=pb.Outcome(decision_id=decision_id, status=success)))
    told = {}
    for response in sidecar.StreamCheck(iter(messages), timeout=DEADLINE_S):
        for result in response.results:
            kind = result.WhichOneof("result")
            if kind == "response":
                told[result.id] = pb.Reason.Name(result.response.reason)
            elif kind == "error":
                told[result.id] = details_of(result.error)
            else:
                told["outcome"] = pb.OutcomeResult.State.Name(result.outcome.state)
    return told


def report(sidecar, decision_id):
    outcomes = [
        pb.Outcome(decision_id=decision_id, status=pb.Outcome.STATUS_SERVER_ERROR, http_status=502),
        pb.Outcome(decision_id=decision_id, status=pb.Outcome.STATUS_SUCCESS),
        pb.Outcome(decision_id="dec_00000000-0000-4000-8000-000000000000", status=pb.Outcome.STATUS_UNKNOWN),
    ]
    results = sidecar.ReportOutcomes(pb.ReportOutcomesRequest(outcomes=outcomes), timeout=DEADLINE_S).results
    return [pb.OutcomeResult.State.Name(result.state) for result in results]


def main():
    job = read_job()
    with grpc.insecure_channel(job["address"]) as channel:
        sidecar = rpc.AuthorizationServiceStub(channel)
        health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=DEADLINE_S)
        checks = check_each(sidecar, job["checks"])
        streamed_decision, reported_decision = (
            sidecar.Check(
                pb.CheckRequest(request_id=name, api_key=job["api_key"], operation="payments.create"),
                timeout=DEADLINE_S,
            ).decision_id
            for name in ("o-1", "o-2")
        )
        tell(
            {
                "health": health_pb2.HealthCheckResponse.ServingStatus.Name(health.status),
                "checks": checks,
                "batch": check_together(sidecar, job["api_key"]),
                "stream": check_streamed(sidecar, job["api_key"], streamed_decision),
                "outcomes": report(sidecar, reported_decision),
                "failures": {
                    name: failure_of(sidecar.Check, json_format.ParseDict(request, pb.CheckRequest()))
                    for name, request in job["failures"].items()
                },
            }
        )


main()
