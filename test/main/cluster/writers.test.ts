import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { withoutManagedFields, writersOf } from '#main/cluster/writers.ts'

const object = (metadata: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', ...metadata },
})

it('an object is kept without managedFields, and who wrote it is known', () => {
  const time = '2026-01-15T10:00:00Z'
  const fieldsV1 = { 'f:spec': { 'f:replicas': {} } }
  const kept = withoutManagedFields(
    object({
      managedFields: [
        { manager: 'helm', operation: 'Update', apiVersion: 'apps/v1', time, fieldsType: 'FieldsV1', fieldsV1 },
        { manager: 'kubelet', operation: 'Update', subresource: 'status', time, fieldsV1: {} },
      ],
    }),
  )
  expect(kept).toEqual(object({}))
  expect(writersOf(kept)).toEqual([
    { manager: 'helm', time },
    { manager: 'kubelet', subresource: 'status', time },
  ])
})

it('an object that does not say who wrote it is kept as it is', () => {
  const silent = object({ labels: { app: 'web' } })
  expect(withoutManagedFields(silent)).toBe(silent)
  expect(writersOf(silent)).toEqual([])
})
