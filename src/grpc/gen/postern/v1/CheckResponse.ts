// Original file: proto/postern/v1/authorization.proto

import type { Effect as _postern_v1_Effect, Effect__Output as _postern_v1_Effect__Output } from '../../postern/v1/Effect.ts';
import type { Reason as _postern_v1_Reason, Reason__Output as _postern_v1_Reason__Output } from '../../postern/v1/Reason.ts';
import type { PublicError as _postern_v1_PublicError, PublicError__Output as _postern_v1_PublicError__Output } from '../../postern/v1/PublicError.ts';
import type { Subject as _postern_v1_Subject, Subject__Output as _postern_v1_Subject__Output } from '../../postern/v1/Subject.ts';
import type { LimitVerdict as _postern_v1_LimitVerdict, LimitVerdict__Output as _postern_v1_LimitVerdict__Output } from '../../postern/v1/LimitVerdict.ts';
import type { Header as _postern_v1_Header, Header__Output as _postern_v1_Header__Output } from '../../postern/v1/Header.ts';
import type { Obligation as _postern_v1_Obligation, Obligation__Output as _postern_v1_Obligation__Output } from '../../postern/v1/Obligation.ts';
import type { Grant as _postern_v1_Grant, Grant__Output as _postern_v1_Grant__Output } from '../../postern/v1/Grant.ts';
import type { Idempotency as _postern_v1_Idempotency, Idempotency__Output as _postern_v1_Idempotency__Output } from '../../postern/v1/Idempotency.ts';
import type { AuditRecordRef as _postern_v1_AuditRecordRef, AuditRecordRef__Output as _postern_v1_AuditRecordRef__Output } from '../../postern/v1/AuditRecordRef.ts';

export interface CheckResponse {
  'requestId'?: (string);
  'decisionId'?: (string);
  'effect'?: (_postern_v1_Effect);
  'reason'?: (_postern_v1_Reason);
  'code'?: (string);
  'publicError'?: (_postern_v1_PublicError | null);
  'subject'?: (_postern_v1_Subject | null);
  'limits'?: (_postern_v1_LimitVerdict)[];
  'responseHeaders'?: (_postern_v1_Header)[];
  'obligations'?: (_postern_v1_Obligation)[];
  'policyRevision'?: (string);
  'grant'?: (_postern_v1_Grant | null);
  'idempotency'?: (_postern_v1_Idempotency | null);
  'auditRecord'?: (_postern_v1_AuditRecordRef | null);
}

export interface CheckResponse__Output {
  'requestId': (string);
  'decisionId': (string);
  'effect': (_postern_v1_Effect__Output);
  'reason': (_postern_v1_Reason__Output);
  'code': (string);
  'publicError': (_postern_v1_PublicError__Output | null);
  'subject': (_postern_v1_Subject__Output | null);
  'limits': (_postern_v1_LimitVerdict__Output)[];
  'responseHeaders': (_postern_v1_Header__Output)[];
  'obligations': (_postern_v1_Obligation__Output)[];
  'policyRevision': (string);
  'grant': (_postern_v1_Grant__Output | null);
  'idempotency': (_postern_v1_Idempotency__Output | null);
  'auditRecord': (_postern_v1_AuditRecordRef__Output | null);
}
