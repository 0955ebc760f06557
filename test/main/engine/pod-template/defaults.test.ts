import { describe, expect, it } from 'vitest'
import type { PodTemplateSpec } from '#api/core.ts'
import { withDefaults } from '#engine/pod-template/defaults.ts'

const specOf = (spec: object) => withDefaults({ spec: { containers: [], ...spec } } satisfies PodTemplateSpec).spec
const containerOf = (container: object) => specOf({ containers: [{ name: 'web', ...container }] })?.containers[0]
const volumeOf = (volume: object) => specOf({ volumes: [{ name: 'v', ...volume }] })?.['volumes']

it('REC-45: pod', () => {
  expect(specOf({})).toEqual({
    containers: [],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  })
  expect(specOf({ dnsPolicy: 'None', terminationGracePeriodSeconds: 5 })).toMatchObject({
    dnsPolicy: 'None',
    terminationGracePeriodSeconds: 5,
  })
})

it.each([
  ['web', 'Always'],
  ['web:latest', 'Always'],
  ['registry:5000/web', 'Always'],
  ['registry:5000/web:2', 'IfNotPresent'],
  ['web:1', 'IfNotPresent'],
  ['web@sha256:0f', 'IfNotPresent'],
  ['web:latest@sha256:0f', 'Always'],
  ['registry:5000/web@sha256:0f', 'IfNotPresent'],
])('REC-45: %s is pulled %s', (image, policy) => {
  expect(containerOf({ image })?.['imagePullPolicy']).toBe(policy)
})

it('REC-45: containers of every kind', () => {
  const filled = {
    name: 'a',
    image: 'a:1',
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  }
  const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const
  const spec = specOf(Object.fromEntries(lists.map((list) => [list, [{ name: 'a', image: 'a:1' }]])))
  for (const list of lists) expect(spec?.[list]).toEqual([filled])
})

it('REC-45: probes, hooks, ports, environment', () => {
  const times = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }
  expect(
    containerOf({
      ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
      livenessProbe: { httpGet: { port: 80 } },
      readinessProbe: { grpc: { port: 9 }, periodSeconds: 2 },
      startupProbe: {},
      lifecycle: { preStop: { httpGet: { port: 80, scheme: 'HTTPS' } } },
      env: [
        { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'B', valueFrom: { fileKeyRef: { key: 'k' } } },
        { name: 'C', value: 'c' },
      ],
    }),
  ).toMatchObject({
    ports: [
      { containerPort: 80, protocol: 'TCP' },
      { containerPort: 53, protocol: 'UDP' },
    ],
    livenessProbe: { ...times, httpGet: { port: 80, path: '/', scheme: 'HTTP' } },
    readinessProbe: { ...times, periodSeconds: 2, grpc: { port: 9, service: '' } },
    startupProbe: times,
    lifecycle: { preStop: { httpGet: { port: 80, path: '/', scheme: 'HTTPS' } } },
    env: [
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } },
      { name: 'B', valueFrom: { fileKeyRef: { key: 'k', optional: false } } },
      { name: 'C', value: 'c' },
    ],
  })
})

it('REC-45: quantities are rounded up to thousandths', () => {
  const resources = { requests: { cpu: '100u', memory: '1Gi' }, limits: { cpu: '1500m' } }
  const rounded = { requests: { cpu: '1m', memory: '1Gi' }, limits: { cpu: '1500m' } }
  expect(containerOf({ resources })?.['resources']).toEqual(rounded)
  expect(specOf({ resources, overhead: { cpu: '1n' } })).toMatchObject({ resources: rounded, overhead: { cpu: '1m' } })
})

describe('REC-45: volumes', () => {
  it.each([
    ['without a source', {}, { emptyDir: {} }],
    ['emptyDir', { emptyDir: { medium: 'Memory' } }, { emptyDir: { medium: 'Memory' } }],
    ['secret', { secret: { secretName: 's' } }, { secret: { secretName: 's', defaultMode: 420 } }],
    ['configMap', { configMap: { name: 'c', defaultMode: 256 } }, { configMap: { name: 'c', defaultMode: 256 } }],
    [
      'downwardAPI',
      { downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'f' } }] } },
      { downwardAPI: { defaultMode: 420, items: [{ path: 'p', fieldRef: { fieldPath: 'f', apiVersion: 'v1' } }] } },
    ],
    [
      'projected',
      { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    ],
    ['hostPath', { hostPath: { path: '/' } }, { hostPath: { path: '/', type: '' } }],
    [
      'ephemeral',
      { ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1u' } } } } } },
      {
        ephemeral: {
          volumeClaimTemplate: { spec: { volumeMode: 'Filesystem', resources: { requests: { storage: '1m' } } } },
        },
      },
    ],
    ['iscsi', { iscsi: {} }, { iscsi: { iscsiInterface: 'default' } }],
    ['rbd', { rbd: { user: 'me' } }, { rbd: { pool: 'rbd', user: 'me', keyring: '/etc/ceph/keyring' } }],
    [
      'azureDisk',
      { azureDisk: { diskName: 'd' } },
      { azureDisk: { diskName: 'd', cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' } },
    ],
    ['scaleIO', { scaleIO: {} }, { scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' } }],
  ])('%s', (_kind, given, expected) => {
    expect(volumeOf(given)).toEqual([{ name: 'v', ...expected }])
  })
})
