package postern.permissions_test

import rego.v1

import data.postern
import data.postern.permissions
import data.postern.sample_test as sample

test_each_operation_needs_its_scope if {
	every name, entry in data.operations {
		needed := object.union(sample.operation(name, {}), {"key": {"scopes": []}})
		expected := {true: "allowed", false: "scope_missing"}[entry.scope == null]
		postern.reason == expected with input as needed
		postern.reason == "allowed" with input as sample.operation(name, {})
	}
}

test_an_unknown_operation_is_refused_whatever_the_scopes if {
	every name in ["", "banks", "banks.delete", "BANKS.READ"] {
		changed := object.union(sample.request({"operation": name}), {"key": {"scopes": ["banks:*", "*"]}})
		postern.reason == "operation_unknown" with input as changed
		postern.decision.labels == {} with input as changed
	}
}

test_a_wildcard_grants_its_area_and_what_is_below_it if {
	permissions.covers("payments:*", "payments:create")
	permissions.covers("payments:*", "payments:batches:create")
	permissions.covers("payments:batches:*", "payments:batches:create")
	postern.reason == "allowed" with input as sample.key({"scopes": ["payments:read", "banks:*"]})
}

test_a_wildcard_grants_nothing_beside_its_area if {
	every granted in ["pay:*", "payments:batches:*", "payments*", "payments:cre*", "*:create", ":*", "*", "", "payments:"] {
		not permissions.covers(granted, "payments:create")
	}
}

test_a_bare_star_grants_nothing if {
	postern.reason == "scope_missing" with input as sample.key({"scopes": ["*", "*:*", "**"]})
}

test_an_entry_without_a_scope_is_refused if {
	postern.reason == "scope_missing" with input as sample.key({"scopes": ["banks:*"]})
		with data.operations as {"banks.read": {"cost": 1, "limits": [], "resource_owner": "optional"}}
}
