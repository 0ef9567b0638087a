# Sample input for the tests: a call that is allowed. Each test changes one thing. All fictional.
package postern.sample_test

import rego.v1

allowed_input := {
	"request": {
		"id": "req-1",
		"operation": "banks.read",
		"resource": {"type": "bank", "id": "bank-1", "company_id": "cmp_aurora", "attributes": null},
		"claimed_company_ids": ["cmp_aurora"],
		"source": {"ip": "192.0.2.10", "user_agent": "aurora-erp/1.0"},
		"cost": 0,
		"context": null,
		"time": "2030-01-01T00:00:00Z",
		"time_us": 1893456000000000,
	},
	"key": {
		"id": "key_1",
		"company_id": "cmp_aurora",
		"status": "active",
		"environment": "live",
		"scopes": ["banks:read"],
		"created_at": 1861920000000000,
		"not_before": null,
		"expires_at": null,
		"last_used_at": null,
		"networks": [],
		"labels": {},
	},
	"company": {"id": "cmp_aurora", "status": "active", "plan": "standard", "labels": {}},
	"environment": "live",
	"signals": [],
}

# The sample with some members of `request` exchanged.
request(changes) := object.union(allowed_input, {"request": changes})

# The sample with another operation, and the scope that it needs.
operation(name, changes) := object.union(allowed_input, {
	"request": object.union({"operation": name}, changes),
	"key": {"scopes": [data.operations[name].scope]},
})

key(changes) := object.union(allowed_input, {"key": changes})

company(changes) := object.union(allowed_input, {"company": changes})
