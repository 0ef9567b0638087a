# Company scope: the caller never decides which company a call runs in. The key does.
package postern.company_scope

import rego.v1

import data.postern.catalogue

# The owner as the host knows it from its own data. Empty: the host named none.
resource_owner := "" if {
	input.request.resource == null
} else := "" if {
	input.request.resource.company_id == null
} else := input.request.resource.company_id

# Another company's resource is never reached, whatever the operation says about owners.
resource_is_own if resource_owner == ""

resource_is_own if resource_owner == input.company.id

# `required`: the host can always name the owner, so it must.
# `optional`: the host may; if it did not, it queries inside the company that the answer names.
# `none`: the operation works on no single resource (lists, creations).
resource_owner_is_known if resource_owner != ""

resource_owner_is_known if not catalogue.owner_is_required

# Every company id in the caller's route, query or body must be the key's own company.
claims_are_own if input.request.claimed_company_ids == null

claims_are_own if {
	is_array(input.request.claimed_company_ids)
	every claim in input.request.claimed_company_ids {
		claim == input.company.id
	}
}
