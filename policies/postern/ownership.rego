# Key ownership: each key belongs to exactly one company and acts only for it.
# The sidecar has settled all of this already. It stands here a second time on purpose, so that
# neither a fault there nor one here lets a call through alone.
package postern.ownership

import rego.v1

key_is_active if input.key.status == "active"

key_belongs_to_company if {
	input.company.id != ""
	is_string(input.company.id)
	input.key.company_id == input.company.id
}

# A test key works on test sidecars only, a live key on live ones only.
environment_is_the_keys if {
	is_string(input.environment)
	input.key.environment == input.environment
}

company_is_active if input.company.status == "active"
