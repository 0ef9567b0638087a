package postern.ownership_test

import rego.v1

import data.postern
import data.postern.sample_test as sample

test_a_key_that_is_not_active_is_refused if {
	every status in ["inactive", "revoked", "", "ACTIVE"] {
		postern.decision.code == "key_not_active" with input as sample.key({"status": status})
		postern.decision.allow == false with input as sample.key({"status": status})
	}
}

test_a_key_of_another_company_is_refused if {
	changed := sample.key({"company_id": "cmp_borealis"})
	postern.decision.reason == "policy_denied" with input as changed
	postern.decision.code == "key_of_another_company" with input as changed
}

test_two_empty_company_ids_are_not_the_same_company if {
	nobody := object.union(sample.allowed_input, {
		"key": {"company_id": ""},
		"company": {"id": ""},
		"request": {"resource": null, "claimed_company_ids": []},
	})
	postern.decision.code == "key_of_another_company" with input as nobody
}

test_a_key_of_another_environment_is_refused if {
	changed := sample.key({"environment": "test"})
	postern.decision.reason == "policy_denied" with input as changed
	postern.decision.code == "environment_mismatch" with input as changed
}

test_a_company_that_is_not_active_is_refused if {
	every status in ["suspended", "closed", ""] {
		changed := sample.company({"status": status})
		postern.decision.reason == "policy_denied" with input as changed
		postern.decision.code == "company_not_active" with input as changed
	}
}

test_two_unknown_companies_or_environments_are_not_the_same if {
	every nothing in [null, 7, [], {}] {
		companies := object.union(sample.allowed_input, {
			"key": {"company_id": nothing},
			"company": {"id": nothing},
			"request": {"resource": null, "claimed_company_ids": []},
		})
		postern.decision.code == "key_of_another_company" with input as companies

		environments := object.union(sample.key({"environment": nothing}), {"environment": nothing})
		postern.decision.code == "environment_mismatch" with input as environments
	}
}
