# METADATA
# title: Postern's decision
# description: |
#   The only entrypoint is `postern/decision`. It is always one object, never undefined.
#
#   How it denies: every check is a rule that is true only when it holds, and false or undefined
#   otherwise. `not` treats both the same, so what is missing or misshaped denies. The reasons below
#   are in the contract's order of precedence: the first that applies is the answer, and `allowed`
#   is what is left when every check holds.
#
#   The policy can only narrow. Key, company, networks, environment and base limits were settled
#   before it was asked; an allow against one of them is overruled and reported.
# scope: subpackages
# schemas:
#   - input: schema.input
package postern

import rego.v1

import data.postern.catalogue
import data.postern.company_scope
import data.postern.limits
import data.postern.ownership
import data.postern.permissions

decision := {
	"allow": reason == "allowed",
	"reason": reason,
	"code": code,
	"cost": cost,
	"limits": charged,
	"obligations": [],
	"labels": catalogue.labels,
}

reason := "resource_company_mismatch" if {
	not company_scope.resource_is_own
} else := "resource_owner_missing" if {
	not company_scope.resource_owner_is_known
} else := "claim_company_mismatch" if {
	not company_scope.claims_are_own
} else := "operation_unknown" if {
	not catalogue.operation
} else := "scope_missing" if {
	not permissions.scope_is_granted
} else := "policy_denied" if {
	denial_code != ""
} else := "allowed"

# Says which rule of ours denied. Only ever given with `policy_denied`.
code := denial_code if reason == "policy_denied"

else := ""

denial_code := "key_not_active" if {
	not ownership.key_is_active
} else := "key_of_another_company" if {
	not ownership.key_belongs_to_company
} else := "environment_mismatch" if {
	not ownership.environment_is_the_keys
} else := "company_not_active" if {
	not ownership.company_is_active
} else := "plan_unknown" if {
	not limits.plan
} else := "cost_too_high" if {
	limits.cost_is_above_maximum
} else := "cost_undefined" if {
	not limits.cost
} else := "limit_undefined" if {
	not limits.all_are_defined
} else := ""

# A refused call charges no named limit, so its cost says nothing.
cost := limits.cost if reason == "allowed"

else := 1

charged := limits.named if reason == "allowed"

else := []
