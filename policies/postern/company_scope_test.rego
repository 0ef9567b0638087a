package postern.company_scope_test

import rego.v1

import data.postern
import data.postern.sample_test as sample

owned_by(company_id) := {"resource": {"type": "bank", "id": "bank-1", "company_id": company_id, "attributes": null}}

test_a_resource_of_another_company_is_refused_for_every_operation if {
	every name, _ in data.operations {
		postern.decision.reason == "resource_company_mismatch" with input as sample.operation(
			name,
			owned_by("cmp_borealis"),
		)
	}
}

test_company_ids_are_compared_exactly if {
	every other in ["CMP_AURORA", "cmp_aurora ", "cmp_auror", "cmp_aurora2"] {
		postern.reason == "resource_company_mismatch" with input as sample.request(owned_by(other))
		postern.reason == "claim_company_mismatch" with input as sample.request({"claimed_company_ids": [other]})
	}
}

test_required_needs_the_owner if {
	every nobody in [null, ""] {
		postern.reason == "resource_owner_missing" with input as sample.operation("banks.update", owned_by(nobody))
	}
	postern.reason == "resource_owner_missing" with input as object.union(
		sample.operation("banks.update", {}),
		{"request": {"resource": null}},
	)
	postern.reason == "allowed" with input as sample.operation("banks.update", owned_by("cmp_aurora"))
}

test_optional_and_none_do_without_the_owner if {
	every name in ["banks.read", "payments.list"] {
		postern.reason == "allowed" with input as sample.operation(name, owned_by(null))
		postern.reason == "allowed" with input as sample.operation(name, owned_by(""))
		postern.reason == "allowed" with input as sample.operation(name, {"resource": null})
		postern.reason == "allowed" with input as sample.operation(name, owned_by("cmp_aurora"))
	}
}

test_a_misspelt_owner_rule_counts_as_required if {
	postern.reason == "resource_owner_missing" with input as sample.request({"resource": null})
		with data.operations["banks.read"].resource_owner as "optinal"
}

test_one_claim_for_another_company_is_enough_to_refuse if {
	claims := ["cmp_aurora", "cmp_borealis"]
	postern.reason == "claim_company_mismatch" with input as sample.request({"claimed_company_ids": claims})
}

test_no_claims_are_no_mismatch if {
	every claims in [null, [], ["cmp_aurora", "cmp_aurora"]] {
		postern.reason == "allowed" with input as sample.request({"claimed_company_ids": claims})
	}
}
