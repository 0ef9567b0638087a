# What we keep to in operations/data.json and plans/data.json beyond what every policy is held to: names,
# scopes, rates, costs and undefined limits are found by `postern policy check`, with file and line.
package postern.data_test

import rego.v1

test_every_limit_is_named_by_an_operation if {
	named := {name | some entry in data.operations; some name in entry.limits}
	every plan in data.plans {
		object.keys(plan.limits) == named
	}
}

test_base_limits_are_per_minute_for_a_key_and_per_hour_for_a_company if {
	every plan in data.plans {
		plan.base.key.period_ms == 60000
		plan.base.company.period_ms == 3600000
	}
}
