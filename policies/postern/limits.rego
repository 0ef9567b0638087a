# Cost and named limits. The plans are in plans/data.json. The base limits of a plan (per key, per
# company) are charged by the sidecar itself, for refused calls too; here are only the named ones.
package postern.limits

import rego.v1

import data.postern.catalogue

plan := data.plans[input.company.plan]

# The catalogue's cost counts. Only where it gives a `cost_max` does the host's own figure count as
# well, e.g. the number of payments in a batch, and never for less than the catalogue's.
cost := catalogue.operation.cost if {
	not counts_hosts_figure
} else := max([catalogue.operation.cost, input.request.cost]) if {
	is_number(input.request.cost)
}

# A figure above the maximum is refused, not cut: cut, it would be charged too little.
cost_is_above_maximum if {
	counts_hosts_figure
	cost > catalogue.operation.cost_max
}

counts_hosts_figure if is_number(catalogue.operation.cost_max)

# The limits that the catalogue names for this operation, as the company's plan defines them.
named := [limit |
	some name in catalogue.operation.limits
	limit := object.union(plan.limits[name], {"name": name})
]

# A limit that the plan does not define must not be a limit that nobody applies.
all_are_defined if count(named) == count(catalogue.operation.limits)
