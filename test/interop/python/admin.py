"""An administrator in another language: a company, a key and its revocation over the admin socket, and the
records of all of it. The key made here is also used here, over the decision socket."""

import grpc
from postern.v1 import audit_pb2, audit_pb2_grpc
from postern.v1 import authorization_pb2, authorization_pb2_grpc
from postern.v1 import company_pb2, company_pb2_grpc
from postern.v1 import key_pb2, key_pb2_grpc
from postern.v1 import policy_pb2, policy_pb2_grpc
from postern.v1 import system_pb2, system_pb2_grpc

from wire import DEADLINE_S, as_json, failure_of, hexadecimal, read_job, tell

COMPANY = "cmp_corona"


def check(sidecar, request_id, secret):
    request = authorization_pb2.CheckRequest(request_id=request_id, api_key=secret, operation="payments.create")
    answer = sidecar.Check(request, timeout=DEADLINE_S)
    return {
        "reason": authorization_pb2.Reason.Name(answer.reason),
        "company": answer.subject.company_id,
        "index": answer.audit_record.index,
        "leaf": hexadecimal(answer.audit_record.leaf),
    }


def life_of_a_key(admin, host):
    companies = company_pb2_grpc.CompanyServiceStub(admin)
    keys = key_pb2_grpc.KeyServiceStub(admin)
    sidecar = authorization_pb2_grpc.AuthorizationServiceStub(host)
    made = companies.CreateCompany(company_pb2.CreateCompanyRequest(company_id=COMPANY), timeout=DEADLINE_S)
    draft = key_pb2.CreateKeyRequest(
        request_id="py-key",
        company_id=COMPANY,
        environment="live",
        label="Ключ 鍵",
        scopes=["payments:*"],
    )
    created = keys.CreateKey(draft, timeout=DEADLINE_S)
    key_id = created.key.key_id
    before = check(sidecar, "py-before", created.secret)
    deactivated = keys.DeactivateKey(key_pb2.DeactivateKeyRequest(key_id=key_id), timeout=DEADLINE_S)
    inactive = check(sidecar, "py-inactive", created.secret)
    keys.ActivateKey(key_pb2.ActivateKeyRequest(key_id=key_id), timeout=DEADLINE_S)
    revoke = key_pb2.RevokeKeyRequest(key_id=key_id, reason="the test is over")
    revoked = keys.RevokeKey(revoke, timeout=DEADLINE_S)
    listed = keys.ListKeys(key_pb2.ListKeysRequest(company_id=COMPANY), timeout=DEADLINE_S)
    return {
        "company": as_json(made.company),
        "key_id": key_id,
        "deactivated": as_json(deactivated.key)["status"],
        "revoked": as_json(revoked.key),
        "listed": [as_json(key) for key in listed.keys],
        "checks": [before, inactive, check(sidecar, "py-after", created.secret)],
        "failures": {
            "again": failure_of(keys.CreateKey, draft),
            "absent": failure_of(companies.GetCompany, company_pb2.GetCompanyRequest(company_id="cmp_nowhere")),
            "activate revoked": failure_of(keys.ActivateKey, key_pb2.ActivateKeyRequest(key_id=key_id)),
            "many faults": failure_of(keys.CreateKey, key_pb2.CreateKeyRequest(networks=["192.0.2.0/33"])),
        },
    }


def records_of(admin):
    audit = audit_pb2_grpc.AuditServiceStub(admin)
    of_company = audit_pb2.RecordFilter(company_id=COMPANY)
    found, token = [], ""
    while True:
        query = audit_pb2.QueryRecordsRequest(filter=of_company, page_size=2, page_token=token)
        page = audit.QueryRecords(query, timeout=DEADLINE_S)
        found.extend([record.index, hexadecimal(record.leaf)] for record in page.records)
        token = page.next_page_token
        if not token:
            break
    tail = audit_pb2.TailRecordsRequest(from_index=0, filter=of_company, stop_at_end=True)
    tailed = [
        [record.index, hexadecimal(record.leaf)]
        for page in audit.TailRecords(tail, timeout=DEADLINE_S)
        for record in page.records
    ]
    *_, last = audit.VerifyLog(audit_pb2.VerifyLogRequest(), timeout=DEADLINE_S)
    return {
        "queried": found,
        "tailed": tailed,
        "verified": {"ok": last.result.ok, "root": hexadecimal(last.result.root_hash), "size": last.log_size},
    }


def main():
    job = read_job()
    with grpc.insecure_channel(job["admin"]) as admin, grpc.insecure_channel(job["decision"]) as host:
        life = life_of_a_key(admin, host)
        policies = policy_pb2_grpc.PolicyServiceStub(admin)
        system = system_pb2_grpc.SystemServiceStub(admin)
        policy = policies.GetPolicyStatus(policy_pb2.GetPolicyStatusRequest(), timeout=DEADLINE_S)
        status = system.GetStatus(system_pb2.GetStatusRequest(), timeout=DEADLINE_S)
        tell(
            {
                **life,
                **records_of(admin),
                "revision": policy.active_revision,
                "ready": status.ready,
                "environment": status.environment,
            }
        )


main()
