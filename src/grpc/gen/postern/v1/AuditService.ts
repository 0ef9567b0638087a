// Original file: proto/postern/v1/audit.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { QueryRecordsRequest as _postern_v1_QueryRecordsRequest, QueryRecordsRequest__Output as _postern_v1_QueryRecordsRequest__Output } from '../../postern/v1/QueryRecordsRequest.ts';
import type { QueryRecordsResponse as _postern_v1_QueryRecordsResponse, QueryRecordsResponse__Output as _postern_v1_QueryRecordsResponse__Output } from '../../postern/v1/QueryRecordsResponse.ts';
import type { TailRecordsRequest as _postern_v1_TailRecordsRequest, TailRecordsRequest__Output as _postern_v1_TailRecordsRequest__Output } from '../../postern/v1/TailRecordsRequest.ts';
import type { TailRecordsResponse as _postern_v1_TailRecordsResponse, TailRecordsResponse__Output as _postern_v1_TailRecordsResponse__Output } from '../../postern/v1/TailRecordsResponse.ts';
import type { VerifyLogRequest as _postern_v1_VerifyLogRequest, VerifyLogRequest__Output as _postern_v1_VerifyLogRequest__Output } from '../../postern/v1/VerifyLogRequest.ts';
import type { VerifyLogResponse as _postern_v1_VerifyLogResponse, VerifyLogResponse__Output as _postern_v1_VerifyLogResponse__Output } from '../../postern/v1/VerifyLogResponse.ts';

export interface AuditServiceClient extends grpc.Client {
  QueryRecords(argument: _postern_v1_QueryRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  QueryRecords(argument: _postern_v1_QueryRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  QueryRecords(argument: _postern_v1_QueryRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  QueryRecords(argument: _postern_v1_QueryRecordsRequest, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  queryRecords(argument: _postern_v1_QueryRecordsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  queryRecords(argument: _postern_v1_QueryRecordsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  queryRecords(argument: _postern_v1_QueryRecordsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  queryRecords(argument: _postern_v1_QueryRecordsRequest, callback: grpc.requestCallback<_postern_v1_QueryRecordsResponse__Output>): grpc.ClientUnaryCall;
  
  TailRecords(argument: _postern_v1_TailRecordsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_TailRecordsResponse__Output>;
  TailRecords(argument: _postern_v1_TailRecordsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_TailRecordsResponse__Output>;
  tailRecords(argument: _postern_v1_TailRecordsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_TailRecordsResponse__Output>;
  tailRecords(argument: _postern_v1_TailRecordsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_TailRecordsResponse__Output>;
  
  VerifyLog(argument: _postern_v1_VerifyLogRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_VerifyLogResponse__Output>;
  VerifyLog(argument: _postern_v1_VerifyLogRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_VerifyLogResponse__Output>;
  verifyLog(argument: _postern_v1_VerifyLogRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_VerifyLogResponse__Output>;
  verifyLog(argument: _postern_v1_VerifyLogRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_postern_v1_VerifyLogResponse__Output>;
  
}

export interface AuditServiceHandlers extends grpc.UntypedServiceImplementation {
  QueryRecords: grpc.handleUnaryCall<_postern_v1_QueryRecordsRequest__Output, _postern_v1_QueryRecordsResponse>;
  
  TailRecords: grpc.handleServerStreamingCall<_postern_v1_TailRecordsRequest__Output, _postern_v1_TailRecordsResponse>;
  
  VerifyLog: grpc.handleServerStreamingCall<_postern_v1_VerifyLogRequest__Output, _postern_v1_VerifyLogResponse>;
  
}

export interface AuditServiceDefinition extends grpc.ServiceDefinition {
  QueryRecords: MethodDefinition<_postern_v1_QueryRecordsRequest, _postern_v1_QueryRecordsResponse, _postern_v1_QueryRecordsRequest__Output, _postern_v1_QueryRecordsResponse__Output>
  TailRecords: MethodDefinition<_postern_v1_TailRecordsRequest, _postern_v1_TailRecordsResponse, _postern_v1_TailRecordsRequest__Output, _postern_v1_TailRecordsResponse__Output>
  VerifyLog: MethodDefinition<_postern_v1_VerifyLogRequest, _postern_v1_VerifyLogResponse, _postern_v1_VerifyLogRequest__Output, _postern_v1_VerifyLogResponse__Output>
}
