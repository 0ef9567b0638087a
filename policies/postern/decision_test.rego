package postern_test

import rego.v1

import data.postern
import data.postern.sample_test as sample

test_a_call_that_passes_every_check_is_allowed if {
	postern.decision == {
		"allow": true,
		"reason": "allowed",
		"code": "",
		"cost": 1,
		"limits": [],
		"obligations": [],
		"labels": {"sensitivity": "normal"},
	} with input as sample.allowed_input
}

test_a_refused_call_names_no_limits_and_no_cost if {
	postern.decision == {
		"allow": false,
		"reason": "scope_missing",
		"code": "",
		"cost": 1,
		"limits": [],
		"obligations": [],
		"labels": {"sensitivity": "high"},
	} with input as sample.request({"operation": "exports.create"})
}

# The reasons in the contract's order; each step mends one fault and shows the next.
test_the_first_reason_of_the_contract_wins if {
	two_owners := sample.request({
		"operation": "nothing.known",
		"resource": {"company_id": "cmp_borealis"},
		"claimed_company_ids": ["cmp_borealis"],
	})
	postern.reason == "resource_company_mismatch" with input as two_owners

	no_owner := object.union(two_owners, {
		"request": {"operation": "banks.update", "resource": {"company_id": ""}},
		"environment": "test",
	})
	postern.reason == "resource_owner_missing" with input as no_owner

	owner_named := object.union(no_owner, {"request": {"resource": {"company_id": "cmp_aurora"}}})
	postern.reason == "claim_company_mismatch" with input as owner_named

	own_claims := object.union(owner_named, {"request": {"claimed_company_ids": []}})
	postern.reason == "scope_missing" with input as own_claims
	postern.reason == "operation_unknown" with input as own_claims
		with input.request.operation as "nothing.known"

	scoped := object.union(own_claims, {"key": {"scopes": ["banks:*"]}})
	postern.reason == "policy_denied" with input as scoped
	postern.code == "environment_mismatch" with input as scoped

	postern.reason == "allowed" with input as object.union(scoped, {"environment": "live"})
}

# Members without which the sample is still a good call. All others are needed.
not_needed := {
	["request", "id"],
	["request", "cost"],
	["request", "context"],
	["request", "source"],
	["request", "time"],
	["request", "time_us"],
	["request", "resource", "type"],
	["request", "resource", "id"],
	["request", "resource", "attributes"],
	["key", "id"],
	["key", "created_at"],
	["key", "not_before"],
	["key", "expires_at"],
	["key", "last_used_at"],
	["key", "networks"],
	["key", "labels"],
	["company", "labels"],
	["signals"],
}

# Members that may be null although they are needed: nothing was named, nothing is compared.
may_be_null := not_needed | {
	["request", "resource"],
	["request", "resource", "company_id"],
	["request", "claimed_company_ids"],
}

is_within(path, roots) if {
	some root in roots
	array.slice(path, 0, count(root)) == root
}

paths_of_the_sample contains path if {
	walk(sample.allowed_input, [path, _])
	count(path) > 0
}

without(path) := json.remove(sample.allowed_input, [concat("/", [sprintf("%v", [part]) | some part in path])])

exchanged(path, value) := json.patch(sample.allowed_input, [{
	"op": "replace",
	"path": concat("/", array.concat([""], [sprintf("%v", [part]) | some part in path])),
	"value": value,
}])

# Removing one element of a list leaves a shorter list, which is not a missing member.
names_a_member(path) if {
	every part in path {
		is_string(part)
	}
}

test_whatever_is_missing_never_allows if {
	every path in {p | some p in paths_of_the_sample; names_a_member(p); not is_within(p, not_needed)} {
		answer := postern.decision with input as without(path)
		answer.allow == false
		answer.reason != "allowed"
		count(answer) == 7
	}
}

test_whatever_is_null_never_allows if {
	every path in {p | some p in paths_of_the_sample; not is_within(p, may_be_null)} {
		answer := postern.decision with input as exchanged(path, null)
		answer.allow == false
		count(answer) == 7
	}
}

test_whatever_has_another_shape_never_allows if {
	values := [true, false, 7, "", "other", [], ["other"], {}, {"a": 1}]

	# An empty list of claims claims nothing, an empty text names no owner.
	harmless := {
		[["request", "claimed_company_ids"], []],
		[["request", "resource", "company_id"], ""],
	}
	every path in {p | some p in paths_of_the_sample; not is_within(p, not_needed)} {
		every value in values {
			answer := postern.decision with input as exchanged(path, value)
			denies_unless_harmless(answer, [path, value], harmless)
			count(answer) == 7
		}
	}
}

denies_unless_harmless(answer, _, _) if answer.allow == false

denies_unless_harmless(_, change, harmless) if change in harmless

test_members_that_are_not_needed_change_nothing if {
	every path in not_needed {
		postern.decision.allow with input as without(path)
		postern.decision.allow with input as exchanged(path, null)
	}
}

test_no_input_at_all_is_refused if {
	every nothing in [null, {}, [], "", 0, true, false] {
		answer := postern.decision with input as nothing
		answer.allow == false
		count(answer) == 7
	}
}
