"""What both programs of this folder share: how an answer or a failure is told to the test as JSON.

Everything is read through the classes that protoc generated from our contract; nothing is imported
that Postern wrote.
"""

import json
import sys

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2

DEADLINE_S = 20


def read_job():
    return json.load(sys.stdin)


def tell(results):
    json.dump(results, sys.stdout)


def as_json(message):
    """A message in the JSON form of protobuf, fields without a value included."""
    return json_format.MessageToDict(message, always_print_fields_with_no_presence=True)


def hexadecimal(encoded):
    return encoded.hex()


def details_of(status):
    """What the details of a google.rpc.Status say, by the type of each."""
    told = {"code": status.code}
    for detail in status.details:
        info, faults = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        if detail.Unpack(info):
            told["domain"], told["reason"] = info.domain, info.reason
            told["metadata"] = dict(info.metadata)
        elif detail.Unpack(faults):
            told["fields"] = [violation.field for violation in faults.field_violations]
    return told


def failure_of(call, request):
    """Makes a call that must fail, and tells how it did."""
    try:
        call(request, timeout=DEADLINE_S)
    except grpc.RpcError as error:
        told = {"status": error.code().name}
        for key, value in error.trailing_metadata():
            if key == "grpc-status-details-bin":
                told.update(details_of(status_pb2.Status.FromString(value)))
        return told
    return {"status": "OK"}
