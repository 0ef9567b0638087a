// Original file: proto/postern/v1/key.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ActivateKeyRequest as _postern_v1_ActivateKeyRequest, ActivateKeyRequest__Output as _postern_v1_ActivateKeyRequest__Output } from '../../postern/v1/ActivateKeyRequest.ts';
import type { ActivateKeyResponse as _postern_v1_ActivateKeyResponse, ActivateKeyResponse__Output as _postern_v1_ActivateKeyResponse__Output } from '../../postern/v1/ActivateKeyResponse.ts';
import type { CreateKeyRequest as _postern_v1_CreateKeyRequest, CreateKeyRequest__Output as _postern_v1_CreateKeyRequest__Output } from '../../postern/v1/CreateKeyRequest.ts';
import type { CreateKeyResponse as _postern_v1_CreateKeyResponse, CreateKeyResponse__Output as _postern_v1_CreateKeyResponse__Output } from '../../postern/v1/CreateKeyResponse.ts';
import type { DeactivateKeyRequest as _postern_v1_DeactivateKeyRequest, DeactivateKeyRequest__Output as _postern_v1_DeactivateKeyRequest__Output } from '../../postern/v1/DeactivateKeyRequest.ts';
import type { DeactivateKeyResponse as _postern_v1_DeactivateKeyResponse, DeactivateKeyResponse__Output as _postern_v1_DeactivateKeyResponse__Output } from '../../postern/v1/DeactivateKeyResponse.ts';
import type { GetKeyRequest as _postern_v1_GetKeyRequest, GetKeyRequest__Output as _postern_v1_GetKeyRequest__Output } from '../../postern/v1/GetKeyRequest.ts';
import type { GetKeyResponse as _postern_v1_GetKeyResponse, GetKeyResponse__Output as _postern_v1_GetKeyResponse__Output } from '../../postern/v1/GetKeyResponse.ts';
import type { ListKeysRequest as _postern_v1_ListKeysRequest, ListKeysRequest__Output as _postern_v1_ListKeysRequest__Output } from '../../postern/v1/ListKeysRequest.ts';
import type { ListKeysResponse as _postern_v1_ListKeysResponse, ListKeysResponse__Output as _postern_v1_ListKeysResponse__Output } from '../../postern/v1/ListKeysResponse.ts';
import type { RevokeKeyRequest as _postern_v1_RevokeKeyRequest, RevokeKeyRequest__Output as _postern_v1_RevokeKeyRequest__Output } from '../../postern/v1/RevokeKeyRequest.ts';
import type { RevokeKeyResponse as _postern_v1_RevokeKeyResponse, RevokeKeyResponse__Output as _postern_v1_RevokeKeyResponse__Output } from '../../postern/v1/RevokeKeyResponse.ts';

export interface KeyServiceClient extends grpc.Client {
  ActivateKey(argument: _postern_v1_ActivateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  ActivateKey(argument: _postern_v1_ActivateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  ActivateKey(argument: _postern_v1_ActivateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  ActivateKey(argument: _postern_v1_ActivateKeyRequest, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  activateKey(argument: _postern_v1_ActivateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  activateKey(argument: _postern_v1_ActivateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  activateKey(argument: _postern_v1_ActivateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  activateKey(argument: _postern_v1_ActivateKeyRequest, callback: grpc.requestCallback<_postern_v1_ActivateKeyResponse__Output>): grpc.ClientUnaryCall;
  
  CreateKey(argument: _postern_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _postern_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _postern_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  CreateKey(argument: _postern_v1_CreateKeyRequest, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _postern_v1_CreateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _postern_v1_CreateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _postern_v1_CreateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  createKey(argument: _postern_v1_CreateKeyRequest, callback: grpc.requestCallback<_postern_v1_CreateKeyResponse__Output>): grpc.ClientUnaryCall;
  
  DeactivateKey(argument: _postern_v1_DeactivateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  DeactivateKey(argument: _postern_v1_DeactivateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  DeactivateKey(argument: _postern_v1_DeactivateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  DeactivateKey(argument: _postern_v1_DeactivateKeyRequest, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  deactivateKey(argument: _postern_v1_DeactivateKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  deactivateKey(argument: _postern_v1_DeactivateKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  deactivateKey(argument: _postern_v1_DeactivateKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  deactivateKey(argument: _postern_v1_DeactivateKeyRequest, callback: grpc.requestCallback<_postern_v1_DeactivateKeyResponse__Output>): grpc.ClientUnaryCall;
  
  GetKey(argument: _postern_v1_GetKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  GetKey(argument: _postern_v1_GetKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  GetKey(argument: _postern_v1_GetKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  GetKey(argument: _postern_v1_GetKeyRequest, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  getKey(argument: _postern_v1_GetKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  getKey(argument: _postern_v1_GetKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  getKey(argument: _postern_v1_GetKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  getKey(argument: _postern_v1_GetKeyRequest, callback: grpc.requestCallback<_postern_v1_GetKeyResponse__Output>): grpc.ClientUnaryCall;
  
  ListKeys(argument: _postern_v1_ListKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _postern_v1_ListKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _postern_v1_ListKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  ListKeys(argument: _postern_v1_ListKeysRequest, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _postern_v1_ListKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _postern_v1_ListKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _postern_v1_ListKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  listKeys(argument: _postern_v1_ListKeysRequest, callback: grpc.requestCallback<_postern_v1_ListKeysResponse__Output>): grpc.ClientUnaryCall;
  
  RevokeKey(argument: _postern_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _postern_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _postern_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  RevokeKey(argument: _postern_v1_RevokeKeyRequest, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _postern_v1_RevokeKeyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _postern_v1_RevokeKeyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _postern_v1_RevokeKeyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  revokeKey(argument: _postern_v1_RevokeKeyRequest, callback: grpc.requestCallback<_postern_v1_RevokeKeyResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface KeyServiceHandlers extends grpc.UntypedServiceImplementation {
  ActivateKey: grpc.handleUnaryCall<_postern_v1_ActivateKeyRequest__Output, _postern_v1_ActivateKeyResponse>;
  
  CreateKey: grpc.handleUnaryCall<_postern_v1_CreateKeyRequest__Output, _postern_v1_CreateKeyResponse>;
  
  DeactivateKey: grpc.handleUnaryCall<_postern_v1_DeactivateKeyRequest__Output, _postern_v1_DeactivateKeyResponse>;
  
  GetKey: grpc.handleUnaryCall<_postern_v1_GetKeyRequest__Output, _postern_v1_GetKeyResponse>;
  
  ListKeys: grpc.handleUnaryCall<_postern_v1_ListKeysRequest__Output, _postern_v1_ListKeysResponse>;
  
  RevokeKey: grpc.handleUnaryCall<_postern_v1_RevokeKeyRequest__Output, _postern_v1_RevokeKeyResponse>;
  
}

export interface KeyServiceDefinition extends grpc.ServiceDefinition {
  ActivateKey: MethodDefinition<_postern_v1_ActivateKeyRequest, _postern_v1_ActivateKeyResponse, _postern_v1_ActivateKeyRequest__Output, _postern_v1_ActivateKeyResponse__Output>
  CreateKey: MethodDefinition<_postern_v1_CreateKeyRequest, _postern_v1_CreateKeyResponse, _postern_v1_CreateKeyRequest__Output, _postern_v1_CreateKeyResponse__Output>
  DeactivateKey: MethodDefinition<_postern_v1_DeactivateKeyRequest, _postern_v1_DeactivateKeyResponse, _postern_v1_DeactivateKeyRequest__Output, _postern_v1_DeactivateKeyResponse__Output>
  GetKey: MethodDefinition<_postern_v1_GetKeyRequest, _postern_v1_GetKeyResponse, _postern_v1_GetKeyRequest__Output, _postern_v1_GetKeyResponse__Output>
  ListKeys: MethodDefinition<_postern_v1_ListKeysRequest, _postern_v1_ListKeysResponse, _postern_v1_ListKeysRequest__Output, _postern_v1_ListKeysResponse__Output>
  RevokeKey: MethodDefinition<_postern_v1_RevokeKeyRequest, _postern_v1_RevokeKeyResponse, _postern_v1_RevokeKeyRequest__Output, _postern_v1_RevokeKeyResponse__Output>
}
