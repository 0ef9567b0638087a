// Original file: proto/postern/v1/policy.proto


export interface GetPolicyStatusRequest {
}

export interface GetPolicyStatusRequest__Output {
}
