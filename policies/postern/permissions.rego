# Permission scopes: what a key may do, as `area:action`, e.g. `payments:create`.
#
# A key may hold a wildcard at the end: `payments:*` grants every action of that area and below it
# (`payments:batches:create` too). A bare `*` grants nothing: what is added to the catalogue
# tomorrow must be granted by name of its area, never by a key that was given out today.
package postern.permissions

import rego.v1

import data.postern.catalogue

# The catalogue says `null` where every valid key may, whatever its scopes.
scope_is_granted if catalogue.operation.scope == null

scope_is_granted if catalogue.operation.scope in input.key.scopes

scope_is_granted if {
	some granted in input.key.scopes
	covers(granted, catalogue.operation.scope)
}

# The colon stays in the prefix: `pay:*` does not cover `payments:create`.
covers(granted, wanted) if {
	endswith(granted, ":*")
	startswith(wanted, trim_suffix(granted, "*"))
}
