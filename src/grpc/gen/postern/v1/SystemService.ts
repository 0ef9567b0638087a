// Original file: proto/postern/v1/system.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AcceptClockRequest as _postern_v1_AcceptClockRequest, AcceptClockRequest__Output as _postern_v1_AcceptClockRequest__Output } from '../../postern/v1/AcceptClockRequest.ts';
import type { AcceptClockResponse as _postern_v1_AcceptClockResponse, AcceptClockResponse__Output as _postern_v1_AcceptClockResponse__Output } from '../../postern/v1/AcceptClockResponse.ts';
import type { GetStatusRequest as _postern_v1_GetStatusRequest, GetStatusRequest__Output as _postern_v1_GetStatusRequest__Output } from '../../postern/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _postern_v1_GetStatusResponse, GetStatusResponse__Output as _postern_v1_GetStatusResponse__Output } from '../../postern/v1/GetStatusResponse.ts';

export interface SystemServiceClient extends grpc.Client {
  AcceptClock(argument: _postern_v1_AcceptClockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  AcceptClock(argument: _postern_v1_AcceptClockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  AcceptClock(argument: _postern_v1_AcceptClockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  AcceptClock(argument: _postern_v1_AcceptClockRequest, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  acceptClock(argument: _postern_v1_AcceptClockRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  acceptClock(argument: _postern_v1_AcceptClockRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  acceptClock(argument: _postern_v1_AcceptClockRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  acceptClock(argument: _postern_v1_AcceptClockRequest, callback: grpc.requestCallback<_postern_v1_AcceptClockResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatus(argument: _postern_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _postern_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _postern_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _postern_v1_GetStatusRequest, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _postern_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _postern_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _postern_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _postern_v1_GetStatusRequest, callback: grpc.requestCallback<_postern_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface SystemServiceHandlers extends grpc.UntypedServiceImplementation {
  AcceptClock: grpc.handleUnaryCall<_postern_v1_AcceptClockRequest__Output, _postern_v1_AcceptClockResponse>;
  
  GetStatus: grpc.handleUnaryCall<_postern_v1_GetStatusRequest__Output, _postern_v1_GetStatusResponse>;
  
}

export interface SystemServiceDefinition extends grpc.ServiceDefinition {
  AcceptClock: MethodDefinition<_postern_v1_AcceptClockRequest, _postern_v1_AcceptClockResponse, _postern_v1_AcceptClockRequest__Output, _postern_v1_AcceptClockResponse__Output>
  GetStatus: MethodDefinition<_postern_v1_GetStatusRequest, _postern_v1_GetStatusResponse, _postern_v1_GetStatusRequest__Output, _postern_v1_GetStatusResponse__Output>
}
