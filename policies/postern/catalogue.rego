# The operation catalogue: what the host can ask about. The entries are in operations/data.json.
# It is looked up by name, so that its size costs nothing.
package postern.catalogue

import rego.v1

operation := data.operations[input.request.operation]

# Anything but a plain `optional` or `none` counts as `required`.
owner_is_required if {
	operation
	not operation.resource_owner in {"optional", "none"}
}

# Recorded with the decision, also with a refused one.
labels := {"sensitivity": operation.sensitivity} if {
	operation.sensitivity
} else := {}
