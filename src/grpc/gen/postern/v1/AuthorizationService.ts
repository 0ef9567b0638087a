// Original file: proto/postern/v1/authorization.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { BatchCheckRequest as _postern_v1_BatchCheckRequest, BatchCheckRequest__Output as _postern_v1_BatchCheckRequest__Output } from '../../postern/v1/BatchCheckRequest.ts';
import type { BatchCheckResponse as _postern_v1_BatchCheckResponse, BatchCheckResponse__Output as _postern_v1_BatchCheckResponse__Output } from '../../postern/v1/BatchCheckResponse.ts';
import type { CheckRequest as _postern_v1_CheckRequest, CheckRequest__Output as _postern_v1_CheckRequest__Output } from '../../postern/v1/CheckRequest.ts';
import type { CheckResponse as _postern_v1_CheckResponse, CheckResponse__Output as _postern_v1_CheckResponse__Output } from '../../postern/v1/CheckResponse.ts';
import type { ReportOutcomesRequest as _postern_v1_ReportOutcomesRequest, ReportOutcomesRequest__Output as _postern_v1_ReportOutcomesRequest__Output } from '../../postern/v1/ReportOutcomesRequest.ts';
import type { ReportOutcomesResponse as _postern_v1_ReportOutcomesResponse, ReportOutcomesResponse__Output as _postern_v1_ReportOutcomesResponse__Output } from '../../postern/v1/ReportOutcomesResponse.ts';
import type { StreamCheckRequest as _postern_v1_StreamCheckRequest, StreamCheckRequest__Output as _postern_v1_StreamCheckRequest__Output } from '../../postern/v1/StreamCheckRequest.ts';
import type { StreamCheckResponse as _postern_v1_StreamCheckResponse, StreamCheckResponse__Output as _postern_v1_StreamCheckResponse__Output } from '../../postern/v1/StreamCheckResponse.ts';

export interface AuthorizationServiceClient extends grpc.Client {
  BatchCheck(argument: _postern_v1_BatchCheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  BatchCheck(argument: _postern_v1_BatchCheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  BatchCheck(argument: _postern_v1_BatchCheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  BatchCheck(argument: _postern_v1_BatchCheckRequest, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  batchCheck(argument: _postern_v1_BatchCheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  batchCheck(argument: _postern_v1_BatchCheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  batchCheck(argument: _postern_v1_BatchCheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  batchCheck(argument: _postern_v1_BatchCheckRequest, callback: grpc.requestCallback<_postern_v1_BatchCheckResponse__Output>): grpc.ClientUnaryCall;
  
  Check(argument: _postern_v1_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _postern_v1_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _postern_v1_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  Check(argument: _postern_v1_CheckRequest, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _postern_v1_CheckRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _postern_v1_CheckRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _postern_v1_CheckRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  check(argument: _postern_v1_CheckRequest, callback: grpc.requestCallback<_postern_v1_CheckResponse__Output>): grpc.ClientUnaryCall;
  
  ReportOutcomes(argument: _postern_v1_ReportOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _postern_v1_ReportOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _postern_v1_ReportOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  ReportOutcomes(argument: _postern_v1_ReportOutcomesRequest, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _postern_v1_ReportOutcomesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _postern_v1_ReportOutcomesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _postern_v1_ReportOutcomesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  reportOutcomes(argument: _postern_v1_ReportOutcomesRequest, callback: grpc.requestCallback<_postern_v1_ReportOutcomesResponse__Output>): grpc.ClientUnaryCall;
  
  StreamCheck(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckResponse__Output>;
  StreamCheck(options?: grpc.CallOptions): grpc.ClientDuplexStream<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckResponse__Output>;
  streamCheck(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckResponse__Output>;
  streamCheck(options?: grpc.CallOptions): grpc.ClientDuplexStream<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckResponse__Output>;
  
}

export interface AuthorizationServiceHandlers extends grpc.UntypedServiceImplementation {
  BatchCheck: grpc.handleUnaryCall<_postern_v1_BatchCheckRequest__Output, _postern_v1_BatchCheckResponse>;
  
  Check: grpc.handleUnaryCall<_postern_v1_CheckRequest__Output, _postern_v1_CheckResponse>;
  
  ReportOutcomes: grpc.handleUnaryCall<_postern_v1_ReportOutcomesRequest__Output, _postern_v1_ReportOutcomesResponse>;
  
  StreamCheck: grpc.handleBidiStreamingCall<_postern_v1_StreamCheckRequest__Output, _postern_v1_StreamCheckResponse>;
  
}

export interface AuthorizationServiceDefinition extends grpc.ServiceDefinition {
  BatchCheck: MethodDefinition<_postern_v1_BatchCheckRequest, _postern_v1_BatchCheckResponse, _postern_v1_BatchCheckRequest__Output, _postern_v1_BatchCheckResponse__Output>
  Check: MethodDefinition<_postern_v1_CheckRequest, _postern_v1_CheckResponse, _postern_v1_CheckRequest__Output, _postern_v1_CheckResponse__Output>
  ReportOutcomes: MethodDefinition<_postern_v1_ReportOutcomesRequest, _postern_v1_ReportOutcomesResponse, _postern_v1_ReportOutcomesRequest__Output, _postern_v1_ReportOutcomesResponse__Output>
  StreamCheck: MethodDefinition<_postern_v1_StreamCheckRequest, _postern_v1_StreamCheckResponse, _postern_v1_StreamCheckRequest__Output, _postern_v1_StreamCheckResponse__Output>
}
