/**
 * What the manifests promise: a native sidecar under the restricted profile with a read-only root, and
 * an administration socket that the host never sees. No cluster runs here: the files are read.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readYaml, type StatefulSet } from '../support/container/manifest.ts';

const DIRECTORY = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url));
const set = readYaml<StatefulSet>(join(DIRECTORY, 'statefulset.yaml'));
const pod = set.spec.template.spec;
const [sidecar] = pod.initContainers;
const [host] = pod.containers;
if (sidecar === undefined || host === undefined) throw new Error('The pod lacks a container.');

interface PodSettings {
  readonly data: { readonly directory: string };
  readonly listeners: {
    readonly decision: { readonly socket: string };
    readonly admin: { readonly socket: string };
  };
  readonly grpc: { readonly graceMs: number };
}

const settings = readYaml<PodSettings>(join(DIRECTORY, 'postern.yaml'));
const volumesOf = ({ volumeMounts }: typeof sidecar) => volumeMounts.map(({ name }) => name);

/** The volume that a path of the sidecar is on. */
function volumeOf(path: string): string | undefined {
  return sidecar?.volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))?.name;
}

test('the sidecar starts before its host and stops after it', () => {
  expect(sidecar.restartPolicy).toBe('Always');
});

test('a sidecar that runs and is not ready is not killed: only readiness asks for more than progress', () => {
  // The kubelet restarts what fails either of the two, and its data are as they were.
  for (const probe of [sidecar.startupProbe, sidecar.livenessProbe]) {
    expect(probe?.httpGet.path).toBe('/healthz');
  }
  expect(sidecar.readinessProbe?.httpGet.path).toBe('/readyz');
});

test('host and sidecar run without rights, and nothing is written to the root', () => {
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  for (const { securityContext } of [sidecar, host]) {
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
  expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
});

test('everything the sidecar writes is on a volume, and the host shares the decision socket only', () => {
  expect(volumeOf(settings.data.directory)).toBe('postern-data');
  expect(volumeOf(settings.listeners.decision.socket)).toBe('postern-decision');
  expect(volumeOf(settings.listeners.admin.socket)).toBe('postern-admin');
  expect(volumesOf(host)).toEqual(['postern-decision']);
});

test('every volume that is mounted is there, and data outlive the pod', () => {
  const claims = set.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name);
  const volumes = [...pod.volumes.map(({ name }) => name), ...claims];
  expect(volumes).toEqual(expect.arrayContaining([...volumesOf(sidecar), ...volumesOf(host)]));
  expect(claims).toEqual(['postern-data']);
});

test('probes ask the port that the sidecar names', () => {
  const names = sidecar.ports.map(({ name }) => name);
  for (const probe of [sidecar.startupProbe, sidecar.livenessProbe, sidecar.readinessProbe]) {
    expect(names).toContain(probe?.httpGet.port);
  }
});

test('the pod waits longer than the sidecar needs to stop', () => {
  expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThanOrEqual(2 * settings.grpc.graceMs);
});

test('every resource that kustomize names is there', () => {
  interface Kustomization {
    readonly resources: readonly string[];
    readonly configMapGenerator: readonly { readonly files: readonly string[] }[];
  }
  const { resources, configMapGenerator } = readYaml<Kustomization>(join(DIRECTORY, 'kustomization.yaml'));
  const named = [...resources, ...configMapGenerator.flatMap(({ files }) => files), 'kustomization.yaml'];
  expect(readdirSync(DIRECTORY).toSorted()).toEqual(named.toSorted());
});
