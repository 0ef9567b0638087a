/**
 * The parts of the Kubernetes manifests that the tests look at.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext: Record<string, unknown>;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
}

export interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: Record<string, unknown>;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}

export interface StatefulSet {
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** Reads one YAML file. The caller says what it holds. */
export function readYaml<T>(path: string): T {
  return parse(readFileSync(path, 'utf8'));
}

/** The variables of a container with `$(NAME)` filled in from `given`, as Kubernetes does. */
export function expandEnvironment(container: Container, given: Readonly<Record<string, string>>) {
  const values: Record<string, string> = { ...given };
  for (const { name, value } of container.env ?? []) {
    if (value !== undefined)
      values[name] = value.replace(/\$\((\w+)\)/g, (_, other: string) => values[other] ?? '');
  }
  return values;
}
