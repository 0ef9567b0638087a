package postern.limits_test

import rego.v1

import data.postern
import data.postern.sample_test as sample

test_named_limits_come_from_the_companys_plan if {
	decision := postern.decision with input as sample.operation("exports.create", {})
	decision.cost == 5
	decision.limits == [
		{"name": "expensive", "subject": "company_operation", "count": 60, "period_ms": 3600000, "burst": 15},
		{"name": "background_jobs", "subject": "company", "count": 60, "period_ms": 3600000, "burst": 10, "cost": 1},
	]

	premium := postern.decision with input as object.union(
		sample.operation("exports.create", {}),
		{"company": {"plan": "premium"}},
	)
	premium.limits[0].burst == 60
}

test_an_unknown_plan_is_refused if {
	changed := sample.company({"plan": "gold"})
	postern.decision.reason == "policy_denied" with input as changed
	postern.decision.code == "plan_unknown" with input as changed
}

test_the_hosts_figure_does_not_count_where_the_catalogue_gives_no_maximum if {
	every figure in [0, 1, 1000000] {
		postern.decision.cost == 1 with input as sample.operation("payments.create", {"cost": figure})
	}
}

test_the_hosts_figure_counts_up_to_the_maximum if {
	every pair in [[0, 1], [1, 1], [20, 20], [50, 50]] {
		decision := postern.decision with input as sample.operation("payments.create_batch", {"cost": pair[0]})
		decision.allow
		decision.cost == pair[1]
	}
}

test_a_figure_above_the_maximum_is_refused if {
	changed := sample.operation("payments.create_batch", {"cost": 51})
	postern.decision.reason == "policy_denied" with input as changed
	postern.decision.code == "cost_too_high" with input as changed
}

test_a_figure_that_is_no_number_is_refused if {
	every figure in [null, "20", [], true] {
		changed := sample.operation("payments.create_batch", {"cost": figure})
		postern.decision.code == "cost_undefined" with input as changed
		postern.decision.allow == false with input as changed
	}
}

test_a_limit_that_the_plan_lacks_is_refused if {
	changed := sample.operation("exports.create", {})
	every limits in [{}, {"expensive": data.plans.standard.limits.expensive}] {
		plans := {"standard": {"base": data.plans.standard.base, "limits": limits}}
		postern.decision.code == "limit_undefined" with input as changed with data.plans as plans
		postern.decision.allow == false with input as changed with data.plans as plans
	}
}

test_an_entry_without_limits_or_cost_is_refused if {
	entry := data.operations["banks.read"]
	postern.decision.code == "limit_undefined" with input as sample.allowed_input
		with data.operations as {"banks.read": object.remove(entry, ["limits"])}
	postern.decision.code == "cost_undefined" with input as sample.allowed_input
		with data.operations as {"banks.read": object.remove(entry, ["cost"])}
}
