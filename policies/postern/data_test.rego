# What the JSON Schemas cannot say about operations/data.json and plans/data.json together.
package postern.data_test

import rego.v1

test_every_plan_defines_every_limit_that_an_operation_names if {
	every plan in data.plans {
		every entry in data.operations {
			every name in entry.limits {
				plan.limits[name]
			}
		}
	}
}

test_every_call_fits_into_the_burst_of_its_limits if {
	every plan in data.plans {
		every entry in data.operations {
			every name in entry.limits {
				limit := plan.limits[name]
				object.get(limit, "cost", object.get(entry, "cost_max", entry.cost)) <= limit.burst
			}
		}
	}
}

test_a_maximum_is_not_below_its_cost if {
	every entry in data.operations {
		object.get(entry, "cost_max", entry.cost) >= entry.cost
	}
}

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
