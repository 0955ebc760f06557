import { expect, it } from 'vitest'
import type { Pod, Service } from '#api/core.ts'
import { podBehind } from '#main/cluster/pod-behind.ts'

const service = (...ports: NonNullable<NonNullable<Service['spec']>['ports']>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'prom', namespace: 'monitoring' },
  spec: { selector: { app: 'prom' }, ports },
})

const pod = (name: string, ready: 'True' | 'False' = 'True', more: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'a' }, { name: 'prom', ports: [{ name: 'web', containerPort: 9091 }] }] },
  status: { conditions: [{ type: 'Ready', status: ready }] },
})

const at = (name: string, port: number) => ({ ok: true, value: { namespace: 'monitoring', pod: name, port } })

it.each([
  ['80', service({ port: 80, targetPort: 9090 }), 9090],
  ['80', service({ port: 80, targetPort: '9090' }), 9090],
  ['80', service({ port: 80, targetPort: 'web' }), 9091],
  ['80', service({ port: 80 }), 80],
  ['http', service({ port: 1 }, { name: 'http', port: 80, targetPort: 9090 }), 9090],
])('PRV-1501: port %s of a Service is one of its pods', (port, of, number) => {
  expect(podBehind(of, port, [pod('b'), pod('a')])).toEqual(at('a', number))
})

it('PRV-1501: only a pod that is ready, stays, and has the port', () => {
  const pods = [pod('a', 'False'), pod('b', 'True', { deletionTimestamp: 'now' }), pod('c')]
  expect(podBehind(service({ port: 80, targetPort: 'web' }), '80', pods)).toEqual(at('c', 9091))
})

it.each([
  ['81', [pod('a')], 'Service prom has no port 81'],
  ['80', [], 'no pod behind Service prom is ready'],
  ['80', [pod('a', 'False')], 'no pod behind Service prom is ready'],
  ['80', [pod('a')], 'no pod behind Service prom has a port other'],
])('PRV-1501: port %s cannot be reached: %#', (port, pods, error) => {
  expect(podBehind(service({ port: 80, targetPort: 'other' }), port, pods)).toEqual({ ok: false, error })
})
