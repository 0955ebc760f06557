import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { keptCopy, writersOf } from '#main/cluster/writers.ts'

const object = (metadata: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
})
const time = '2026-01-15T10:00:00Z'
const fieldsV1 = { 'f:spec': { 'f:replicas': {} } }
const helm = { manager: 'helm', operation: 'Update', apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1 }
const kubelet = { manager: 'kubelet', operation: 'Update', subresource: 'status', time, fieldsV1: {} }

it('an object is kept without managedFields, and who wrote it is known', () => {
  const kept = keptCopy(undefined, object({ managedFields: [helm, kubelet] }))
  expect(kept).toEqual(object({}))
  expect(writersOf(kept)).toEqual([
    { manager: 'helm', time },
    { manager: 'kubelet', subresource: 'status', time },
  ])
})

it('so it is of one that shares parts with what was kept before, and of one that is equal to it', () => {
  const labels = { app: 'web' }
  const first = keptCopy(undefined, object({ labels, managedFields: [helm] }))
  const second = keptCopy(first, object({ labels: { ...labels }, resourceVersion: '2', managedFields: [kubelet] }))
  expect(second.metadata.labels).toBe(first.metadata.labels)
  expect(writersOf(second)).toEqual([{ manager: 'kubelet', subresource: 'status', time }])
  expect(keptCopy(second, object({ labels, resourceVersion: '2', managedFields: [helm] }))).toBe(second)
  expect(writersOf(second)).toEqual([{ manager: 'helm', time }])
})

it('an object that does not say who wrote it is kept as it is', () => {
  const silent = object({ labels: { app: 'web' } })
  expect(keptCopy(undefined, silent)).toBe(silent)
  expect(writersOf(silent)).toEqual([])
})
