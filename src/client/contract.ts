// The contract as the client loads it: from the generated descriptor, never from .proto files, so that
// a program that imports the client needs nothing else.

import { fromJSON, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import type { INamespace } from 'protobufjs';
import type { BadRequest, BadRequest__Output } from '../grpc/gen/google/rpc/BadRequest.ts';
import type { ErrorInfo, ErrorInfo__Output } from '../grpc/gen/google/rpc/ErrorInfo.ts';
import type { RetryInfo, RetryInfo__Output } from '../grpc/gen/google/rpc/RetryInfo.ts';
import type { Status, Status__Output } from '../grpc/gen/google/rpc/Status.ts';
import type { AuditServiceDefinition } from '../grpc/gen/postern/v1/AuditService.ts';
import type { AuthorizationServiceDefinition } from '../grpc/gen/postern/v1/AuthorizationService.ts';
import type { CompanyServiceDefinition } from '../grpc/gen/postern/v1/CompanyService.ts';
import type { KeyServiceDefinition } from '../grpc/gen/postern/v1/KeyService.ts';
import type { PolicyServiceDefinition } from '../grpc/gen/postern/v1/PolicyService.ts';
import type { SystemServiceDefinition } from '../grpc/gen/postern/v1/SystemService.ts';
import descriptor from '../grpc/gen/postern.json' with { type: 'json' };

/** Must agree with the options that the types were generated with. */
const definitions = fromJSON(descriptor as INamespace, {
  longs: String,
  enums: String,
  defaults: true,
  arrays: true,
  oneofs: true,
});

function serviceDefinition<Definition>(name: string): Definition {
  // The generated types describe what the generated descriptor holds; a test compares both.
  return definitions[`postern.v1.${name}`] as ServiceDefinition as unknown as Definition;
}

function messageDefinition<Input, Output>(name: string): MessageTypeDefinition<Input, Output> {
  return definitions[name] as unknown as MessageTypeDefinition<Input, Output>;
}

export const authorizationMethods = serviceDefinition<AuthorizationServiceDefinition>('AuthorizationService');
export const keyMethods = serviceDefinition<KeyServiceDefinition>('KeyService');
export const companyMethods = serviceDefinition<CompanyServiceDefinition>('CompanyService');
export const auditMethods = serviceDefinition<AuditServiceDefinition>('AuditService');
export const policyMethods = serviceDefinition<PolicyServiceDefinition>('PolicyService');
export const systemMethods = serviceDefinition<SystemServiceDefinition>('SystemService');

export const statusMessage = messageDefinition<Status, Status__Output>('google.rpc.Status');
export const errorInfoMessage = messageDefinition<ErrorInfo, ErrorInfo__Output>('google.rpc.ErrorInfo');
export const badRequestMessage = messageDefinition<BadRequest, BadRequest__Output>('google.rpc.BadRequest');
export const retryInfoMessage = messageDefinition<RetryInfo, RetryInfo__Output>('google.rpc.RetryInfo');
