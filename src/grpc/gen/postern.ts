import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Any as _google_protobuf_Any, Any__Output as _google_protobuf_Any__Output } from './google/protobuf/Any.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { ListValue as _google_protobuf_ListValue, ListValue__Output as _google_protobuf_ListValue__Output } from './google/protobuf/ListValue.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from './google/protobuf/Struct.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Value as _google_protobuf_Value, Value__Output as _google_protobuf_Value__Output } from './google/protobuf/Value.ts';
import type { BadRequest as _google_rpc_BadRequest, BadRequest__Output as _google_rpc_BadRequest__Output } from './google/rpc/BadRequest.ts';
import type { DebugInfo as _google_rpc_DebugInfo, DebugInfo__Output as _google_rpc_DebugInfo__Output } from './google/rpc/DebugInfo.ts';
import type { ErrorInfo as _google_rpc_ErrorInfo, ErrorInfo__Output as _google_rpc_ErrorInfo__Output } from './google/rpc/ErrorInfo.ts';
import type { Help as _google_rpc_Help, Help__Output as _google_rpc_Help__Output } from './google/rpc/Help.ts';
import type { LocalizedMessage as _google_rpc_LocalizedMessage, LocalizedMessage__Output as _google_rpc_LocalizedMessage__Output } from './google/rpc/LocalizedMessage.ts';
import type { PreconditionFailure as _google_rpc_PreconditionFailure, PreconditionFailure__Output as _google_rpc_PreconditionFailure__Output } from './google/rpc/PreconditionFailure.ts';
import type { QuotaFailure as _google_rpc_QuotaFailure, QuotaFailure__Output as _google_rpc_QuotaFailure__Output } from './google/rpc/QuotaFailure.ts';
import type { RequestInfo as _google_rpc_RequestInfo, RequestInfo__Output as _google_rpc_RequestInfo__Output } from './google/rpc/RequestInfo.ts';
import type { ResourceInfo as _google_rpc_ResourceInfo, ResourceInfo__Output as _google_rpc_ResourceInfo__Output } from './google/rpc/ResourceInfo.ts';
import type { RetryInfo as _google_rpc_RetryInfo, RetryInfo__Output as _google_rpc_RetryInfo__Output } from './google/rpc/RetryInfo.ts';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from './google/rpc/Status.ts';
import type { AcceptClockRequest as _postern_v1_AcceptClockRequest, AcceptClockRequest__Output as _postern_v1_AcceptClockRequest__Output } from './postern/v1/AcceptClockRequest.ts';
import type { AcceptClockResponse as _postern_v1_AcceptClockResponse, AcceptClockResponse__Output as _postern_v1_AcceptClockResponse__Output } from './postern/v1/AcceptClockResponse.ts';
import type { ActivateKeyRequest as _postern_v1_ActivateKeyRequest, ActivateKeyRequest__Output as _postern_v1_ActivateKeyRequest__Output } from './postern/v1/ActivateKeyRequest.ts';
import type { ActivateKeyResponse as _postern_v1_ActivateKeyResponse, ActivateKeyResponse__Output as _postern_v1_ActivateKeyResponse__Output } from './postern/v1/ActivateKeyResponse.ts';
import type { AuditRecord as _postern_v1_AuditRecord, AuditRecord__Output as _postern_v1_AuditRecord__Output } from './postern/v1/AuditRecord.ts';
import type { AuditRecordRef as _postern_v1_AuditRecordRef, AuditRecordRef__Output as _postern_v1_AuditRecordRef__Output } from './postern/v1/AuditRecordRef.ts';
import type { AuditServiceClient as _postern_v1_AuditServiceClient, AuditServiceDefinition as _postern_v1_AuditServiceDefinition } from './postern/v1/AuditService.ts';
import type { AuthorizationServiceClient as _postern_v1_AuthorizationServiceClient, AuthorizationServiceDefinition as _postern_v1_AuthorizationServiceDefinition } from './postern/v1/AuthorizationService.ts';
import type { BatchCheckRequest as _postern_v1_BatchCheckRequest, BatchCheckRequest__Output as _postern_v1_BatchCheckRequest__Output } from './postern/v1/BatchCheckRequest.ts';
import type { BatchCheckResponse as _postern_v1_BatchCheckResponse, BatchCheckResponse__Output as _postern_v1_BatchCheckResponse__Output } from './postern/v1/BatchCheckResponse.ts';
import type { BatchItem as _postern_v1_BatchItem, BatchItem__Output as _postern_v1_BatchItem__Output } from './postern/v1/BatchItem.ts';
import type { BatchResult as _postern_v1_BatchResult, BatchResult__Output as _postern_v1_BatchResult__Output } from './postern/v1/BatchResult.ts';
import type { CheckRequest as _postern_v1_CheckRequest, CheckRequest__Output as _postern_v1_CheckRequest__Output } from './postern/v1/CheckRequest.ts';
import type { CheckResponse as _postern_v1_CheckResponse, CheckResponse__Output as _postern_v1_CheckResponse__Output } from './postern/v1/CheckResponse.ts';
import type { ClockStatus as _postern_v1_ClockStatus, ClockStatus__Output as _postern_v1_ClockStatus__Output } from './postern/v1/ClockStatus.ts';
import type { Company as _postern_v1_Company, Company__Output as _postern_v1_Company__Output } from './postern/v1/Company.ts';
import type { CompanyServiceClient as _postern_v1_CompanyServiceClient, CompanyServiceDefinition as _postern_v1_CompanyServiceDefinition } from './postern/v1/CompanyService.ts';
import type { CreateCompanyRequest as _postern_v1_CreateCompanyRequest, CreateCompanyRequest__Output as _postern_v1_CreateCompanyRequest__Output } from './postern/v1/CreateCompanyRequest.ts';
import type { CreateCompanyResponse as _postern_v1_CreateCompanyResponse, CreateCompanyResponse__Output as _postern_v1_CreateCompanyResponse__Output } from './postern/v1/CreateCompanyResponse.ts';
import type { CreateKeyRequest as _postern_v1_CreateKeyRequest, CreateKeyRequest__Output as _postern_v1_CreateKeyRequest__Output } from './postern/v1/CreateKeyRequest.ts';
import type { CreateKeyResponse as _postern_v1_CreateKeyResponse, CreateKeyResponse__Output as _postern_v1_CreateKeyResponse__Output } from './postern/v1/CreateKeyResponse.ts';
import type { DeactivateKeyRequest as _postern_v1_DeactivateKeyRequest, DeactivateKeyRequest__Output as _postern_v1_DeactivateKeyRequest__Output } from './postern/v1/DeactivateKeyRequest.ts';
import type { DeactivateKeyResponse as _postern_v1_DeactivateKeyResponse, DeactivateKeyResponse__Output as _postern_v1_DeactivateKeyResponse__Output } from './postern/v1/DeactivateKeyResponse.ts';
import type { EvaluatorStatus as _postern_v1_EvaluatorStatus, EvaluatorStatus__Output as _postern_v1_EvaluatorStatus__Output } from './postern/v1/EvaluatorStatus.ts';
import type { GetCompanyRequest as _postern_v1_GetCompanyRequest, GetCompanyRequest__Output as _postern_v1_GetCompanyRequest__Output } from './postern/v1/GetCompanyRequest.ts';
import type { GetCompanyResponse as _postern_v1_GetCompanyResponse, GetCompanyResponse__Output as _postern_v1_GetCompanyResponse__Output } from './postern/v1/GetCompanyResponse.ts';
import type { GetKeyRequest as _postern_v1_GetKeyRequest, GetKeyRequest__Output as _postern_v1_GetKeyRequest__Output } from './postern/v1/GetKeyRequest.ts';
import type { GetKeyResponse as _postern_v1_GetKeyResponse, GetKeyResponse__Output as _postern_v1_GetKeyResponse__Output } from './postern/v1/GetKeyResponse.ts';
import type { GetPolicyStatusRequest as _postern_v1_GetPolicyStatusRequest, GetPolicyStatusRequest__Output as _postern_v1_GetPolicyStatusRequest__Output } from './postern/v1/GetPolicyStatusRequest.ts';
import type { GetPolicyStatusResponse as _postern_v1_GetPolicyStatusResponse, GetPolicyStatusResponse__Output as _postern_v1_GetPolicyStatusResponse__Output } from './postern/v1/GetPolicyStatusResponse.ts';
import type { GetStatusRequest as _postern_v1_GetStatusRequest, GetStatusRequest__Output as _postern_v1_GetStatusRequest__Output } from './postern/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _postern_v1_GetStatusResponse, GetStatusResponse__Output as _postern_v1_GetStatusResponse__Output } from './postern/v1/GetStatusResponse.ts';
import type { Grant as _postern_v1_Grant, Grant__Output as _postern_v1_Grant__Output } from './postern/v1/Grant.ts';
import type { Header as _postern_v1_Header, Header__Output as _postern_v1_Header__Output } from './postern/v1/Header.ts';
import type { Idempotency as _postern_v1_Idempotency, Idempotency__Output as _postern_v1_Idempotency__Output } from './postern/v1/Idempotency.ts';
import type { Key as _postern_v1_Key, Key__Output as _postern_v1_Key__Output } from './postern/v1/Key.ts';
import type { KeyServiceClient as _postern_v1_KeyServiceClient, KeyServiceDefinition as _postern_v1_KeyServiceDefinition } from './postern/v1/KeyService.ts';
import type { LedgerStatus as _postern_v1_LedgerStatus, LedgerStatus__Output as _postern_v1_LedgerStatus__Output } from './postern/v1/LedgerStatus.ts';
import type { LimitVerdict as _postern_v1_LimitVerdict, LimitVerdict__Output as _postern_v1_LimitVerdict__Output } from './postern/v1/LimitVerdict.ts';
import type { ListCompaniesRequest as _postern_v1_ListCompaniesRequest, ListCompaniesRequest__Output as _postern_v1_ListCompaniesRequest__Output } from './postern/v1/ListCompaniesRequest.ts';
import type { ListCompaniesResponse as _postern_v1_ListCompaniesResponse, ListCompaniesResponse__Output as _postern_v1_ListCompaniesResponse__Output } from './postern/v1/ListCompaniesResponse.ts';
import type { ListKeysRequest as _postern_v1_ListKeysRequest, ListKeysRequest__Output as _postern_v1_ListKeysRequest__Output } from './postern/v1/ListKeysRequest.ts';
import type { ListKeysResponse as _postern_v1_ListKeysResponse, ListKeysResponse__Output as _postern_v1_ListKeysResponse__Output } from './postern/v1/ListKeysResponse.ts';
import type { Obligation as _postern_v1_Obligation, Obligation__Output as _postern_v1_Obligation__Output } from './postern/v1/Obligation.ts';
import type { Outcome as _postern_v1_Outcome, Outcome__Output as _postern_v1_Outcome__Output } from './postern/v1/Outcome.ts';
import type { OutcomeResult as _postern_v1_OutcomeResult, OutcomeResult__Output as _postern_v1_OutcomeResult__Output } from './postern/v1/OutcomeResult.ts';
import type { PolicyProblem as _postern_v1_PolicyProblem, PolicyProblem__Output as _postern_v1_PolicyProblem__Output } from './postern/v1/PolicyProblem.ts';
import type { PolicyRefusal as _postern_v1_PolicyRefusal, PolicyRefusal__Output as _postern_v1_PolicyRefusal__Output } from './postern/v1/PolicyRefusal.ts';
import type { PolicyServiceClient as _postern_v1_PolicyServiceClient, PolicyServiceDefinition as _postern_v1_PolicyServiceDefinition } from './postern/v1/PolicyService.ts';
import type { PublicError as _postern_v1_PublicError, PublicError__Output as _postern_v1_PublicError__Output } from './postern/v1/PublicError.ts';
import type { QueryRecordsRequest as _postern_v1_QueryRecordsRequest, QueryRecordsRequest__Output as _postern_v1_QueryRecordsRequest__Output } from './postern/v1/QueryRecordsRequest.ts';
import type { QueryRecordsResponse as _postern_v1_QueryRecordsResponse, QueryRecordsResponse__Output as _postern_v1_QueryRecordsResponse__Output } from './postern/v1/QueryRecordsResponse.ts';
import type { ReactivateCompanyRequest as _postern_v1_ReactivateCompanyRequest, ReactivateCompanyRequest__Output as _postern_v1_ReactivateCompanyRequest__Output } from './postern/v1/ReactivateCompanyRequest.ts';
import type { ReactivateCompanyResponse as _postern_v1_ReactivateCompanyResponse, ReactivateCompanyResponse__Output as _postern_v1_ReactivateCompanyResponse__Output } from './postern/v1/ReactivateCompanyResponse.ts';
import type { RecordFilter as _postern_v1_RecordFilter, RecordFilter__Output as _postern_v1_RecordFilter__Output } from './postern/v1/RecordFilter.ts';
import type { ReportOutcomesRequest as _postern_v1_ReportOutcomesRequest, ReportOutcomesRequest__Output as _postern_v1_ReportOutcomesRequest__Output } from './postern/v1/ReportOutcomesRequest.ts';
import type { ReportOutcomesResponse as _postern_v1_ReportOutcomesResponse, ReportOutcomesResponse__Output as _postern_v1_ReportOutcomesResponse__Output } from './postern/v1/ReportOutcomesResponse.ts';
import type { Resource as _postern_v1_Resource, Resource__Output as _postern_v1_Resource__Output } from './postern/v1/Resource.ts';
import type { RevokeKeyRequest as _postern_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _postern_v1_RevokeKeyRequest__Output } from './postern/v1/RevokeKeyRequest.ts';
import type { RevokeKeyResponse as _postern_v1_RevokeKeyResponse, RevokeKeyResponse__Output as _postern_v1_RevokeKeyResponse__Output } from './postern/v1/RevokeKeyResponse.ts';
import type { Source as _postern_v1_Source, Source__Output as _postern_v1_Source__Output } from './postern/v1/Source.ts';
import type { StreamCheckRequest as _postern_v1_StreamCheckRequest, StreamCheckRequest__Output as _postern_v1_StreamCheckRequest__Output } from './postern/v1/StreamCheckRequest.ts';
import type { StreamCheckResponse as _postern_v1_StreamCheckResponse, StreamCheckResponse__Output as _postern_v1_StreamCheckResponse__Output } from './postern/v1/StreamCheckResponse.ts';
import type { StreamResult as _postern_v1_StreamResult, StreamResult__Output as _postern_v1_StreamResult__Output } from './postern/v1/StreamResult.ts';
import type { Subject as _postern_v1_Subject, Subject__Output as _postern_v1_Subject__Output } from './postern/v1/Subject.ts';
import type { SuspendCompanyRequest as _postern_v1_SuspendCompanyRequest, SuspendCompanyRequest__Output as _postern_v1_SuspendCompanyRequest__Output } from './postern/v1/SuspendCompanyRequest.ts';
import type { SuspendCompanyResponse as _postern_v1_SuspendCompanyResponse, SuspendCompanyResponse__Output as _postern_v1_SuspendCompanyResponse__Output } from './postern/v1/SuspendCompanyResponse.ts';
import type { SystemServiceClient as _postern_v1_SystemServiceClient, SystemServiceDefinition as _postern_v1_SystemServiceDefinition } from './postern/v1/SystemService.ts';
import type { TailRecordsRequest as _postern_v1_TailRecordsRequest, TailRecordsRequest__Output as _postern_v1_TailRecordsRequest__Output } from './postern/v1/TailRecordsRequest.ts';
import type { TailRecordsResponse as _postern_v1_TailRecordsResponse, TailRecordsResponse__Output as _postern_v1_TailRecordsResponse__Output } from './postern/v1/TailRecordsResponse.ts';
import type { VerifyLogRequest as _postern_v1_VerifyLogRequest, VerifyLogRequest__Output as _postern_v1_VerifyLogRequest__Output } from './postern/v1/VerifyLogRequest.ts';
import type { VerifyLogResponse as _postern_v1_VerifyLogResponse, VerifyLogResponse__Output as _postern_v1_VerifyLogResponse__Output } from './postern/v1/VerifyLogResponse.ts';
import type { VerifyResult as _postern_v1_VerifyResult, VerifyResult__Output as _postern_v1_VerifyResult__Output } from './postern/v1/VerifyResult.ts';
import type { WantGrant as _postern_v1_WantGrant, WantGrant__Output as _postern_v1_WantGrant__Output } from './postern/v1/WantGrant.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Any: MessageTypeDefinition<_google_protobuf_Any, _google_protobuf_Any__Output>
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      ListValue: MessageTypeDefinition<_google_protobuf_ListValue, _google_protobuf_ListValue__Output>
      NullValue: EnumTypeDefinition
      Struct: MessageTypeDefinition<_google_protobuf_Struct, _google_protobuf_Struct__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
      Value: MessageTypeDefinition<_google_protobuf_Value, _google_protobuf_Value__Output>
    }
    rpc: {
      BadRequest: MessageTypeDefinition<_google_rpc_BadRequest, _google_rpc_BadRequest__Output>
      DebugInfo: MessageTypeDefinition<_google_rpc_DebugInfo, _google_rpc_DebugInfo__Output>
      ErrorInfo: MessageTypeDefinition<_google_rpc_ErrorInfo, _google_rpc_ErrorInfo__Output>
      Help: MessageTypeDefinition<_google_rpc_Help, _google_rpc_Help__Output>
      LocalizedMessage: MessageTypeDefinition<_google_rpc_LocalizedMessage, _google_rpc_LocalizedMessage__Output>
      PreconditionFailure: MessageTypeDefinition<_google_rpc_PreconditionFailure, _google_rpc_PreconditionFailure__Output>
      QuotaFailure: MessageTypeDefinition<_google_rpc_QuotaFailure, _google_rpc_QuotaFailure__Output>
      RequestInfo: MessageTypeDefinition<_google_rpc_RequestInfo, _google_rpc_RequestInfo__Output>
      ResourceInfo: MessageTypeDefinition<_google_rpc_ResourceInfo, _google_rpc_ResourceInfo__Output>
      RetryInfo: MessageTypeDefinition<_google_rpc_RetryInfo, _google_rpc_RetryInfo__Output>
      Status: MessageTypeDefinition<_google_rpc_Status, _google_rpc_Status__Output>
    }
  }
  postern: {
    v1: {
      AcceptClockRequest: MessageTypeDefinition<_postern_v1_AcceptClockRequest, _postern_v1_AcceptClockRequest__Output>
      AcceptClockResponse: MessageTypeDefinition<_postern_v1_AcceptClockResponse, _postern_v1_AcceptClockResponse__Output>
      ActivateKeyRequest: MessageTypeDefinition<_postern_v1_ActivateKeyRequest, _postern_v1_ActivateKeyRequest__Output>
      ActivateKeyResponse: MessageTypeDefinition<_postern_v1_ActivateKeyResponse, _postern_v1_ActivateKeyResponse__Output>
      AuditRecord: MessageTypeDefinition<_postern_v1_AuditRecord, _postern_v1_AuditRecord__Output>
      AuditRecordRef: MessageTypeDefinition<_postern_v1_AuditRecordRef, _postern_v1_AuditRecordRef__Output>
      AuditService: SubtypeConstructor<typeof grpc.Client, _postern_v1_AuditServiceClient> & { service: _postern_v1_AuditServiceDefinition }
      AuthorizationService: SubtypeConstructor<typeof grpc.Client, _postern_v1_AuthorizationServiceClient> & { service: _postern_v1_AuthorizationServiceDefinition }
      BatchCheckRequest: MessageTypeDefinition<_postern_v1_BatchCheckRequest, _postern_v1_BatchCheckRequest__Output>
      BatchCheckResponse: MessageTypeDefinition<_postern_v1_BatchCheckResponse, _postern_v1_BatchCheckResponse__Output>
      BatchItem: MessageTypeDefinition<_postern_v1_BatchItem, _postern_v1_BatchItem__Output>
      BatchResult: MessageTypeDefinition<_postern_v1_BatchResult, _postern_v1_BatchResult__Output>
      CheckRequest: MessageTypeDefinition<_postern_v1_CheckRequest, _postern_v1_CheckRequest__Output>
      CheckResponse: MessageTypeDefinition<_postern_v1_CheckResponse, _postern_v1_CheckResponse__Output>
      ClockStatus: MessageTypeDefinition<_postern_v1_ClockStatus, _postern_v1_ClockStatus__Output>
      Company: MessageTypeDefinition<_postern_v1_Company, _postern_v1_Company__Output>
      CompanyService: SubtypeConstructor<typeof grpc.Client, _postern_v1_CompanyServiceClient> & { service: _postern_v1_CompanyServiceDefinition }
      CompanyStatus: EnumTypeDefinition
      CreateCompanyRequest: MessageTypeDefinition<_postern_v1_CreateCompanyRequest, _postern_v1_CreateCompanyRequest__Output>
      CreateCompanyResponse: MessageTypeDefinition<_postern_v1_CreateCompanyResponse, _postern_v1_CreateCompanyResponse__Output>
      CreateKeyRequest: MessageTypeDefinition<_postern_v1_CreateKeyRequest, _postern_v1_CreateKeyRequest__Output>
      CreateKeyResponse: MessageTypeDefinition<_postern_v1_CreateKeyResponse, _postern_v1_CreateKeyResponse__Output>
      DeactivateKeyRequest: MessageTypeDefinition<_postern_v1_DeactivateKeyRequest, _postern_v1_DeactivateKeyRequest__Output>
      DeactivateKeyResponse: MessageTypeDefinition<_postern_v1_DeactivateKeyResponse, _postern_v1_DeactivateKeyResponse__Output>
      Effect: EnumTypeDefinition
      EvaluatorStatus: MessageTypeDefinition<_postern_v1_EvaluatorStatus, _postern_v1_EvaluatorStatus__Output>
      GetCompanyRequest: MessageTypeDefinition<_postern_v1_GetCompanyRequest, _postern_v1_GetCompanyRequest__Output>
      GetCompanyResponse: MessageTypeDefinition<_postern_v1_GetCompanyResponse, _postern_v1_GetCompanyResponse__Output>
      GetKeyRequest: MessageTypeDefinition<_postern_v1_GetKeyRequest, _postern_v1_GetKeyRequest__Output>
      GetKeyResponse: MessageTypeDefinition<_postern_v1_GetKeyResponse, _postern_v1_GetKeyResponse__Output>
      GetPolicyStatusRequest: MessageTypeDefinition<_postern_v1_GetPolicyStatusRequest, _postern_v1_GetPolicyStatusRequest__Output>
      GetPolicyStatusResponse: MessageTypeDefinition<_postern_v1_GetPolicyStatusResponse, _postern_v1_GetPolicyStatusResponse__Output>
      GetStatusRequest: MessageTypeDefinition<_postern_v1_GetStatusRequest, _postern_v1_GetStatusRequest__Output>
      GetStatusResponse: MessageTypeDefinition<_postern_v1_GetStatusResponse, _postern_v1_GetStatusResponse__Output>
      Grant: MessageTypeDefinition<_postern_v1_Grant, _postern_v1_Grant__Output>
      Header: MessageTypeDefinition<_postern_v1_Header, _postern_v1_Header__Output>
      Idempotency: MessageTypeDefinition<_postern_v1_Idempotency, _postern_v1_Idempotency__Output>
      Key: MessageTypeDefinition<_postern_v1_Key, _postern_v1_Key__Output>
      KeyService: SubtypeConstructor<typeof grpc.Client, _postern_v1_KeyServiceClient> & { service: _postern_v1_KeyServiceDefinition }
      KeyStatus: EnumTypeDefinition
      LedgerStatus: MessageTypeDefinition<_postern_v1_LedgerStatus, _postern_v1_LedgerStatus__Output>
      LimitVerdict: MessageTypeDefinition<_postern_v1_LimitVerdict, _postern_v1_LimitVerdict__Output>
      ListCompaniesRequest: MessageTypeDefinition<_postern_v1_ListCompaniesRequest, _postern_v1_ListCompaniesRequest__Output>
      ListCompaniesResponse: MessageTypeDefinition<_postern_v1_ListCompaniesResponse, _postern_v1_ListCompaniesResponse__Output>
      ListKeysRequest: MessageTypeDefinition<_postern_v1_ListKeysRequest, _postern_v1_ListKeysRequest__Output>
      ListKeysResponse: MessageTypeDefinition<_postern_v1_ListKeysResponse, _postern_v1_ListKeysResponse__Output>
      Obligation: MessageTypeDefinition<_postern_v1_Obligation, _postern_v1_Obligation__Output>
      Outcome: MessageTypeDefinition<_postern_v1_Outcome, _postern_v1_Outcome__Output>
      OutcomeResult: MessageTypeDefinition<_postern_v1_OutcomeResult, _postern_v1_OutcomeResult__Output>
      PolicyProblem: MessageTypeDefinition<_postern_v1_PolicyProblem, _postern_v1_PolicyProblem__Output>
      PolicyRefusal: MessageTypeDefinition<_postern_v1_PolicyRefusal, _postern_v1_PolicyRefusal__Output>
      PolicyService: SubtypeConstructor<typeof grpc.Client, _postern_v1_PolicyServiceClient> & { service: _postern_v1_PolicyServiceDefinition }
      PublicError: MessageTypeDefinition<_postern_v1_PublicError, _postern_v1_PublicError__Output>
      QueryRecordsRequest: MessageTypeDefinition<_postern_v1_QueryRecordsRequest, _postern_v1_QueryRecordsRequest__Output>
      QueryRecordsResponse: MessageTypeDefinition<_postern_v1_QueryRecordsResponse, _postern_v1_QueryRecordsResponse__Output>
      ReactivateCompanyRequest: MessageTypeDefinition<_postern_v1_ReactivateCompanyRequest, _postern_v1_ReactivateCompanyRequest__Output>
      ReactivateCompanyResponse: MessageTypeDefinition<_postern_v1_ReactivateCompanyResponse, _postern_v1_ReactivateCompanyResponse__Output>
      Reason: EnumTypeDefinition
      RecordFilter: MessageTypeDefinition<_postern_v1_RecordFilter, _postern_v1_RecordFilter__Output>
      ReportOutcomesRequest: MessageTypeDefinition<_postern_v1_ReportOutcomesRequest, _postern_v1_ReportOutcomesRequest__Output>
      ReportOutcomesResponse: MessageTypeDefinition<_postern_v1_ReportOutcomesResponse, _postern_v1_ReportOutcomesResponse__Output>
      Resource: MessageTypeDefinition<_postern_v1_Resource, _postern_v1_Resource__Output>
      RevokeKeyRequest: MessageTypeDefinition<_postern_v1_RevokeKeyRequest, _postern_v1_RevokeKeyRequest__Output>
      RevokeKeyResponse: MessageTypeDefinition<_postern_v1_RevokeKeyResponse, _postern_v1_RevokeKeyResponse__Output>
      Source: MessageTypeDefinition<_postern_v1_Source, _postern_v1_Source__Output>
      StreamCheckRequest: MessageTypeDefinition<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckRequest__Output>
      StreamCheckResponse: MessageTypeDefinition<_postern_v1_StreamCheckResponse, _postern_v1_StreamCheckResponse__Output>
      StreamResult: MessageTypeDefinition<_postern_v1_StreamResult, _postern_v1_StreamResult__Output>
      Subject: MessageTypeDefinition<_postern_v1_Subject, _postern_v1_Subject__Output>
      SuspendCompanyRequest: MessageTypeDefinition<_postern_v1_SuspendCompanyRequest, _postern_v1_SuspendCompanyRequest__Output>
      SuspendCompanyResponse: MessageTypeDefinition<_postern_v1_SuspendCompanyResponse, _postern_v1_SuspendCompanyResponse__Output>
      SystemService: SubtypeConstructor<typeof grpc.Client, _postern_v1_SystemServiceClient> & { service: _postern_v1_SystemServiceDefinition }
      TailRecordsRequest: MessageTypeDefinition<_postern_v1_TailRecordsRequest, _postern_v1_TailRecordsRequest__Output>
      TailRecordsResponse: MessageTypeDefinition<_postern_v1_TailRecordsResponse, _postern_v1_TailRecordsResponse__Output>
      VerifyLogRequest: MessageTypeDefinition<_postern_v1_VerifyLogRequest, _postern_v1_VerifyLogRequest__Output>
      VerifyLogResponse: MessageTypeDefinition<_postern_v1_VerifyLogResponse, _postern_v1_VerifyLogResponse__Output>
      VerifyResult: MessageTypeDefinition<_postern_v1_VerifyResult, _postern_v1_VerifyResult__Output>
      WantGrant: MessageTypeDefinition<_postern_v1_WantGrant, _postern_v1_WantGrant__Output>
    }
  }
}

